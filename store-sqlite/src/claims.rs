//! Claims on events: what makes an event run once.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use store::{Claim, ClaimOutcome, PinnedRun, RunRecord};
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::{UuidBytes, micros};

const CLAIM: &str = "INSERT INTO claims (id, company_id, event_id, body_sha256, accepted_at, runs)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (event_id, company_id) DO NOTHING";

const FIND: &str = "SELECT number, id, body_sha256 FROM claims WHERE event_id = ?1 AND company_id = ?2";

const KEEP_BODY: &str = "INSERT INTO events (claim_number, body) VALUES (?1, ?2)";

/// A batch's claims, of which the fresh ones are stored.
pub(crate) struct Claimed {
    claims: Vec<Claim>,
    /// In the order of the claims.
    pub(crate) outcomes: Vec<ClaimOutcome>,
    /// By the claim's id: its row number and its place among the claims.
    fresh: HashMap<Uuid, (i64, usize)>,
}

/// Claims events in their order, so that the second of two equal ids sees the first.
pub(crate) fn claim(connection: &Connection, claims: Vec<Claim>) -> Result<Claimed, Fault> {
    let mut insert = connection.prepare_cached(CLAIM)?;
    let mut outcomes = Vec::with_capacity(claims.len());
    let mut fresh = HashMap::with_capacity(claims.len());
    for (place, claim) in claims.iter().enumerate() {
        let inserted = insert.execute(params![
            claim.id.as_bytes(),
            claim.company_id.as_bytes(),
            claim.event_id,
            claim.body_sha256,
            micros(claim.accepted_at),
            pack(&claim.runs),
        ])?;
        if inserted == 1 {
            fresh.insert(claim.id, (connection.last_insert_rowid(), place));
            outcomes.push(ClaimOutcome::Fresh);
        } else {
            outcomes.push(compare(connection, claim)?);
        }
    }
    Ok(Claimed {
        claims,
        outcomes,
        fresh,
    })
}

/// What a claim is whose event was claimed before.
fn compare(connection: &Connection, claim: &Claim) -> Result<ClaimOutcome, Fault> {
    match find(connection, claim.company_id, &claim.event_id)? {
        Some(stored) if stored.body_sha256 == claim.body_sha256 => Ok(ClaimOutcome::Repeated),
        Some(_) => Ok(ClaimOutcome::Conflicting),
        None => Err(Fault::corrupt(
            "claims",
            &claim.event_id,
            &"it is in the way of a claim, but not there",
        )),
    }
}

struct StoredClaim {
    number: i64,
    id: Uuid,
    body_sha256: [u8; 32],
}

fn find(connection: &Connection, company_id: Uuid, event_id: &str) -> Result<Option<StoredClaim>, Fault> {
    let found = connection
        .prepare_cached(FIND)?
        .query_row(params![event_id, company_id.as_bytes()], |row| {
            let id: UuidBytes = row.get(1)?;
            Ok(StoredClaim {
                number: row.get(0)?,
                id: Uuid::from_bytes(id),
                body_sha256: row.get(2)?,
            })
        })
        .optional()?;
    Ok(found)
}

impl Claimed {
    /// Keeps the bodies of the events that are new.
    pub(crate) fn keep_bodies(&self, connection: &Connection) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(KEEP_BODY)?;
        let mut fresh: Vec<_> = self.fresh.values().copied().collect();
        fresh.sort_unstable();
        for (number, place) in fresh {
            if let Some(claim) = self.claims.get(place) {
                insert.execute(params![number, &claim.body[..]])?;
            }
        }
        Ok(())
    }

    /// The number of the claim that a run belongs to: one of this batch or an earlier one, on the run's own event.
    pub(crate) fn number_of(&self, connection: &Connection, run: &RunRecord) -> Result<i64, Fault> {
        if let Some((number, place)) = self.fresh.get(&run.claim_id)
            && let Some(claim) = self.claims.get(*place)
            && (claim.company_id, &claim.event_id) == (run.company_id, &run.event_id)
        {
            return Ok(*number);
        }
        match find(connection, run.company_id, &run.event_id)? {
            Some(stored) if stored.id == run.claim_id => Ok(stored.number),
            _ => {
                let (run_id, claim_id, event_id) = (run.id, run.claim_id, &run.event_id);
                Err(Fault::refused(format!(
                    "run {run_id}: no claim {claim_id} on its event {event_id:?} is stored"
                )))
            }
        }
    }
}

/// Pinned runs, 36 bytes each.
fn pack(runs: &[PinnedRun]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(runs.len() * 36);
    for run in runs {
        packed.extend_from_slice(run.run_id.as_bytes());
        packed.extend_from_slice(run.rule_id.as_bytes());
        packed.extend_from_slice(&run.version.to_be_bytes());
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_runs_take_36_bytes_each() {
        let run = PinnedRun {
            run_id: Uuid::from_u128(1),
            rule_id: Uuid::from_u128(2),
            version: 3,
        };
        let packed = pack(&[run, run]);
        assert_eq!(packed.len(), 72);
        assert_eq!(
            &packed[15..36],
            [&[1_u8][..], Uuid::from_u128(2).as_bytes(), &[0, 0, 0, 3]].concat()
        );
    }
}
