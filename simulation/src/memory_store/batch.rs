//! The batch: fence, claim, read, decide, check, write.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use async_trait::async_trait;
use ledger::{AccountKey, Hold};
use store::{
    BatchEnd, BatchIntent, BatchWrite, Batches, Claim, ClaimOutcome, Decide, Footprint, KnownReference,
    Loaded, PartitionLease, StoreError, Verdict,
};
use uuid::Uuid;

use super::tables::Tables;
use super::{MemoryStore, checks, refused};

#[async_trait]
impl Batches for MemoryStore {
    async fn run_batch(&self, intent: BatchIntent, decide: Decide) -> Result<BatchEnd, StoreError> {
        let mut tables = self.open()?;
        if !intent.leases.iter().all(|lease| holds_lease(&tables, *lease)) {
            return Ok(BatchEnd::LeaseLost);
        }
        let outcomes = claim(&tables, &intent.claims);
        let loaded = read(&tables, &intent.footprint, outcomes.clone());
        let shown = loaded.clone();
        let write = match catch_unwind(AssertUnwindSafe(|| decide(shown))) {
            Ok(Verdict::Commit(write)) => write,
            Ok(Verdict::Widen) => return Ok(BatchEnd::Widened),
            Err(_) => return Err(refused("handling the data panicked")),
        };
        let fresh: Vec<Claim> = fresh(intent.claims, &outcomes);
        checks::check(&tables, &fresh, &intent.footprint, &loaded, &write)?;
        if let Some(constraint) = &self.constraint {
            constraint(&write).map_err(refused)?;
        }
        apply(&mut tables, fresh, *write);
        Ok(BatchEnd::Committed)
    }
}

/// Whether nobody has had the partition since.
pub(super) fn holds_lease(tables: &Tables, lease: PartitionLease) -> bool {
    let row = tables.partitions.get(&lease.partition);
    row.is_some_and(|row| row.epoch == lease.epoch && row.owner.is_some())
}

/// What becomes of each claim, those that stand earlier in the batch counted.
fn claim(tables: &Tables, claims: &[Claim]) -> Vec<ClaimOutcome> {
    let mut earlier: BTreeMap<(Uuid, &str), [u8; 32]> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(claims.len());
    for claim in claims {
        let key = (claim.company_id, claim.event_id.clone());
        let stored = tables.claims.get(&key).map(|stored| stored.body_sha256);
        let key = (claim.company_id, claim.event_id.as_str());
        outcomes.push(match stored.or_else(|| earlier.get(&key).copied()) {
            None => {
                earlier.insert(key, claim.body_sha256);
                ClaimOutcome::Fresh
            }
            Some(known) if known == claim.body_sha256 => ClaimOutcome::Repeated,
            Some(_) => ClaimOutcome::Conflicting,
        });
    }
    outcomes
}

fn fresh(claims: Vec<Claim>, outcomes: &[ClaimOutcome]) -> Vec<Claim> {
    let claims = claims.into_iter().zip(outcomes);
    claims
        .filter(|(_, outcome)| **outcome == ClaimOutcome::Fresh)
        .map(|(claim, _)| claim)
        .collect()
}

/// Reads the footprint, each part in the order of its keys.
fn read(tables: &Tables, footprint: &Footprint, claims: Vec<ClaimOutcome>) -> Loaded {
    let holds: Vec<Hold> = footprint
        .holds
        .iter()
        .filter_map(|(company_id, hold_id)| {
            let hold = tables.holds.get(hold_id)?;
            (hold.company_id() == *company_id).then(|| hold.clone())
        })
        .collect();
    let of_holds = holds.iter().flat_map(|hold| [hold.account(), hold.to()]);
    let mut keys: Vec<AccountKey> = footprint.accounts.iter().cloned().chain(of_holds).collect();
    keys.sort();
    keys.dedup();
    let references = footprint.references.iter().filter_map(|(company_id, reference)| {
        let known = tables.transaction_of(*company_id, reference)?;
        Some(KnownReference {
            company_id: *company_id,
            reference: reference.clone(),
            transaction_id: known.transaction.id,
            content_hash: known.content_hash,
            run_id: known.transaction.run_id,
        })
    });
    let counters = footprint.counters.iter();
    Loaded {
        claims,
        accounts: keys
            .iter()
            .filter_map(|key| tables.accounts.get(key).cloned())
            .collect(),
        references: references.collect(),
        counters: counters
            .filter_map(|key| tables.counters.get(key).map(|last| (*key, *last)))
            .collect(),
        holds,
    }
}

/// Writes what was checked.
fn apply(tables: &mut Tables, fresh: Vec<Claim>, write: BatchWrite) {
    for claim in fresh {
        let key = (claim.company_id, claim.event_id.clone());
        tables.claims.insert(key, claim);
    }
    write.runs.into_iter().for_each(|run| tables.push_run(run));
    let accounts = write.opened_accounts.into_iter().chain(write.changed_accounts);
    accounts.for_each(|account| tables.put_account(account));
    write
        .transactions
        .into_iter()
        .for_each(|posted| tables.push_transaction(posted));
    let holds = write.placed_holds.into_iter().chain(write.changed_holds);
    tables.holds.extend(holds.map(|hold| (hold.id(), hold)));
    tables.counters.extend(write.counters);
    let events = write.events.into_iter();
    tables
        .outbox
        .extend(events.map(|event| ((event.company_id, event.number), event)));
    for letter in write.dead_letters {
        tables.letters.entry(letter.id).or_insert(letter);
    }
}
