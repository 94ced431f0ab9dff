//! What a database refuses: keys that exist, rows that rest on nothing, sums that do not add up. Nothing has been
//! written when these run, so a refusal has nothing to undo.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Account, AccountKey, Direction, Hold};
use store::{BatchWrite, Claim, CounterKey, Footprint, Loaded, StoreError, StoredEntry, StoredTransaction};
use uuid::Uuid;

use super::refused;
use super::tables::Tables;

type Checked = Result<(), StoreError>;

/// Checks all that a batch is about to write.
pub(super) fn check(
    tables: &Tables,
    fresh: &[Claim],
    footprint: &Footprint,
    loaded: &Loaded,
    write: &BatchWrite,
) -> Checked {
    check_runs(tables, fresh, write)?;
    let mut accounts = Accounts::new(loaded);
    accounts.open(tables, &write.opened_accounts)?;
    accounts.change(&write.changed_accounts)?;
    check_transactions(tables, write, &mut accounts)?;
    accounts.finish()?;
    check_holds(tables, loaded, write)?;
    check_counters(footprint, loaded, &write.counters)?;
    check_events(tables, write)
}

/// Refuses the second of two equal keys, and one that is stored.
fn unique<K: Ord>(seen: &mut BTreeSet<K>, key: K, is_stored: bool, constraint: &str) -> Checked {
    if is_stored || !seen.insert(key) {
        return Err(refused(format!(
            "it exists already: unique constraint {constraint}"
        )));
    }
    Ok(())
}

fn check_runs(tables: &Tables, fresh: &[Claim], write: &BatchWrite) -> Checked {
    let mut ids = BTreeSet::new();
    for run in &write.runs {
        unique(&mut ids, run.id, tables.run(run.id).is_some(), "runs_id_key")?;
        let stored = tables.claims.get(&(run.company_id, run.event_id.clone()));
        let is_claim = |claim: &Claim| {
            (claim.id, claim.company_id, &claim.event_id) == (run.claim_id, run.company_id, &run.event_id)
        };
        if !stored.is_some_and(is_claim) && !fresh.iter().any(is_claim) {
            let (run_id, claim_id) = (run.id, run.claim_id);
            return Err(refused(format!(
                "run {run_id}: no claim {claim_id} on its event is stored"
            )));
        }
    }
    Ok(())
}

/// An account that the batch has read or opened, while its entries are counted.
struct Counted {
    key: AccountKey,
    entries: u64,
    stated_entries: u64,
    is_changed: bool,
}

/// The accounts of a batch, by id.
struct Accounts(BTreeMap<Uuid, Counted>);

impl Accounts {
    fn new(loaded: &Loaded) -> Self {
        let counted = |account: &Account| Counted {
            key: account.key().clone(),
            entries: account.entries(),
            stated_entries: account.entries(),
            is_changed: false,
        };
        let accounts = loaded.accounts.iter();
        Self(accounts.map(|account| (account.id(), counted(account))).collect())
    }

    fn open(&mut self, tables: &Tables, opened: &[Account]) -> Checked {
        let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for account in opened {
            let (id, key) = (account.id(), account.key());
            unique(&mut ids, id, tables.account(id).is_some(), "accounts_id_key")?;
            let is_stored = tables.accounts.contains_key(key);
            unique(&mut keys, key, is_stored, "accounts_code_company_id_currency_key")?;
            let counted = Counted {
                key: key.clone(),
                entries: 0,
                stated_entries: account.entries(),
                is_changed: true,
            };
            self.0.insert(id, counted);
        }
        Ok(())
    }

    fn change(&mut self, changed: &[Account]) -> Checked {
        for account in changed {
            let key = account.key();
            match self.0.get_mut(&account.id()) {
                Some(counted) if !counted.is_changed && counted.key == *key => {
                    counted.is_changed = true;
                    counted.stated_entries = account.entries();
                }
                _ => return Err(refused(format!("account {key} is not as it was read"))),
            }
        }
        Ok(())
    }

    /// Counts an entry, which must be the next of its account and in its terms.
    fn count(&mut self, entry: &StoredEntry) -> Checked {
        let (id, account_id) = (entry.id, entry.account_id);
        let Some(account) = self.0.get_mut(&account_id) else {
            return Err(refused(format!(
                "account {account_id} was neither read nor opened"
            )));
        };
        let currency = entry.amount.currency();
        let terms = AccountKey::new(entry.company_id, entry.account.clone(), currency);
        if account.key != terms || entry.balance_after.currency() != currency {
            return Err(refused(format!("entry {id} is not in the terms of its account")));
        }
        if account.entries.checked_add(1) != Some(entry.number) {
            return Err(refused(format!(
                "entry {id} is not the next of account {}",
                account.key
            )));
        }
        account.entries = entry.number;
        Ok(())
    }

    fn finish(&self) -> Checked {
        let miscounted = self
            .0
            .values()
            .find(|account| account.entries != account.stated_entries);
        miscounted.map_or(Ok(()), |account| {
            Err(refused(format!(
                "account {} does not count its entries",
                account.key
            )))
        })
    }
}

fn check_transactions(tables: &Tables, write: &BatchWrite, accounts: &mut Accounts) -> Checked {
    let (mut ids, mut references) = (BTreeSet::new(), BTreeSet::new());
    for posted in &write.transactions {
        let transaction = &posted.transaction;
        let (id, company_id, reference) = (transaction.id, transaction.company_id, &transaction.reference);
        unique(
            &mut ids,
            id,
            tables.transaction(id).is_some(),
            "transactions_id_key",
        )?;
        let is_stored = tables.transaction_of(company_id, reference).is_some();
        let key = (company_id, reference);
        unique(
            &mut references,
            key,
            is_stored,
            "transactions_company_id_reference_key",
        )?;
        check_entries(transaction, accounts)?;
    }
    Ok(())
}

fn check_entries(transaction: &StoredTransaction, accounts: &mut Accounts) -> Checked {
    let shared = |entry: &StoredEntry| {
        (
            entry.transaction_id,
            entry.company_id,
            entry.run_id,
            entry.created_at,
        )
    };
    let stated = (
        transaction.id,
        transaction.company_id,
        transaction.run_id,
        transaction.created_at,
    );
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for (position, entry) in (0_u32..).zip(&transaction.entries) {
        if shared(entry) != stated || entry.position != position {
            return Err(refused(format!("entry {} contradicts its transaction", entry.id)));
        }
        accounts.count(entry)?;
        let minor = i128::from(entry.amount.minor());
        *sums.entry(entry.amount.currency().code()).or_default() += match entry.direction {
            Direction::Debit => minor,
            Direction::Credit => -minor,
        };
    }
    if transaction.entries.len() < 2 || sums.values().any(|sum| *sum != 0) {
        return Err(refused(format!(
            "transaction {} does not balance",
            transaction.id
        )));
    }
    Ok(())
}

fn check_holds(tables: &Tables, loaded: &Loaded, write: &BatchWrite) -> Checked {
    let mut ids = BTreeSet::new();
    for hold in &write.placed_holds {
        unique(
            &mut ids,
            hold.id(),
            tables.holds.contains_key(&hold.id()),
            "holds_id_key",
        )?;
    }
    let read: BTreeSet<Uuid> = loaded.holds.iter().map(Hold::id).collect();
    for hold in &write.changed_holds {
        unique(
            &mut ids,
            hold.id(),
            !read.contains(&hold.id()),
            "holds_id_key (it was not read)",
        )?;
    }
    Ok(())
}

fn check_counters(footprint: &Footprint, loaded: &Loaded, moved: &[(CounterKey, u64)]) -> Checked {
    let read: BTreeMap<CounterKey, u64> = loaded.counters.iter().copied().collect();
    for (key, last) in moved {
        let before = read.get(key).copied().unwrap_or(0);
        if !footprint.counters.contains(key) || *last < before {
            let (company_id, name) = (key.company_id, key.counter.as_str());
            return Err(refused(format!(
                "counter {name} of company {company_id} cannot go from {before} to {last}"
            )));
        }
    }
    Ok(())
}

fn check_events(tables: &Tables, write: &BatchWrite) -> Checked {
    let mut keys = BTreeSet::new();
    for event in &write.events {
        let key = (event.company_id, event.number);
        unique(
            &mut keys,
            key,
            tables.outbox.contains_key(&key),
            "outbox_company_id_number_key",
        )?;
    }
    Ok(())
}
