//! What is known of accounts besides their sums.

use rusqlite::{Connection, OptionalExtension, Row, params};
use store::AccountDetails;
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::{Place, integer};

const FIND: &str = "SELECT owner, metadata, version FROM account_details WHERE account_id = ?1";

const KEEP: &str =
    "INSERT INTO account_details (account_id, owner, metadata, version) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (account_id) DO UPDATE
    SET owner = excluded.owner, metadata = excluded.metadata, version = excluded.version";

struct DetailsRow {
    owner: Option<String>,
    metadata: String,
    version: i64,
}

impl DetailsRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            owner: row.get(0)?,
            metadata: row.get(1)?,
            version: row.get(2)?,
        })
    }
}

/// What was said of an account, if anything was.
pub(crate) fn find(connection: &Connection, account_id: Uuid) -> Result<Option<AccountDetails>, Fault> {
    let row = connection
        .prepare_cached(FIND)?
        .query_row([account_id.as_bytes()], DetailsRow::read)
        .optional()?;
    let place = Place {
        table: "account_details",
        id: account_id,
    };
    row.map(|row| {
        Ok(AccountDetails {
            account_id,
            owner: row.owner,
            metadata: row.metadata,
            version: place.number(row.version)?,
        })
    })
    .transpose()
}

/// Keeps what is said of accounts now.
pub(crate) fn keep(connection: &Connection, details: &[AccountDetails]) -> Result<(), Fault> {
    let mut upsert = connection.prepare_cached(KEEP)?;
    for said in details {
        upsert.execute(params![
            said.account_id.as_bytes(),
            said.owner,
            said.metadata,
            integer(said.version)?,
        ])?;
    }
    Ok(())
}
