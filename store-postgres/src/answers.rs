//! What requests were answered: written once, with their effects, and forgotten after a while.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{AnswerKey, StoredAnswer};
use uuid::Uuid;

use crate::fault::Fault;
use crate::statement::Statement;
use crate::value::{Moment, Place};

const FIND: &str = "SELECT a.company_id, a.route, a.key, a.fingerprint, a.content, a.created_at
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k (company_id, route, key)
    JOIN answers a ON a.company_id = k.company_id AND a.route = k.route AND a.key = k.key";

/// In the order of their keys: who waits for another's answer under a key has none that the other waits for.
const KEEP: &str = "INSERT INTO answers (company_id, route, key, fingerprint, content, created_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::timestamptz[])
    RETURNING 1";

/// What other processes forget just now is left to them.
const FORGET: &str = "DELETE FROM answers a USING (
        SELECT company_id, route, key FROM answers WHERE created_at < $1 ORDER BY created_at LIMIT $2
        FOR UPDATE SKIP LOCKED
    ) old WHERE a.company_id = old.company_id AND a.route = old.route AND a.key = old.key";

/// The name of what keeps two answers from having one key.
pub(crate) const ANSWERED_BEFORE: &str = "answers_company_id_route_key_key";

/// The answers that were given under these keys.
pub(crate) async fn find(
    connection: &mut PgConnection,
    keys: &BTreeSet<AnswerKey>,
) -> Result<Vec<StoredAnswer>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, String, Vec<u8>, String, Moment)> = sqlx::query_as(FIND)
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.route.as_str()).bind_iter())
        .bind(keys.iter().map(|key| key.key.as_str()).bind_iter())
        .fetch_all(connection)
        .await?;
    let answers = rows
        .into_iter()
        .map(|(company_id, route, key, fingerprint, content, created_at)| {
            let place = Place::new("answers", company_id);
            Ok(StoredAnswer {
                key: AnswerKey {
                    company_id,
                    route,
                    key,
                },
                fingerprint: place.sha256(&fingerprint)?,
                content,
                created_at: place.time(created_at)?,
            })
        });
    answers.collect()
}

/// Keeps answers, under keys that have none.
pub(crate) fn keep(statement: &mut Statement, answers: &[StoredAnswer]) {
    if answers.is_empty() {
        return;
    }
    let mut sorted: Vec<&StoredAnswer> = answers.iter().collect();
    sorted.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let each = || sorted.iter().copied();
    statement
        .part("answered", KEEP)
        .bind(each().map(|answer| answer.key.company_id).bind_iter())
        .bind(each().map(|answer| answer.key.route.as_str()).bind_iter())
        .bind(each().map(|answer| answer.key.key.as_str()).bind_iter())
        .bind(each().map(|answer| &answer.fingerprint[..]).bind_iter())
        .bind(each().map(|answer| answer.content.as_str()).bind_iter())
        .bind(each().map(|answer| Moment::from(answer.created_at)).bind_iter());
    statement.ask("answered", answers.len(), "an answer is not there");
}

/// Forgets answers from before a moment, the oldest first. How many.
pub(crate) async fn forget(
    connection: &mut PgConnection,
    before: Timestamp,
    limit: u32,
) -> Result<u64, Fault> {
    let done = sqlx::query(FORGET)
        .bind(Moment::from(before))
        .bind(i64::from(limit))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
