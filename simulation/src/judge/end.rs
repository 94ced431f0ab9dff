//! What must have happened in the end.

use ledger::{Account, Hold};
use store::DeadLetterStatus;

use super::reference::Fate;
use super::{Judge, Judged, State};
use crate::Tables;

impl Judge {
    /// What has still to happen before there is nothing more to do; none if there is nothing.
    pub(crate) fn outstanding(&self) -> Option<String> {
        let mut state = self.lock();
        self.queue.inspect_published(|published| state.follow(published));
        let messages = self.queue.len();
        self.store.inspect(|tables| {
            if messages > 0 {
                return Some(format!("{messages} messages are in the queue"));
            }
            let unsent = tables.unsent_count();
            if unsent > 0 {
                return Some(format!("{unsent} events were not sent"));
            }
            let requested = |status| status == DeadLetterStatus::RequeueRequested;
            let letters = tables
                .letters
                .values()
                .filter(|letter| requested(letter.status))
                .count();
            (letters > 0).then(|| format!("{letters} dead letters are to be put back"))
        })
    }

    /// Everything has come to its end: compares all that there is with all that there should be.
    pub(crate) fn at_the_end(&self) {
        self.judge(|state| {
            self.check_ledger()?;
            self.store.inspect(|tables| {
                state.compare_runs(tables)?;
                state.check_letters(tables)?;
                state.check_all_settled(tables)?;
                state.check_all_heard(tables)?;
                state.check_possessions(tables)
            })
        });
    }
}

impl State {
    fn check_all_settled(&self, tables: &Tables) -> Judged {
        let mut unsettled = self
            .reference
            .fates
            .keys()
            .filter(|id| !self.is_settled(tables, **id));
        if let Some(id) = unsettled.next() {
            let fate = self.reference.fates.get(id);
            return Err(format!("message {id} was lost: it should be {fate:?}"));
        }
        let letters = |fate: &&Fate| matches!(fate, Fate::DeadLetter(_));
        let expected = self.reference.fates.values().filter(letters).count();
        let stored = tables.letters.len();
        if stored != expected {
            return Err(format!(
                "there are {stored} dead letters, and should be {expected}"
            ));
        }
        for (company_id, expected) in &self.reference.runs {
            let stored = self.compared_of.get(company_id).copied().unwrap_or(0);
            if stored != expected.len() {
                let expected = expected.len();
                return Err(format!(
                    "company {company_id} has {stored} runs, and should have {expected}"
                ));
            }
        }
        Ok(())
    }

    /// The bus has heard all events of every company, and the store knows it.
    fn check_all_heard(&self, tables: &Tables) -> Judged {
        for (company_id, possessions) in &self.reference.possessions {
            let last = possessions.outbox;
            let heard = self.heard_of.get(company_id).copied().unwrap_or(0);
            let noted = tables.sent_up_to(*company_id);
            if (heard, noted) != (last, last) {
                return Err(format!(
                    "company {company_id} sent {last} events, the bus has heard up to {heard}, noted is {noted}"
                ));
            }
        }
        Ok(())
    }

    fn check_possessions(&self, tables: &Tables) -> Judged {
        let expected = self.reference.possessions.values();
        let accounts = expected
            .clone()
            .flat_map(|possessions| possessions.accounts.values());
        same("accounts", &figures(tables.accounts.values()), &figures(accounts))?;
        let holds = expected.flat_map(|possessions| possessions.holds.values());
        same("holds", &standings(tables.holds.values()), &standings(holds))
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, stored: &T, expected: &T) -> Judged {
    if stored == expected {
        return Ok(());
    }
    Err(format!(
        "the {what} are\n  {stored:?}\nand should be\n  {expected:?}"
    ))
}

/// All of the accounts but their ids.
fn figures<'a>(accounts: impl Iterator<Item = &'a Account>) -> Vec<String> {
    let told = |account: &Account| {
        let posted = (account.posted_debits(), account.posted_credits());
        let pending = (account.pending_debits(), account.pending_credits());
        let terms = (account.kind(), account.overdraft(), account.status());
        format!(
            "{} {terms:?} {posted:?} {pending:?} {}",
            account.key(),
            account.entries()
        )
    };
    sorted(accounts.map(told))
}

/// All of the holds but their ids.
fn standings<'h>(holds: impl Iterator<Item = &'h Hold>) -> Vec<String> {
    let told = |hold: &Hold| {
        let amounts = (hold.amount(), hold.captured());
        let standing = (hold.status(), hold.expires_at_ms());
        format!("{} to {} {amounts:?} {standing:?}", hold.account(), hold.to())
    };
    sorted(holds.map(told))
}

fn sorted(told: impl Iterator<Item = String>) -> Vec<String> {
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}
