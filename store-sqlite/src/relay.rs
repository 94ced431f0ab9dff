//! What was not sent yet, and noting what was.
//!
//! A company's row says up to which number its events are written, and up to which they are sent. Those with something
//! in between are in an index, in the order in which they were last served: so the events themselves are only ever
//! read by their numbers, and nobody waits for ever behind others.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use store::{Leased, Outbox, OutboxEvent, OutboxLag, PartitionLease, SentUpTo, StoreError};
use uuid::Uuid;

use crate::SqliteStore;
use crate::fault::Fault;
use crate::outbox::{EVENT, OutboxRow};
use crate::partitions;
use crate::value::{UuidBytes, integer};

const WAITING: &str =
    "SELECT company_id, sent, written FROM outbox_progress INDEXED BY outbox_progress_unsent
    WHERE partition = ?1 AND sent < written ORDER BY turn LIMIT ?2";

/// The turn behind all that wait.
const LAST_TURN: &str =
    "SELECT coalesce(max(turn), 0) + 1 FROM outbox_progress INDEXED BY outbox_progress_unsent
    WHERE partition = ?1 AND sent < written";

const NOTE_SENT: &str = "UPDATE outbox_progress SET sent = ?2, turn = ?3
    WHERE company_id = ?1 AND partition = ?4 AND sent < ?2";

const LAG: &str = "SELECT coalesce(sum(p.written - p.sent), 0), min(o.created_at)
    FROM outbox_progress p LEFT JOIN outbox o ON o.company_id = p.company_id AND o.number = p.sent + 1
    WHERE p.sent < p.written";

/// A company with events to send.
struct Waiting {
    company_id: Uuid,
    sent: u64,
    unsent: u64,
}

/// How many events of each company to read: as many as each has while there is room, and the room is shared evenly.
fn shares(waiting: &[Waiting], limit: u64) -> Vec<u64> {
    let mut shares = vec![0; waiting.len()];
    let mut in_need: Vec<usize> = (0..waiting.len()).collect();
    in_need.sort_by_key(|place| waiting.get(*place).map(|company| company.unsent));
    let mut room = limit;
    let mut left = u64::try_from(waiting.len()).unwrap_or(u64::MAX);
    for place in in_need {
        if let (Some(share), Some(company)) = (shares.get_mut(place), waiting.get(place)) {
            // Rounded up, so that no room is left over: the least come first, and can leave others only more.
            *share = company.unsent.min(room.div_ceil(left.max(1)));
            room -= *share;
            left -= 1;
        }
    }
    shares
}

fn unsent(connection: &Connection, partition: u16, limit: u32) -> Result<Vec<OutboxEvent>, Fault> {
    let waiting = waiting(connection, partition, limit)?;
    let shares = shares(&waiting, limit.into());
    let sql = format!(
        "SELECT {EVENT} FROM outbox WHERE company_id = ?1 AND number > ?2 AND number <= ?3 ORDER BY number"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut events: Vec<OutboxEvent> = Vec::new();
    for (company, share) in waiting.iter().zip(shares) {
        let last = integer(company.sent.saturating_add(share))?;
        let bounds = params![company.company_id.as_bytes(), integer(company.sent)?, last];
        let mut expected = company.sent;
        for row in statement.query_map(bounds, OutboxRow::read)? {
            let event = OutboxEvent::try_from(row?)?;
            expected = expected.saturating_add(1);
            if event.number != expected {
                break;
            }
            events.push(event);
        }
    }
    Ok(events)
}

fn waiting(connection: &Connection, partition: u16, limit: u32) -> Result<Vec<Waiting>, Fault> {
    let mut statement = connection.prepare_cached(WAITING)?;
    let rows = statement.query_map(params![partition, limit], |row| {
        let company_id: UuidBytes = row.get(0)?;
        let (sent, written): (u64, u64) = (row.get(1)?, row.get(2)?);
        Ok(Waiting {
            company_id: Uuid::from_bytes(company_id),
            sent,
            unsent: written.saturating_sub(sent),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn note_sent(connection: &Connection, lease: PartitionLease, sent: &[SentUpTo]) -> Result<Leased, Fault> {
    if partitions::check(connection, lease)? == Leased::Lost {
        return Ok(Leased::Lost);
    }
    let turn: i64 = connection
        .prepare_cached(LAST_TURN)?
        .query_row([lease.partition], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(NOTE_SENT)?;
    for SentUpTo { company_id, number } in sent {
        statement.execute(params![
            company_id.as_bytes(),
            integer(*number)?,
            turn,
            lease.partition,
        ])?;
    }
    Ok(Leased::Done)
}

fn lag(connection: &Connection, company_id: Option<Uuid>) -> Result<OutboxLag, Fault> {
    let of_company = company_id.map_or("?1 IS NULL", |_| "p.company_id = ?1");
    let mut statement = connection.prepare_cached(&format!("{LAG} AND {of_company}"))?;
    let (unsent, oldest_at): (u64, Option<i64>) = statement
        .query_row([company_id.map(Uuid::into_bytes)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let oldest_at = oldest_at
        .map(Timestamp::from_microsecond)
        .transpose()
        .map_err(|error| Fault::corrupt("outbox", &"created_at", &error))?;
    Ok(OutboxLag { unsent, oldest_at })
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn unsent_events(&self, partition: u16, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
        self.read(move |connection| unsent(connection, partition, limit))
            .await
    }

    async fn mark_events_sent(
        &self,
        lease: PartitionLease,
        sent: Vec<SentUpTo>,
    ) -> Result<Leased, StoreError> {
        self.write(move |connection| note_sent(connection, lease, &sent))
            .await
    }

    async fn outbox_lag(&self, company_id: Option<Uuid>) -> Result<OutboxLag, StoreError> {
        self.read(move |connection| lag(connection, company_id)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::in_memory;

    fn shared(unsent: &[u64], limit: u64) -> Vec<u64> {
        let waiting = unsent.iter().map(|unsent| Waiting {
            company_id: Uuid::nil(),
            sent: 0,
            unsent: *unsent,
        });
        shares(&waiting.collect::<Vec<_>>(), limit)
    }

    #[test]
    fn room_is_shared_evenly_and_none_is_left_over() {
        assert_eq!(shared(&[], 10), Vec::<u64>::new());
        assert_eq!(shared(&[4, 3], 10), [4, 3]);
        assert_eq!(shared(&[100], 10), [10]);
        assert_eq!(shared(&[100, 1], 10), [9, 1]);
        assert_eq!(shared(&[100, 2, 100], 10), [4, 2, 4]);
        assert_eq!(shared(&[5, 5, 5], 10).iter().sum::<u64>(), 10);
        assert_eq!(shared(&[9; 10], 10), [1; 10]);
    }

    #[test]
    fn companies_come_in_their_turns_by_an_index() {
        let connection = in_memory();
        for query in [WAITING, LAST_TURN] {
            let query = query.replace("?1", "1").replace("?2", "2");
            let mut statement = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
                .unwrap();
            let steps = statement.query_map([], |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
            let plan = steps.join("; ");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
        }
    }
}
