//! Batches of transfers that were carried out: written once, and never changed.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use store::{AnswerKey, KeptRequest, TransferBatch};
use uuid::Uuid;

use crate::fault::Fault;

const FIND: &str = "SELECT id, fingerprint FROM transfer_batches
    WHERE company_id = ?1 AND route = ?2 AND key = ?3";

const KEEP: &str = "INSERT INTO transfer_batches (id, company_id, route, key, fingerprint)
    VALUES (?1, ?2, ?3, ?4, ?5)";

/// The batches that were carried out under these keys.
pub(crate) fn find(connection: &Connection, keys: &BTreeSet<AnswerKey>) -> Result<Vec<TransferBatch>, Fault> {
    let mut statement = connection.prepare_cached(FIND)?;
    let mut batches = Vec::new();
    for key in keys {
        let found = statement
            .query_row(params![key.company_id.as_bytes(), key.route, key.key], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((id, fingerprint)) = found {
            batches.push(TransferBatch {
                id: Uuid::from_bytes(id),
                request: KeptRequest {
                    key: key.clone(),
                    fingerprint,
                },
            });
        }
    }
    Ok(batches)
}

/// Keeps batches, under keys that have none.
pub(crate) fn keep(connection: &Connection, batches: &[TransferBatch]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached(KEEP)?;
    for TransferBatch { id, request } in batches {
        insert.execute(params![
            id.as_bytes(),
            request.key.company_id.as_bytes(),
            request.key.route,
            request.key.key,
            request.fingerprint,
        ])?;
    }
    Ok(())
}
