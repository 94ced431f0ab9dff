//! The chain over the ledger's transactions.
//!
//! There is one writer, so row numbers are in the order of commits: what a reader sees is all that there is up to the
//! highest of them. Transactions are read and hashed beside the writer, which then only adds the links.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use store::{
    ChainHash, ChainHead, ChainLink, ChainPoint, ChainRound, ChainStretch, ChainVisitor, LedgerChain,
    StoreError, Visit, link_transactions,
};
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::{UuidBytes, integer};
use crate::{SqliteStore, transactions};

/// How many rows of each kind are read at a time.
const AT_ONCE: u32 = 1_000;

const HEAD: &str = "SELECT position, hash, up_to FROM ledger_chain_head";

const LINKS: &str = "SELECT transaction_number, transaction_id, digest, position, hash FROM ledger_chain
    WHERE transaction_number > ?1 ORDER BY transaction_number LIMIT ?2";

const ADD: &str = "INSERT INTO ledger_chain (position, transaction_number, transaction_id, digest, hash)
    VALUES (?1, ?2, ?3, ?4, ?5)";

/// Only from where it was read: somebody else may have moved it meanwhile.
const MOVE: &str =
    "UPDATE ledger_chain_head SET position = ?1, hash = ?2, up_to = ?3 WHERE position = ?4 AND hash = ?5";

fn head(connection: &Connection) -> Result<ChainHead, Fault> {
    let head = connection.prepare_cached(HEAD)?.query_row([], |row| {
        Ok(ChainHead {
            point: point(row, 0)?,
            up_to: row.get(2)?,
        })
    })?;
    Ok(head)
}

fn point(row: &Row<'_>, first: usize) -> rusqlite::Result<ChainPoint> {
    Ok(ChainPoint {
        position: row.get(first)?,
        hash: ChainHash(row.get(first + 1)?),
    })
}

fn link_of(row: &Row<'_>) -> rusqlite::Result<ChainLink> {
    let transaction_id: UuidBytes = row.get(1)?;
    Ok(ChainLink {
        number: row.get(0)?,
        transaction_id: Uuid::from_bytes(transaction_id),
        digest: ChainHash(row.get(2)?),
        point: point(row, 3)?,
    })
}

/// The next links, and behind what they come.
fn next(connection: &Connection, limit: u32) -> Result<(ChainPoint, Vec<ChainLink>), Fault> {
    let ChainHead { point, up_to } = head(connection)?;
    let transactions = transactions::stretch(connection, up_to, limit)?;
    Ok((point, link_transactions(point, &transactions)))
}

/// Adds links, unless somebody else did since they were made; whether it did.
fn add(connection: &Connection, behind: ChainPoint, links: &[ChainLink]) -> Result<bool, Fault> {
    let Some(last) = links.last() else {
        return Ok(false);
    };
    let moved = connection.prepare_cached(MOVE)?.execute(params![
        integer(last.point.position)?,
        last.point.hash.0,
        integer(last.number)?,
        integer(behind.position)?,
        behind.hash.0,
    ])?;
    if moved != 1 {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(ADD)?;
    for link in links {
        statement.execute(params![
            integer(link.point.position)?,
            integer(link.number)?,
            link.transaction_id.as_bytes(),
            link.digest.0,
            link.point.hash.0,
        ])?;
    }
    Ok(true)
}

fn visit(connection: &Connection, visitor: &mut dyn ChainVisitor) -> Result<(), Fault> {
    visitor.head(head(connection)?);
    let mut statement = connection.prepare(LINKS)?;
    let mut behind = 0;
    loop {
        let links = statement.query_map(params![integer(behind)?, AT_ONCE], link_of)?;
        let links = links.collect::<rusqlite::Result<Vec<_>>>()?;
        let transactions = transactions::stretch(connection, behind, AT_ONCE)?;
        let Some((stretch, end)) = ChainStretch::cut(links, transactions, AT_ONCE) else {
            return Ok(());
        };
        if visitor.stretch(&stretch) == Visit::Stop {
            return Ok(());
        }
        behind = end;
    }
}

#[async_trait]
impl LedgerChain for SqliteStore {
    async fn extend_chain(&self, limit: u32) -> Result<ChainRound, StoreError> {
        let (behind, links) = self.read(move |connection| next(connection, limit)).await?;
        if links.is_empty() {
            return Ok(ChainRound::Done);
        }
        let is_full = u32::try_from(links.len()).is_ok_and(|chained| chained >= limit);
        let added = self
            .write(move |connection| add(connection, behind, &links))
            .await?;
        Ok(if added && is_full {
            ChainRound::Full
        } else {
            ChainRound::Done
        })
    }

    async fn visit_chain(
        &self,
        mut visitor: Box<dyn ChainVisitor>,
    ) -> Result<Box<dyn ChainVisitor>, StoreError> {
        self.read(move |connection| {
            visit(connection, &mut *visitor)?;
            Ok(visitor)
        })
        .await
    }
}
