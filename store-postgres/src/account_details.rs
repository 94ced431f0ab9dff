//! What is known of accounts besides their sums. Whoever changes it holds the account's row.

use std::collections::HashMap;

use ledger::Account;
use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{AccountDetails, DetailedAccount};
use uuid::Uuid;

use crate::fault::Fault;
use crate::statement::Statement;
use crate::value::{Place, integer};

const FIND: &str = "SELECT account_id, owner, metadata::text, version FROM account_details
    WHERE account_id = ANY($1)";

const KEEP: &str = "INSERT INTO account_details (account_id, owner, metadata, version)
    SELECT d.account_id, d.owner, d.metadata::json, d.version
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) AS d (account_id, owner, metadata, version)
    ON CONFLICT (account_id) DO UPDATE
    SET owner = excluded.owner, metadata = excluded.metadata, version = excluded.version
    RETURNING 1";

/// What was said of these accounts, where anything was.
pub(crate) async fn find(
    connection: &mut PgConnection,
    accounts: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<AccountDetails>, Fault> {
    let ids: Vec<Uuid> = accounts.into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, Option<String>, String, i64)> =
        sqlx::query_as(FIND).bind(ids).fetch_all(connection).await?;
    let details = rows.into_iter().map(|(account_id, owner, metadata, version)| {
        let place = Place::new("account_details", account_id);
        Ok(AccountDetails {
            account_id,
            owner,
            metadata,
            version: place.number(version)?,
        })
    });
    details.collect()
}

/// Accounts with what is known of them.
pub(crate) async fn with_details(
    connection: &mut PgConnection,
    accounts: Vec<Account>,
) -> Result<Vec<DetailedAccount>, Fault> {
    let said = find(connection, accounts.iter().map(Account::id)).await?;
    let mut said: HashMap<Uuid, AccountDetails> = said
        .into_iter()
        .map(|details| (details.account_id, details))
        .collect();
    let detailed = accounts.into_iter().map(|account| {
        let details = said.remove(&account.id());
        let details = details.unwrap_or_else(|| AccountDetails::unsaid(account.id()));
        DetailedAccount { account, details }
    });
    Ok(detailed.collect())
}

/// Keeps what is said of accounts now.
pub(crate) fn keep(statement: &mut Statement, details: &[AccountDetails]) -> Result<(), Fault> {
    if details.is_empty() {
        return Ok(());
    }
    let versions = details
        .iter()
        .map(|said| integer(said.version))
        .collect::<Result<Vec<i64>, _>>()?;
    statement
        .part("detailed", KEEP)
        .bind(details.iter().map(|said| said.account_id).bind_iter())
        .bind(details.iter().map(|said| said.owner.as_deref()).bind_iter())
        .bind(details.iter().map(|said| said.metadata.as_str()).bind_iter())
        .bind(versions);
    statement.ask("detailed", details.len(), "an account stands there twice");
    Ok(())
}
