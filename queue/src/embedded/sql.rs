//! Every statement on the queue's file.

use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use sqlite::Migration;
use uuid::Uuid;

use super::failure::Failure;
use super::line::LineId;
use crate::message::{Message, TakeLimits};
use crate::partition::{PARTITIONS, Partition};

/// The schema of the queue's file.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "messages",
    sql: include_str!("../../../migrations/sqlite/queue/0001_messages.sql"),
}];

/// Numbers within a line fit in so many bits of a row's id. At a million messages a second they last nine years.
const NUMBER_BITS: u32 = 48;
const MAX_NUMBER: u64 = (1 << NUMBER_BITS) - 1;

const NOW_MS: &str = "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)";

const COLUMNS: &str =
    "id, partition, deliveries, enqueued_at_ms, message_id, kind, company_id, correlation_id,
    traceparent, content_type, body";

/// What the last process left in a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recovered {
    pub(super) messages: u64,
    pub(super) bytes: u64,
    /// The highest number of a message that is there.
    pub(super) newest: u64,
}

/// A message with its place.
#[derive(Debug)]
pub(super) struct NewRow {
    pub(super) line: LineId,
    pub(super) number: u64,
    pub(super) message: Message,
}

/// A message as it stands in a line.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) number: u64,
    pub(super) deliveries: u32,
    pub(super) enqueued_at_ms: i64,
    pub(super) message: Message,
}

/// What has to be on disk before a batch is handed out.
#[derive(Debug, Default)]
pub(super) struct Mark {
    /// The batch's highest number.
    pub(super) up_to: u64,
    /// Those that were delivered before by this process, whose rows are counted up.
    pub(super) again: Vec<RangeInclusive<u64>>,
    /// Those that will not be handed out but move to the dead, each with its deliveries so far.
    pub(super) dead: Vec<(u64, u32)>,
}

/// The id of the row that has this number in a line.
fn row_id(line: LineId, number: u64) -> i64 {
    (i64::from(line.number()) << NUMBER_BITS) | number.cast_signed()
}

fn number_of(row_id: i64) -> u64 {
    row_id.cast_unsigned() & MAX_NUMBER
}

/// Counts as delivered what the last process had delivered, and reports what is there.
pub(super) fn recover(connection: &Connection) -> Result<Vec<Recovered>, Failure> {
    LineId::all().map(|line| recover_line(connection, line)).collect()
}

fn recover_line(connection: &Connection, line: LineId) -> Result<Recovered, Failure> {
    connection
        .prepare_cached(
            "UPDATE messages SET deliveries = deliveries + 1
             WHERE id BETWEEN ?2 AND ?2 + (SELECT delivered FROM lines WHERE line = ?1)",
        )?
        .execute(params![line.number(), row_id(line, 0)])?;
    let (messages, bytes, last): (u64, u64, Option<i64>) = connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(length(body)), 0), max(id) FROM messages WHERE id BETWEEN ?1 AND ?2",
        )?
        .query_row([row_id(line, 0), row_id(line, MAX_NUMBER)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let newest = last.map_or(0, number_of);
    connection
        .prepare_cached("UPDATE lines SET delivered = 0, newest = ?2 WHERE line = ?1")?
        .execute(params![line.number(), newest])?;
    Ok(Recovered {
        messages,
        bytes,
        newest,
    })
}

/// Inserts the rows and returns the moment, in milliseconds, at which the queue took them.
pub(super) fn insert(connection: &Connection, rows: &[NewRow]) -> Result<i64, Failure> {
    let now_ms: i64 = connection
        .prepare_cached(NOW_MS)?
        .query_row([], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO messages (id, partition, deliveries, enqueued_at_ms, message_id, kind, company_id,
             correlation_id, traceparent, content_type, body)
         VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for NewRow {
        line,
        number,
        message,
    } in rows
    {
        statement.execute(params![
            row_id(*line, *number),
            message.partition.number(),
            now_ms,
            message.id.as_bytes(),
            message.kind,
            message.company_id.as_bytes(),
            message.correlation_id,
            message.traceparent,
            message.content_type,
            &*message.body,
        ])?;
    }
    Ok(now_ms)
}

/// Reads the messages after one number and up to another, in order, as far as the limits allow.
pub(super) fn load_range(
    connection: &Connection,
    line: LineId,
    (after, up_to): (u64, u64),
    limits: TakeLimits,
) -> Result<Vec<Stored>, Failure> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM messages WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3"
    ))?;
    let limit = i64::try_from(limits.messages.max(1)).unwrap_or(i64::MAX);
    let mut rows = statement.query([row_id(line, after), row_id(line, up_to), limit])?;
    let mut loaded = Vec::new();
    let mut bytes = 0_usize;
    while let Some(row) = rows.next()? {
        let stored = read(row)?;
        bytes = bytes.saturating_add(stored.message.body.len());
        loaded.push(stored);
        if bytes >= limits.bytes {
            break;
        }
    }
    Ok(loaded)
}

/// Reads these messages, which must be there, in the order given.
pub(super) fn load(connection: &Connection, line: LineId, numbers: &[u64]) -> Result<Vec<Message>, Failure> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = ?1"))?;
    let mut loaded = Vec::with_capacity(numbers.len());
    for number in numbers {
        let id = row_id(line, *number);
        let stored = statement.query_row([id], |row| Ok(read(row))).optional()?;
        let stored =
            stored.ok_or_else(|| Failure::damaged(id, "it is gone, though nobody acknowledged it"))?;
        loaded.push(stored?.message);
    }
    Ok(loaded)
}

/// Stores that a batch is delivered. Returns the highest number among the dead, if any message went there.
pub(super) fn mark(connection: &Connection, line: LineId, mark: &Mark) -> Result<Option<u64>, Failure> {
    connection
        .prepare_cached("UPDATE lines SET delivered = ?2 WHERE line = ?1 AND delivered < ?2")?
        .execute(params![line.number(), mark.up_to])?;
    let mut count_up = connection
        .prepare_cached("UPDATE messages SET deliveries = deliveries + 1 WHERE id BETWEEN ?1 AND ?2")?;
    for range in &mark.again {
        count_up.execute([row_id(line, *range.start()), row_id(line, *range.end())])?;
    }
    let mut newest_dead = None;
    for (number, deliveries) in &mark.dead {
        newest_dead = Some(bury(connection, row_id(line, *number), *deliveries)?);
    }
    Ok(newest_dead)
}

/// Moves a message to the end of the dead.
fn bury(connection: &Connection, id: i64, deliveries: u32) -> Result<u64, Failure> {
    let number: u64 = connection
        .prepare_cached("UPDATE lines SET newest = newest + 1 WHERE line = ?1 RETURNING newest")?
        .query_row([LineId::DEAD.number()], |row| row.get(0))?;
    let moved = connection
        .prepare_cached("UPDATE messages SET id = :dead, deliveries = :deliveries WHERE id = :id")?
        .execute(named_params! {
            ":dead": row_id(LineId::DEAD, number),
            ":deliveries": deliveries,
            ":id": id,
        })?;
    if moved == 1 {
        Ok(number)
    } else {
        Err(Failure::damaged(id, "it is gone, though nobody acknowledged it"))
    }
}

/// Deletes all these messages, or none.
pub(super) fn delete(
    connection: &Connection,
    line: LineId,
    ranges: &[RangeInclusive<u64>],
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached("DELETE FROM messages WHERE id BETWEEN ?1 AND ?2")?;
    for range in ranges {
        let (start, end) = (row_id(line, *range.start()), row_id(line, *range.end()));
        let expected = (end - start + 1).cast_unsigned();
        let deleted = statement.execute([start, end])?;
        if u64::try_from(deleted) != Ok(expected) {
            let found = format!("{deleted} messages stand where {expected} were taken, from this one on");
            return Err(Failure::damaged(start, &found));
        }
    }
    Ok(())
}

/// The age of each partition's oldest message, in order.
pub(super) fn oldest_ages(connection: &Connection) -> Result<Vec<Option<Duration>>, Failure> {
    let now_ms: i64 = connection
        .prepare_cached(NOW_MS)?
        .query_row([], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "SELECT enqueued_at_ms FROM messages WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1",
    )?;
    let lines = Partition::all().map(LineId::from);
    lines
        .map(|line| {
            let range = [row_id(line, 0), row_id(line, MAX_NUMBER)];
            let oldest_ms: Option<i64> = statement.query_row(range, |row| row.get(0)).optional()?;
            // The clock may have been set back since.
            Ok(oldest_ms
                .map(|oldest_ms| Duration::from_millis(u64::try_from(now_ms - oldest_ms).unwrap_or(0))))
        })
        .collect()
}

/// Writes, and changes nothing.
pub(super) fn touch(connection: &Connection) -> Result<(), Failure> {
    connection
        .prepare_cached("UPDATE lines SET newest = newest WHERE line = 0")?
        .execute([])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Stored, Failure> {
    let id: i64 = row.get("id")?;
    let partition: u16 = row.get("partition")?;
    let partition = Partition::new(partition)
        .ok_or_else(|| Failure::damaged(id, &format!("partition {partition} is not below {PARTITIONS}")))?;
    let message = Message {
        id: Uuid::from_bytes(row.get("message_id")?),
        partition,
        kind: row.get("kind")?,
        company_id: Uuid::from_bytes(row.get("company_id")?),
        correlation_id: row.get("correlation_id")?,
        traceparent: row.get("traceparent")?,
        content_type: row.get("content_type")?,
        body: Bytes::from(row.get::<_, Vec<u8>>("body")?),
    };
    let number = number_of(id);
    Ok(Stored {
        number,
        deliveries: row.get("deliveries")?,
        enqueued_at_ms: row.get("enqueued_at_ms")?,
        message,
    })
}

/// Ascending numbers as ranges without gaps.
pub(super) fn ranges(numbers: impl IntoIterator<Item = u64>) -> Vec<RangeInclusive<u64>> {
    let mut ranges: Vec<RangeInclusive<u64>> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some(last) if *last.end() + 1 == number => *last = *last.start()..=number,
            _ => ranges.push(number..=number),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_ids_order_by_line_and_number() {
        let ids: Vec<i64> = LineId::all()
            .flat_map(|line| [row_id(line, 1), row_id(line, MAX_NUMBER)])
            .collect();
        assert!(ids.is_sorted_by(|before, after| before < after));
        assert!(ids.iter().all(|id| *id > 0));
        assert_eq!(number_of(row_id(LineId::DEAD, 123)), 123);
    }

    #[test]
    fn ranges_close_gaps_and_nothing_else() {
        assert_eq!(ranges([]), []);
        assert_eq!(ranges([4]), [4..=4]);
        assert_eq!(ranges([1, 2, 3, 5, 7, 8]), [1..=3, 5..=5, 7..=8]);
    }
}
