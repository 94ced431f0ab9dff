//! Batches of transfers that were carried out: written once, and never changed.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{AnswerKey, KeptRequest, TransferBatch};
use uuid::Uuid;

use crate::fault::Fault;
use crate::statement::Statement;
use crate::value::Place;

const FIND: &str = "SELECT b.id, b.company_id, b.route, b.key, b.fingerprint
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k (company_id, route, key)
    JOIN transfer_batches b ON b.company_id = k.company_id AND b.route = k.route AND b.key = k.key";

const KEEP: &str = "INSERT INTO transfer_batches (id, company_id, route, key, fingerprint)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[])
    RETURNING 1";

/// The name of what keeps two batches from having one key.
pub(crate) const CARRIED_OUT_BEFORE: &str = "transfer_batches_company_id_route_key_key";

/// The batches that were carried out under these keys.
pub(crate) async fn find(
    connection: &mut PgConnection,
    keys: &BTreeSet<AnswerKey>,
) -> Result<Vec<TransferBatch>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, Uuid, String, String, Vec<u8>)> = sqlx::query_as(FIND)
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.route.as_str()).bind_iter())
        .bind(keys.iter().map(|key| key.key.as_str()).bind_iter())
        .fetch_all(connection)
        .await?;
    let batches = rows.into_iter().map(|(id, company_id, route, key, fingerprint)| {
        let fingerprint = Place::new("transfer_batches", id).sha256(&fingerprint)?;
        let key = AnswerKey {
            company_id,
            route,
            key,
        };
        Ok(TransferBatch {
            id,
            request: KeptRequest { key, fingerprint },
        })
    });
    batches.collect()
}

/// Keeps batches, under keys that have none, in the order of their keys: who waits for another has nothing that the other
/// waits for.
pub(crate) fn keep(statement: &mut Statement, batches: &[TransferBatch]) {
    if batches.is_empty() {
        return;
    }
    let mut sorted: Vec<&TransferBatch> = batches.iter().collect();
    sorted.sort_unstable_by(|one, other| one.request.key.cmp(&other.request.key));
    let each = || sorted.iter().map(|batch| &batch.request);
    statement
        .part("batched", KEEP)
        .bind(sorted.iter().map(|batch| batch.id).bind_iter())
        .bind(each().map(|request| request.key.company_id).bind_iter())
        .bind(each().map(|request| request.key.route.as_str()).bind_iter())
        .bind(each().map(|request| request.key.key.as_str()).bind_iter())
        .bind(each().map(|request| &request.fingerprint[..]).bind_iter());
    statement.ask("batched", batches.len(), "a batch of transfers is not there");
}
