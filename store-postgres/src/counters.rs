//! Counters: sequences without gaps.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{Counter, CounterKey, OutboxEvent};
use uuid::Uuid;

use crate::fault::Fault;
use crate::statement::Statement;
use crate::value::integer;

/// Makes those that are not there, so that they can be locked. In the order of the keys, like the locks.
const MAKE: &str = "INSERT INTO counters (company_id, counter, last)
    SELECT k.company_id, k.counter, 0 FROM unnest($1::uuid[], $2::text[]) AS k (company_id, counter)
    WHERE NOT EXISTS (SELECT FROM counters c WHERE c.company_id = k.company_id AND c.counter = k.counter)
    ON CONFLICT (company_id, counter) DO NOTHING";

/// Locks all or, if some are not there, none: those are made before any other is locked, lest two batches wait for one
/// another.
macro_rules! lock {
    ($and:literal) => {
        concat!(
            "SELECT k.place, c.last
            FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS k (company_id, counter, place)
            JOIN counters c ON c.company_id = k.company_id AND c.counter = k.counter
            WHERE (
                SELECT count(*) FROM unnest($1::uuid[], $2::text[]) AS k (company_id, counter)
                JOIN counters c ON c.company_id = k.company_id AND c.counter = k.counter
            ) = cardinality($1::uuid[])",
            $and,
            " ORDER BY k.place FOR NO KEY UPDATE OF c"
        )
    };
}
const LOCK: &str = lock!("");
/// The condition always holds. To know it, all claims have to be in.
const LOCK_AFTER_CLAIMS: &str = lock!(" AND (SELECT count(*) FROM claimed) >= 0");

/// The last numbers of those that are `locked`, in the order of the keys.
pub(crate) const LASTS: &str = "ARRAY(SELECT last FROM locked ORDER BY place)";

const ADVANCE: &str = "UPDATE counters c SET last = m.last
    FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS m (company_id, counter, last)
    WHERE c.company_id = m.company_id AND c.counter = m.counter
    RETURNING 1";

/// The counters that a batch has read and locked; those that are new stand at zero.
pub(crate) struct Counters(BTreeMap<CounterKey, u64>);

/// Adds the part `locked`, which locks counters in the order of their keys, and after the part `claimed`.
pub(crate) fn lock_after_claims(statement: &mut Statement, keys: &BTreeSet<CounterKey>) {
    bind_keys(statement.part("locked", LOCK_AFTER_CLAIMS), keys);
}

fn bind_keys(statement: &mut Statement, keys: &BTreeSet<CounterKey>) {
    statement
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.counter.as_str()).bind_iter());
}

/// Locks all and reads them or, if one of them is not there, none.
async fn lock(connection: &mut PgConnection, keys: &BTreeSet<CounterKey>) -> Result<Vec<i64>, Fault> {
    let mut locked = Statement::default();
    bind_keys(locked.part("locked", LOCK), keys);
    let (lasts,): (Vec<i64>,) = locked.fetch_one(connection, &format!("SELECT {LASTS}")).await?;
    Ok(lasts)
}

/// Makes those of the counters that are not there, and locks all.
async fn make_and_lock(
    connection: &mut PgConnection,
    keys: &BTreeSet<CounterKey>,
) -> Result<Vec<i64>, Fault> {
    let mut made = Statement::default();
    bind_keys(made.part("made", MAKE), keys);
    made.execute(connection).await?;
    let lasts = lock(connection, keys).await?;
    if lasts.len() == keys.len() {
        return Ok(lasts);
    }
    let message = "a counter that was made is not there";
    Err(Fault::corrupt("counters", &lasts.len(), &message))
}

impl Counters {
    /// Locks counters, in the order of their keys, and reads them.
    pub(crate) async fn lock(
        connection: &mut PgConnection,
        keys: &BTreeSet<CounterKey>,
    ) -> Result<Self, Fault> {
        let lasts = if keys.is_empty() {
            Vec::new()
        } else {
            lock(connection, keys).await?
        };
        Self::read(connection, keys, lasts).await
    }

    /// The counters as they are locked; none was, if one of them was not there.
    pub(crate) async fn read(
        connection: &mut PgConnection,
        keys: &BTreeSet<CounterKey>,
        mut lasts: Vec<i64>,
    ) -> Result<Self, Fault> {
        if lasts.len() != keys.len() {
            lasts = make_and_lock(connection, keys).await?;
        }
        let counters = keys.iter().zip(lasts).map(|(key, last)| {
            let last = u64::try_from(last)
                .map_err(|_| Fault::corrupt("counters", &key.company_id, &format!("{last} is below zero")));
            Ok((*key, last?))
        });
        counters.collect::<Result<_, _>>().map(Self)
    }

    /// Those that have given out a number.
    pub(crate) fn existing(&self) -> Vec<(CounterKey, u64)> {
        let counters = self.0.iter().filter(|(_, last)| **last > 0);
        counters.map(|(key, last)| (*key, *last)).collect()
    }

    /// Moves counters forward from where they were read.
    pub(crate) fn advance(
        &self,
        statement: &mut Statement,
        moved: &[(CounterKey, u64)],
    ) -> Result<(), Fault> {
        if moved.is_empty() {
            return Ok(());
        }
        for (key, last) in moved {
            self.check(*key, *last)?;
        }
        let lasts = moved
            .iter()
            .map(|(_, last)| integer(*last))
            .collect::<Result<Vec<i64>, _>>()?;
        statement
            .part("advanced", ADVANCE)
            .bind(moved.iter().map(|(key, _)| key.company_id).bind_iter())
            .bind(moved.iter().map(|(key, _)| key.counter.as_str()).bind_iter())
            .bind(lasts);
        statement.ask("advanced", moved.len(), "a counter stands there twice");
        Ok(())
    }

    fn check(&self, key: CounterKey, last: u64) -> Result<(), Fault> {
        let (company_id, name) = (key.company_id, key.counter.as_str());
        match self.0.get(&key) {
            None => Err(Fault::refused(format!(
                "counter {name} of company {company_id} was not read"
            ))),
            Some(read) if last < *read => Err(Fault::refused(format!(
                "counter {name} of company {company_id} cannot go from {read} to {last}"
            ))),
            Some(_) => Ok(()),
        }
    }

    /// Checks that the events to send out are numbered as the companies' counters moved: each one the next, and none
    /// missing. The relay relies on it.
    pub(crate) fn check_events(
        &self,
        events: &[OutboxEvent],
        moved: &[(CounterKey, u64)],
    ) -> Result<(), Fault> {
        let mut lasts: BTreeMap<Uuid, u64> = BTreeMap::new();
        for event in events {
            let key = CounterKey {
                company_id: event.company_id,
                counter: Counter::Outbox,
            };
            let read = self.0.get(&key).copied();
            let last = lasts.entry(event.company_id).or_insert(read.unwrap_or(0));
            if read.is_none() || Some(event.number) != last.checked_add(1) {
                let (id, number) = (event.id, event.number);
                return Err(Fault::refused(format!(
                    "event {id} is number {number}, where the company's last is {last}"
                )));
            }
            *last = event.number;
        }
        for (key, last) in moved.iter().filter(|(key, _)| key.counter == Counter::Outbox) {
            let sent = lasts.remove(&key.company_id).or(self.0.get(key).copied());
            if sent != Some(*last) {
                return Err(unsent(key.company_id));
            }
        }
        Ok(())
    }
}

fn unsent(company_id: Uuid) -> Fault {
    Fault::refused(format!(
        "the events of company {company_id} do not end where its counter was moved to"
    ))
}

#[cfg(test)]
mod tests {
    use store::EventSource;

    use super::*;

    #[test]
    fn events_are_checked_against_the_outbox_counter_and_no_other() {
        let company_id = Uuid::from_u128(1);
        let key = |counter| CounterKey { company_id, counter };
        let (invoice, outbox) = (key(Counter::Invoice), key(Counter::Outbox));
        let read = Counters(BTreeMap::from([(invoice, 7), (outbox, 2)]));
        let event = OutboxEvent {
            id: Uuid::from_u128(2),
            company_id,
            number: 3,
            partition: 0,
            event_type: "invoice.generated".to_owned(),
            data: "{}".to_owned(),
            source: EventSource::Node {
                run_id: Uuid::from_u128(3),
                node_id: "invoice".to_owned(),
            },
            correlation_id: "c".to_owned(),
            traceparent: None,
            created_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let check = |moved: &[(CounterKey, u64)]| read.check_events(std::slice::from_ref(&event), moved);
        assert!(check(&[(invoice, 8), (outbox, 3)]).is_ok());
        assert!(check(&[(outbox, 4)]).is_err(), "an event is missing");
    }
}
