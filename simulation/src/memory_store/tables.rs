//! What is stored.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::{Account, AccountKey, Hold};
use store::{
    Claim, Company, CounterKey, DeadLetter, NewTransaction, OutboxEvent, PartitionOwner, Rule, RuleVersion,
    RunRecord,
};
use uuid::Uuid;

/// Every table of the store. Maps are ordered, so that a walk over one is the same on every run.
#[derive(Debug, Default)]
pub struct Tables {
    /// Companies, each with the revision of what it has published.
    pub companies: BTreeMap<Uuid, (Company, u64)>,
    /// Rules, by id.
    pub rules: BTreeMap<Uuid, Rule>,
    /// Versions, by rule and number.
    pub versions: BTreeMap<(Uuid, u32), RuleVersion>,
    /// Claims, by company and event.
    pub claims: BTreeMap<(Uuid, String), Claim>,
    /// Runs, in the order in which they were stored.
    pub runs: Vec<RunRecord>,
    /// Where runs stand, by id.
    pub(super) run_places: BTreeMap<Uuid, usize>,
    /// Ledger transactions, in the order in which they were posted.
    pub transactions: Vec<NewTransaction>,
    /// Where transactions stand, by id.
    pub(super) transaction_places: BTreeMap<Uuid, usize>,
    /// Where transactions stand, by company and reference.
    pub(super) reference_places: BTreeMap<(Uuid, String), usize>,
    /// Accounts, by key.
    pub accounts: BTreeMap<AccountKey, Account>,
    /// Accounts' keys, by id.
    pub(super) account_keys: BTreeMap<Uuid, AccountKey>,
    /// Holds, by id.
    pub holds: BTreeMap<Uuid, Hold>,
    /// The last numbers that were given out.
    pub counters: BTreeMap<CounterKey, u64>,
    /// Outgoing events, by company and number.
    pub outbox: BTreeMap<(Uuid, u64), OutboxEvent>,
    /// Up to which number a company's events were sent.
    pub sent: BTreeMap<Uuid, u64>,
    /// Dead letters, by id.
    pub letters: BTreeMap<Uuid, DeadLetter>,
    /// Partitions, by number.
    pub partitions: BTreeMap<u16, PartitionRow>,
    /// The workers that say that they are there.
    pub workers: BTreeMap<Uuid, WorkerRow>,
}

/// A partition, as stored.
#[derive(Debug, Clone, Default)]
pub struct PartitionRow {
    /// How often it changed hands.
    pub epoch: u64,
    /// Whose it is, also after the lease ran out, until somebody takes it.
    pub owner: Option<PartitionOwner>,
}

/// A worker, as stored.
#[derive(Debug, Clone)]
pub struct WorkerRow {
    /// How people find it.
    pub name: String,
    /// When it is forgotten unless it says once more that it is there.
    pub forgotten_at: Timestamp,
}

impl Tables {
    /// A run by its id.
    pub fn run(&self, run_id: Uuid) -> Option<&RunRecord> {
        self.runs.get(*self.run_places.get(&run_id)?)
    }

    /// A ledger transaction by its id.
    pub fn transaction(&self, transaction_id: Uuid) -> Option<&NewTransaction> {
        self.transactions
            .get(*self.transaction_places.get(&transaction_id)?)
    }

    /// A ledger transaction by its reference.
    pub fn transaction_of(&self, company_id: Uuid, reference: &str) -> Option<&NewTransaction> {
        let key = (company_id, reference.to_owned());
        self.transactions.get(*self.reference_places.get(&key)?)
    }

    /// An account by its id.
    pub fn account(&self, account_id: Uuid) -> Option<&Account> {
        self.accounts.get(self.account_keys.get(&account_id)?)
    }

    /// What a run posted, in order.
    pub fn transactions_of_run(&self, run_id: Uuid) -> impl Iterator<Item = &NewTransaction> {
        self.transactions
            .iter()
            .filter(move |posted| posted.transaction.run_id == Some(run_id))
    }

    /// What a run sent out, in order.
    pub fn events_of_run(&self, run_id: Uuid) -> impl Iterator<Item = &OutboxEvent> {
        let is_of_it = move |event: &&OutboxEvent| event.source.run_id() == Some(run_id);
        self.outbox.values().filter(is_of_it)
    }

    pub(super) fn push_run(&mut self, run: RunRecord) {
        self.run_places.insert(run.id, self.runs.len());
        self.runs.push(run);
    }

    pub(super) fn push_transaction(&mut self, posted: NewTransaction) {
        let (place, transaction) = (self.transactions.len(), &posted.transaction);
        self.transaction_places.insert(transaction.id, place);
        let reference = (transaction.company_id, transaction.reference.clone());
        self.reference_places.insert(reference, place);
        self.transactions.push(posted);
    }

    pub(super) fn put_account(&mut self, account: Account) {
        self.account_keys.insert(account.id(), account.key().clone());
        self.accounts.insert(account.key().clone(), account);
    }
}
