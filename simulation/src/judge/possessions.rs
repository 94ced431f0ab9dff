//! What a company has, as far as its runs can see it, when they run one after another.

use std::collections::BTreeMap;

use ledger::{Account, AccountKey, Hold};
use service::{Ids, SeededIds};
use tasks::{Desk, KnownTransaction, Needs, Run, RunSubject, Tasks};
use uuid::Uuid;

/// The possessions of one company.
#[derive(Debug, Clone, Default)]
pub(super) struct Possessions {
    pub(super) accounts: BTreeMap<AccountKey, Account>,
    pub(super) holds: BTreeMap<Uuid, Hold>,
    /// The number of the last outgoing event.
    pub(super) outbox: u64,
    references: BTreeMap<String, KnownTransaction>,
    invoice: u64,
    /// What runs have asked for so far, whether it is there or not.
    asked: Needs,
}

impl Possessions {
    /// Runs a plan on all that there is, and keeps what it changed.
    pub(super) fn run<'s>(&mut self, tasks: &Tasks, subject: RunSubject<'s>, ids: &SeededIds) -> Run<'s> {
        let company_id = subject.company.company_id;
        let mut made: Vec<Uuid> = Vec::new();
        loop {
            let mut desk = self.desk(company_id);
            let mut place = 0;
            // The same ids each time: what is named by one of them would never be foreseen otherwise.
            let mut new_id = || {
                let id = made.get(place).copied().unwrap_or_else(|| {
                    let id = ids.next();
                    made.push(id);
                    id
                });
                place += 1;
                id
            };
            match tasks::run(tasks, subject, &BTreeMap::new(), &mut desk, &mut new_id) {
                Ok(run) => {
                    self.keep(&desk, &run);
                    return run;
                }
                Err(more) => self.asked.merge(more),
            }
        }
    }

    /// A desk with everything on it.
    fn desk(&self, company_id: Uuid) -> Desk {
        let mut desk = Desk::enforcing();
        desk.foresee(&self.asked);
        let accounts = self.accounts.values().cloned();
        accounts.for_each(|account| desk.load_account(account));
        self.holds.values().cloned().for_each(|hold| desk.load_hold(hold));
        for (reference, known) in &self.references {
            desk.load_transaction(company_id, reference.clone(), *known);
        }
        desk.load_invoice_number(company_id, self.invoice);
        desk
    }

    fn keep(&mut self, desk: &Desk, run: &Run<'_>) {
        for changed in desk.books().changed() {
            let account = changed.account.clone();
            self.accounts.insert(account.key().clone(), account);
        }
        for changed in desk.books().changed_holds() {
            self.holds.insert(changed.hold.id(), changed.hold.clone());
        }
        for posted in &run.transactions {
            if let Some(reference) = posted.draft.reference() {
                let known = KnownTransaction {
                    id: posted.id,
                    content_hash: posted.content_hash,
                };
                self.references.insert(reference.to_owned(), known);
            }
        }
        if let Some((_, last)) = desk.invoice_numbers().next() {
            self.invoice = last;
        }
        self.outbox += u64::try_from(run.events.len()).unwrap_or(u64::MAX);
    }
}
