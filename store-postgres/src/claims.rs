//! Claims on events: what makes an event run once.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{Claim, ClaimOutcome, PinnedRun, RunRecord};
use uuid::Uuid;

use crate::fault::Fault;
use crate::statement::Statement;
use crate::value::Moment;

/// Claims nothing unless all leases are `held`, and not before they are.
const CLAIM: &str = "INSERT INTO claims (id, company_id, event_id, body_sha256, accepted_at, runs)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::timestamptz[], $6::bytea[])
    WHERE (SELECT count(*) FROM held) = $7
    ON CONFLICT (event_id, company_id) DO NOTHING RETURNING id";

const FIND: &str = "SELECT c.company_id, c.event_id, c.id, c.body_sha256
    FROM unnest($1::uuid[], $2::text[]) AS k (company_id, event_id)
    JOIN claims c ON c.event_id = k.event_id AND c.company_id = k.company_id";

const KEEP_BODIES: &str = "INSERT INTO events (claim_id, body) SELECT * FROM unnest($1::uuid[], $2::bytea[])";

/// An event, by the name that its company knows it by.
type EventKey<'c> = (Uuid, &'c str);

/// A batch's claims, of which the fresh ones are stored.
pub(crate) struct Claimed {
    claims: Vec<Claim>,
    /// In the order of the claims.
    pub(crate) outcomes: Vec<ClaimOutcome>,
}

/// Adds the part `claimed`: the ids of the claims that nobody had made. It needs the part `held`, with so many leases.
///
/// They are inserted in the order of company and event, as by everybody else: two batches with the same events wait for
/// one another, but not in a circle.
pub(crate) fn claim(statement: &mut Statement, claims: &[Claim], leases: usize) {
    let firsts = firsts(claims);
    let claims = || firsts.values();
    statement
        .part("claimed", CLAIM)
        .bind(claims().map(|claim| claim.id).bind_iter())
        .bind(claims().map(|claim| claim.company_id).bind_iter())
        .bind(claims().map(|claim| claim.event_id.as_str()).bind_iter())
        .bind(claims().map(|claim| &claim.body_sha256[..]).bind_iter())
        .bind(claims().map(|claim| Moment::from(claim.accepted_at)).bind_iter())
        .bind(claims().map(|claim| pack(&claim.runs)).bind_iter())
        .bind(i64::try_from(leases).unwrap_or(i64::MAX));
}

/// The first of equal ones within the batch is the one that counts.
fn firsts(claims: &[Claim]) -> BTreeMap<EventKey<'_>, &Claim> {
    let mut firsts = BTreeMap::new();
    for claim in claims {
        firsts.entry(key(claim)).or_insert(claim);
    }
    firsts
}

fn key(claim: &Claim) -> EventKey<'_> {
    (claim.company_id, &claim.event_id)
}

/// A claim that was there before.
struct Earlier {
    id: Uuid,
    body_sha256: Vec<u8>,
}

async fn find(
    connection: &mut PgConnection,
    keys: &[EventKey<'_>],
) -> Result<HashMap<(Uuid, String), Earlier>, Fault> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(Uuid, String, Uuid, Vec<u8>)> = sqlx::query_as(FIND)
        .bind(keys.iter().map(|(company_id, _)| *company_id).bind_iter())
        .bind(keys.iter().map(|(_, event_id)| *event_id).bind_iter())
        .fetch_all(connection)
        .await?;
    let rows = found.into_iter();
    let keyed = rows
        .map(|(company_id, event_id, id, body_sha256)| ((company_id, event_id), Earlier { id, body_sha256 }));
    Ok(keyed.collect())
}

fn outcome(
    claim: &Claim,
    firsts: &BTreeMap<EventKey<'_>, &Claim>,
    earlier: &HashMap<(Uuid, String), Earlier>,
) -> Result<ClaimOutcome, Fault> {
    let first = firsts.get(&key(claim)).copied();
    let stored = earlier.get(&(claim.company_id, claim.event_id.clone()));
    let body_sha256 = match (stored, first) {
        (Some(stored), _) => &stored.body_sha256[..],
        (None, Some(first)) if std::ptr::eq(first, claim) => return Ok(ClaimOutcome::Fresh),
        (None, Some(first)) => &first.body_sha256[..],
        (None, None) => {
            let message = "it was neither stored nor found";
            return Err(Fault::corrupt("claims", &claim.id, &message));
        }
    };
    Ok(if body_sha256 == claim.body_sha256 {
        ClaimOutcome::Repeated
    } else {
        ClaimOutcome::Conflicting
    })
}

impl Claimed {
    /// What became of the claims, of which those with these ids were inserted.
    pub(crate) async fn read(
        connection: &mut PgConnection,
        claims: Vec<Claim>,
        inserted: Vec<Uuid>,
    ) -> Result<Self, Fault> {
        let inserted: HashSet<Uuid> = inserted.into_iter().collect();
        let firsts = firsts(&claims);
        let earlier: Vec<EventKey<'_>> = firsts
            .iter()
            .filter(|(_, claim)| !inserted.contains(&claim.id))
            .map(|(key, _)| *key)
            .collect();
        let earlier = find(connection, &earlier).await?;
        let outcomes = claims
            .iter()
            .map(|claim| outcome(claim, &firsts, &earlier))
            .collect::<Result<_, _>>()?;
        Ok(Self { claims, outcomes })
    }

    /// Those that are new.
    fn fresh(&self) -> impl Iterator<Item = &Claim> + Clone {
        let outcomes = self.claims.iter().zip(&self.outcomes);
        outcomes
            .filter(|(_, outcome)| **outcome == ClaimOutcome::Fresh)
            .map(|(claim, _)| claim)
    }

    /// Keeps the bodies of the events that are new.
    pub(crate) fn keep_bodies(&self, statement: &mut Statement) {
        if self.fresh().next().is_none() {
            return;
        }
        statement
            .part("bodies", KEEP_BODIES)
            .bind(self.fresh().map(|claim| claim.id).bind_iter())
            .bind(self.fresh().map(|claim| &claim.body[..]).bind_iter());
    }

    /// Checks that every run belongs to a claim on its own event: one of this batch or an earlier one.
    pub(crate) async fn check_runs(
        &self,
        connection: &mut PgConnection,
        runs: &[RunRecord],
    ) -> Result<(), Fault> {
        let fresh: HashMap<EventKey<'_>, Uuid> = self.fresh().map(|claim| (key(claim), claim.id)).collect();
        let of_run = |run: &RunRecord| fresh.get(&(run.company_id, run.event_id.as_str())).copied();
        let others: Vec<&RunRecord> = runs
            .iter()
            .filter(|run| of_run(run) != Some(run.claim_id))
            .collect();
        let keys: Vec<EventKey<'_>> = others
            .iter()
            .map(|run| (run.company_id, run.event_id.as_str()))
            .collect();
        let earlier = find(connection, &keys).await?;
        for run in others {
            let stored = earlier.get(&(run.company_id, run.event_id.clone()));
            if stored.is_none_or(|stored| stored.id != run.claim_id) {
                let (run_id, claim_id, event_id) = (run.id, run.claim_id, &run.event_id);
                return Err(Fault::refused(format!(
                    "run {run_id}: no claim {claim_id} on its event {event_id:?} is stored"
                )));
            }
        }
        Ok(())
    }
}

/// Pinned runs, 36 bytes each.
fn pack(runs: &[PinnedRun]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(runs.len().saturating_mul(36));
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
        let rule_and_version = [Uuid::from_u128(2).as_bytes(), &[0, 0, 0, 3][..]].concat();
        assert_eq!(&packed[16..36], rule_and_version);
    }
}
