//! What requests were answered: written once, with their effects, and forgotten after a while.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use store::{AnswerKey, StoredAnswer};

use crate::fault::Fault;
use crate::value::{Place, micros};

const FIND: &str = "SELECT fingerprint, content, created_at FROM answers
    WHERE company_id = ?1 AND route = ?2 AND key = ?3";

const KEEP: &str = "INSERT INTO answers (company_id, route, key, fingerprint, content, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const FORGET: &str = "DELETE FROM answers WHERE rowid IN
    (SELECT rowid FROM answers WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)";

/// The answers that were given under these keys.
pub(crate) fn find(connection: &Connection, keys: &BTreeSet<AnswerKey>) -> Result<Vec<StoredAnswer>, Fault> {
    let mut statement = connection.prepare_cached(FIND)?;
    let mut answers = Vec::new();
    for key in keys {
        let found = statement
            .query_row(params![key.company_id.as_bytes(), key.route, key.key], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?))
            })
            .optional()?;
        if let Some((fingerprint, content, created_at)) = found {
            let place = Place {
                table: "answers",
                id: key.company_id,
            };
            answers.push(StoredAnswer {
                key: key.clone(),
                fingerprint,
                content,
                created_at: place.time(created_at)?,
            });
        }
    }
    Ok(answers)
}

/// Keeps answers, under keys that have none.
pub(crate) fn keep(connection: &Connection, answers: &[StoredAnswer]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(KEEP)?;
    for answer in answers {
        insert.execute(params![
            answer.key.company_id.as_bytes(),
            answer.key.route,
            answer.key.key,
            answer.fingerprint,
            answer.content,
            micros(answer.created_at),
        ])?;
    }
    Ok(())
}

/// Forgets answers from before a moment, the oldest first. How many.
pub(crate) fn forget(connection: &Connection, before: Timestamp, limit: u32) -> Result<u64, Fault> {
    let forgotten = connection
        .prepare_cached(FORGET)?
        .execute(params![micros(before), limit])?;
    Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
}
