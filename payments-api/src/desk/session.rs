//! The books of one group, with all that orders do on them.

mod batches;
mod outbox;
mod payments;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use ledger::{
    Account, AccountKey, Books, BooksError, EntryDraft, Hold, HoldDraft, Money, Posting, Rejection,
    TransactionDraft, TransactionError,
};
use service::Ids;
use store::{
    AccountDetails, Footprint, KnownReference, LoadedMovements, MovementWrite, NewTransaction,
    PartlyReversed, PaymentRecord, StoredTransaction,
};
use uuid::Uuid;

pub(crate) use self::outbox::{PaymentNews, foresee_events};

use self::batches::Batches;
use self::outbox::Outbox;
use self::payments::Payments;
use super::{Declined, group::reused};
use crate::refusal::Refusal;

/// What a posting is told besides its entries: the reference, unique within the company, and the metadata as text.
pub(crate) struct Said<'s> {
    pub(crate) reference: String,
    pub(crate) metadata: &'s str,
}

/// What is captured of a hold.
pub(crate) struct Captured<'s> {
    /// How much: all of it unless less is said.
    pub(crate) amount: Option<Money>,
    /// Entries that are posted with it, and balance by themselves.
    pub(crate) further: &'s [EntryDraft],
    /// What it is for.
    pub(crate) description: Option<String>,
}

/// What a group of orders works on.
pub(crate) struct Session<'g> {
    pub(crate) books: Books,
    pub(crate) now: Timestamp,
    /// The holds are due that end until then: by this process's clock and by the database's, which all processes share.
    pub(crate) due_until: Timestamp,
    ids: &'g dyn Ids,
    /// Accounts that exist, by id.
    keys: HashMap<Uuid, AccountKey>,
    details: HashMap<Uuid, AccountDetails>,
    changed_details: BTreeSet<Uuid>,
    references: HashMap<(Uuid, String), KnownReference>,
    reversed: HashMap<Uuid, PartlyReversed>,
    payments: Payments,
    batches: Batches,
    outbox: Outbox,
    posted: Vec<NewTransaction>,
}

impl<'g> Session<'g> {
    pub(super) fn open(
        loaded: LoadedMovements,
        foreseen: Footprint,
        now: Timestamp,
        ids: &'g dyn Ids,
    ) -> Self {
        let mut books = Books::new();
        let mut keys = HashMap::with_capacity(loaded.accounts.len());
        for account in loaded.accounts {
            keys.insert(account.id(), account.key().clone());
            books.load(account);
        }
        loaded.holds.into_iter().for_each(|hold| books.load_hold(hold));
        let exchanging = loaded.payments.iter().flat_map(PaymentRecord::exchange_accounts);
        for key in foreseen.accounts.into_iter().chain(exchanging) {
            books.foresee(key);
        }
        for (_, hold_id) in foreseen.holds {
            books.absent_hold(hold_id);
        }
        let references = loaded.references.into_iter();
        let transactions = loaded.transactions.into_iter();
        Self {
            books,
            now,
            due_until: loaded.now.map_or(now, |its_now| its_now.min(now)),
            ids,
            keys,
            details: loaded
                .details
                .into_iter()
                .map(|said| (said.account_id, said))
                .collect(),
            changed_details: BTreeSet::new(),
            references: references
                .map(|known| ((known.company_id, known.reference.clone()), known))
                .collect(),
            reversed: transactions.map(|found| (found.transaction.id, found)).collect(),
            payments: Payments::loaded(loaded.payments, loaded.requests),
            batches: Batches::loaded(loaded.batches),
            outbox: Outbox::loaded(loaded.counters),
            posted: Vec::new(),
        }
    }

    /// What the group comes to.
    pub(super) fn close(mut self) -> MovementWrite {
        let mut write = MovementWrite::default();
        for changed in self.books.changed() {
            let accounts = if changed.is_new {
                &mut write.batch.opened_accounts
            } else {
                &mut write.batch.changed_accounts
            };
            accounts.push(changed.account.clone());
        }
        for changed in self.books.changed_holds() {
            let holds = if changed.is_new {
                &mut write.batch.placed_holds
            } else {
                &mut write.batch.changed_holds
            };
            holds.push(changed.hold.clone());
        }
        write.batch.transactions = self.posted;
        self.payments.close(&mut write);
        self.batches.close(&mut write);
        self.outbox.close(&mut write);
        let changed = self.changed_details.iter();
        write.details = changed.filter_map(|id| self.details.remove(id)).collect();
        write
    }

    /// Does something, or nothing if it declines.
    pub(crate) fn all_or_nothing<T, E>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let (checkpoint, posted) = (self.books.checkpoint(), self.posted.len());
        let said = self.outbox.said();
        let done = work(self);
        if done.is_ok() {
            self.books.keep(checkpoint);
        } else {
            self.books.rollback_to(checkpoint);
            self.take_back(posted);
            self.outbox.take_back(said);
        }
        done
    }

    /// Forgets all transactions but the first so many.
    fn take_back(&mut self, kept: usize) {
        for new in self.posted.split_off(kept) {
            let transaction = new.transaction;
            self.references
                .remove(&(transaction.company_id, transaction.reference));
            let reversed = transaction.reverses.and_then(|id| self.reversed.get_mut(&id));
            if let Some(found) = reversed {
                found.reversed.pop();
            }
        }
    }

    /// A new id.
    pub(crate) fn new_id(&self) -> Uuid {
        self.ids.next()
    }

    /// An account, by id.
    pub(crate) fn account(&self, account_id: Uuid) -> Option<&Account> {
        self.books.account(self.keys.get(&account_id)?)
    }

    /// What is known of an account besides.
    pub(crate) fn details(&self, account_id: Uuid) -> AccountDetails {
        let said = self.details.get(&account_id).cloned();
        said.unwrap_or_else(|| AccountDetails::unsaid(account_id))
    }

    /// Says something of an account. It is the last that an order does, since it is not taken back.
    pub(crate) fn say(&mut self, details: AccountDetails) {
        self.changed_details.insert(details.account_id);
        self.details.insert(details.account_id, details);
    }

    /// Opens an account.
    ///
    /// # Errors
    /// There is one of this key already.
    pub(crate) fn open_account(&mut self, account: &Account) -> Result<(), BooksError> {
        let (id, key) = (account.id(), account.key().clone());
        self.books
            .open_account(id, key.clone(), account.kind(), account.overdraft())?;
        self.keys.insert(id, key);
        Ok(())
    }

    /// A transaction, and how much of it was taken back.
    pub(crate) fn reversed(&self, transaction_id: Uuid) -> Option<(&StoredTransaction, i64)> {
        let found = self.reversed.get(&transaction_id)?;
        let sum = found.reversed.iter().copied().map(Money::minor);
        Some((&found.transaction, sum.fold(0, i64::saturating_add)))
    }

    /// The transaction that callers posted under this reference of a company.
    ///
    /// # Errors
    /// 409 `reference_in_use`: a rule posted something under it.
    pub(crate) fn posted_under(&self, company_id: Uuid, reference: &str) -> Result<Option<Uuid>, Declined> {
        match self.references.get(&(company_id, reference.to_owned())) {
            Some(known) if known.run_id.is_some() => Err(in_use(reference).into()),
            known => Ok(known.map(|known| known.transaction_id)),
        }
    }

    /// Refuses to post what was posted before under its reference, in however distant a past.
    ///
    /// # Errors
    /// [`Declined::Posted`] if it was; 422 if callers posted something else under it; 409 `reference_in_use` if a rule did.
    pub(crate) fn first_posting(
        &self,
        company_id: Uuid,
        reference: &str,
        draft: &TransactionDraft,
    ) -> Result<(), Declined> {
        match self.references.get(&(company_id, reference.to_owned())) {
            None => Ok(()),
            Some(known) if known.run_id.is_some() => Err(in_use(reference).into()),
            Some(known) if known.content_hash == draft.content_hash() => {
                Err(Declined::Posted(known.transaction_id))
            }
            Some(_) => Err(reused().into()),
        }
    }

    /// Posts a transaction.
    ///
    /// # Errors
    /// What the books refuse; [`Declined::Posted`] if the same was posted under its reference before.
    pub(crate) fn post(
        &mut self,
        company_id: Uuid,
        draft: &TransactionDraft,
        said: Said<'_>,
        refuse: impl FnOnce(&Rejection) -> Refusal,
    ) -> Result<StoredTransaction, Declined> {
        self.first_posting(company_id, &said.reference, draft)?;
        let ids = self.ids;
        let posting = self.books.post(company_id, draft, &mut || ids.next());
        let posting = posting.map_err(|error| declined(error, refuse))?;
        let transaction = self.stored(company_id, draft, said, posting);
        self.note(&transaction, draft.content_hash());
        Ok(transaction)
    }

    /// A hold, as it is now.
    ///
    /// # Errors
    /// It is not on the books.
    pub(crate) fn hold(&self, hold_id: Uuid) -> Result<Hold, Declined> {
        let hold = self.books.hold(hold_id).cloned();
        hold.ok_or_else(|| Declined::Fault(format!("hold {hold_id} is not on the books")))
    }

    /// Places a hold.
    ///
    /// # Errors
    /// What the books refuse.
    pub(crate) fn place_hold(
        &mut self,
        company_id: Uuid,
        draft: &HoldDraft,
        refuse: impl FnOnce(&Rejection) -> Refusal,
    ) -> Result<Hold, Declined> {
        let ids = self.ids;
        let placed = self.books.place_hold(company_id, draft, &mut || ids.next());
        placed.map_err(|error| declined(error, refuse))?;
        self.hold(draft.id)
    }

    /// Captures a hold.
    ///
    /// # Errors
    /// What the books refuse; 409 `reference_in_use`: a rule posted something under the reference that the capture would have.
    pub(crate) fn capture_hold(
        &mut self,
        company_id: Uuid,
        hold_id: Uuid,
        captured: Captured<'_>,
        said: Said<'_>,
        refuse: impl FnOnce(&Rejection) -> Refusal,
    ) -> Result<(Hold, StoredTransaction), Declined> {
        let ids = self.ids;
        let (amount, further) = (captured.amount, captured.further);
        let posting = self
            .books
            .capture_and_post(company_id, hold_id, amount, further, &mut || ids.next());
        let posting = posting.map_err(|error| declined(error, refuse))?;
        if self
            .references
            .contains_key(&(company_id, said.reference.clone()))
        {
            return Err(in_use(&said.reference).into());
        }
        let draft = draft_of(&posting).map_err(|error| Declined::Fault(error.to_string()))?;
        let draft = draft.described(captured.description);
        let transaction = self.stored(company_id, &draft, said, posting);
        self.note(&transaction, draft.content_hash());
        Ok((self.hold(hold_id)?, transaction))
    }

    /// Frees a hold.
    ///
    /// # Errors
    /// What the books refuse.
    pub(crate) fn release_hold(&mut self, company_id: Uuid, hold_id: Uuid) -> Result<Hold, Declined> {
        let released = self.books.release_hold(company_id, hold_id);
        released.map_err(|error| declined(error, |rejection| Refusal::from(rejection)))?;
        self.hold(hold_id)
    }

    fn note(&mut self, transaction: &StoredTransaction, content_hash: [u8; 32]) {
        let known = KnownReference {
            company_id: transaction.company_id,
            reference: transaction.reference.clone(),
            transaction_id: transaction.id,
            content_hash,
            run_id: transaction.run_id,
        };
        let key = (known.company_id, known.reference.clone());
        self.references.insert(key, known);
        let reversed = transaction.reverses.and_then(|id| self.reversed.get_mut(&id));
        if let (Some(found), Some(entry)) = (reversed, transaction.entries.first()) {
            found.reversed.push(entry.amount);
        }
        self.posted.push(NewTransaction {
            transaction: transaction.clone(),
            content_hash,
        });
    }

    fn stored(
        &self,
        company_id: Uuid,
        draft: &TransactionDraft,
        said: Said<'_>,
        posting: Posting,
    ) -> StoredTransaction {
        let transaction = StoredTransaction {
            id: self.ids.next(),
            company_id,
            reference: said.reference,
            run_id: None,
            node_id: None,
            description: draft.description().map(str::to_owned),
            metadata: said.metadata.to_owned(),
            reverses: draft.reverses(),
            entries: Vec::new(),
            created_at: self.now,
        };
        transaction.with_entries(posting.entries, || self.ids.next())
    }
}

/// 409: something else has the reference. Rules are kept from these by now, but what they posted before stands.
fn in_use(reference: &str) -> Refusal {
    let detail = format!("Another transaction has the reference {reference}.");
    Refusal::of("reference_in_use", detail)
}

/// The transaction that was posted, as somebody would have asked for it.
fn draft_of(posting: &Posting) -> Result<TransactionDraft, TransactionError> {
    let entries = posting.entries.iter();
    let entries = entries.map(|entry| EntryDraft::new(entry.key.code.clone(), entry.direction, entry.amount));
    TransactionDraft::new(entries.collect())
}

fn declined(error: BooksError, refuse: impl FnOnce(&Rejection) -> Refusal) -> Declined {
    match error {
        BooksError::Rejected(rejection) => refuse(&rejection).into(),
        fault => Declined::Fault(fault.to_string()),
    }
}
