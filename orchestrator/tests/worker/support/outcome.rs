//! What came of events, read back through the store.

use ledger::{AccountCode, Money};
use serde_json::Value;
use store::{
    AccountFilter, DeadLetter, DeadLetters, EntryFilter, LedgerViews, Page, PageRequest, RunDetails,
    RunFilter, RunRecord, RunStatus, Runs, StoredEntry,
};
use uuid::Uuid;

use super::{Company, System};

/// More than any test stores.
const ALL: PageRequest = PageRequest {
    limit: 100_000,
    after: None,
};

impl System {
    /// A run that must be there.
    pub(crate) async fn run(&self, run_id: Uuid) -> RunDetails {
        self.store.find_run(run_id).await.unwrap().unwrap()
    }

    /// A company's runs, in the order in which they were stored.
    pub(crate) async fn runs(&self, company: &Company) -> Vec<RunRecord> {
        let filter = RunFilter {
            company_id: Some(company.id()),
            ..RunFilter::default()
        };
        oldest_first(self.store.list_runs(filter, ALL).await.unwrap())
    }

    /// A company's dead letters, oldest first.
    pub(crate) async fn letters(&self, company: &Company) -> Vec<DeadLetter> {
        let letters = self.store.list_dead_letters(Some(company.id()), ALL).await;
        oldest_first(letters.unwrap())
    }

    /// The entries of a company's account, in the order of posting.
    pub(crate) async fn entries(&self, company: &Company, account: &str) -> Vec<StoredEntry> {
        let filter = EntryFilter {
            company_id: Some(company.id()),
            account: Some(code(account)),
            ..EntryFilter::default()
        };
        oldest_first(self.store.list_entries(filter, ALL).await.unwrap())
    }

    /// The balance of a company's account, in minor units; 0 if it does not exist.
    pub(crate) async fn balance(&self, company: &Company, account: &str) -> i64 {
        let filter = AccountFilter {
            company_id: Some(company.id()),
            code: Some(code(account)),
            ..AccountFilter::default()
        };
        let found = self.store.list_accounts(filter, ALL).await.unwrap();
        let balances = found.items.iter().map(|account| account.balance().minor());
        balances.sum()
    }

    /// The numbers of all events that a company sent out, in the order of its runs.
    pub(crate) async fn outbox_numbers(&self, company: &Company) -> Vec<u64> {
        let mut numbers = Vec::new();
        for run in self.runs(company).await {
            numbers.extend(self.run(run.id).await.events.iter().map(|event| event.number));
        }
        numbers
    }
}

/// The nodes of a run.
pub(crate) fn nodes_of(run: &RunRecord) -> Value {
    serde_json::from_str(&run.nodes).unwrap()
}

/// The events of runs, in their order.
pub(crate) fn order_of_events(runs: &[RunRecord]) -> Vec<&str> {
    runs.iter().map(|run| run.event_id.as_str()).collect()
}

/// How runs stand, in their order.
pub(crate) fn statuses(runs: &[RunRecord]) -> Vec<RunStatus> {
    runs.iter().map(|run| run.status).collect()
}

/// Amounts, in minor units.
pub(crate) fn minor<'e, I>(entries: I, of: fn(&StoredEntry) -> Money) -> Vec<i64>
where
    I: IntoIterator<Item = &'e StoredEntry>,
{
    entries.into_iter().map(|entry| of(entry).minor()).collect()
}

fn code(account: &str) -> AccountCode {
    account.parse().unwrap()
}

fn oldest_first<T>(page: Page<T>) -> Vec<T> {
    assert_eq!(page.next, None);
    let mut items = page.items;
    items.reverse();
    items
}
