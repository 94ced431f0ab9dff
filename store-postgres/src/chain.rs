//! The chain over the ledger's transactions.
//!
//! Rows get their numbers while they are inserted, and are seen once they are committed: a lower number may come to be
//! seen after a higher one. So a round notes the highest number that it sees, and a later one chains all up to there once
//! nobody can add to them any more. Who has drawn a number has an id of its database transaction already, since it locks
//! or opens accounts before it posts. So of all who drew a number below the highest that is seen, none gets its id after
//! that was looked at: they are all older than the round, whose own id is given to it after that. Once all that is older
//! than the round has ended, what is there up to its number is all that will ever be.
//!
//! (The horizon of the round's snapshot, `pg_snapshot_xmax`, would be too low: it is behind the last id that *ended*, and
//! whoever has an id beyond it may be running.)

use async_trait::async_trait;
use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{
    ChainHash, ChainHead, ChainLink, ChainPoint, ChainRound, ChainStretch, ChainVisitor, LedgerChain,
    StoreError, Visit, link_transactions,
};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::statement::Statement;
use crate::transactions;
use crate::unit::Begin;
use crate::value::{Place, integer};

/// How many rows of each kind are read at a time.
const AT_ONCE: u32 = 1_000;

/// Locks nothing: an idle ledger is only looked at.
const LOOK: &str =
    "SELECT greatest(up_to, next), coalesce((SELECT max(number) FROM transactions), 0), next > up_to
    FROM ledger_chain_head";

/// Whoever has the head makes the links; nobody waits for it. The id of the database transaction is given here at the
/// latest, and not before what was looked at was.
const LOCK: &str = "SELECT position, hash, up_to, next, next_xid, pg_current_xact_id()::text::bigint,
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM ledger_chain_head FOR UPDATE SKIP LOCKED";

const HEAD: &str = "SELECT position, hash, up_to FROM ledger_chain_head";

const LINKS: &str = "SELECT transaction_number, transaction_id, digest, position, hash FROM ledger_chain
    WHERE transaction_number > $1 ORDER BY transaction_number LIMIT $2";

const ADD: &str = "INSERT INTO ledger_chain (position, transaction_number, transaction_id, digest, hash)
    SELECT l.position, l.transaction_number, l.transaction_id, l.digest, l.hash
    FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::bytea[], $5::bytea[])
        AS l (position, transaction_number, transaction_id, digest, hash)
    RETURNING 1";

const MOVE: &str =
    "UPDATE ledger_chain_head SET position = $1, hash = $2, up_to = $3, next = $4, next_xid = $5 RETURNING 1";

type HeadRow = (i64, Vec<u8>, i64);
type LockRow = (i64, Vec<u8>, i64, i64, i64, i64, i64);
type LinkRow = (i64, Uuid, Vec<u8>, i64, Vec<u8>);

/// What is noted for a later round: see above.
#[derive(Clone, Copy)]
struct Next {
    number: u64,
    xid: i64,
}

/// The head, as it is locked by this round.
struct Locked {
    head: ChainHead,
    next: Next,
    /// The id of this round's database transaction.
    own_xid: i64,
    /// The oldest that had not ended when the head was locked.
    oldest_xid: i64,
}

impl Locked {
    /// Whether everything up to what was noted is there by now.
    fn is_settled(&self) -> bool {
        self.oldest_xid >= self.next.xid
    }

    /// Whether what was noted was noted by another server, from which this database was restored: ids begin anew there.
    fn is_from_elsewhere(&self) -> bool {
        self.next.xid >= self.own_xid
    }
}

async fn extend(connection: &mut PgConnection, limit: u32) -> Result<ChainRound, Fault> {
    let (known, highest, is_pending): (i64, i64, bool) =
        sqlx::query_as(LOOK).fetch_one(&mut *connection).await?;
    if highest <= known && !is_pending {
        return Ok(ChainRound::Done);
    }
    let Some(locked) = lock(connection).await? else {
        return Ok(ChainRound::Done);
    };
    let Locked { head, next, .. } = locked;
    let anew = Next {
        number: place().number::<u64>(highest)?.max(head.up_to),
        xid: locked.own_xid,
    };
    if next.number <= head.up_to || locked.is_from_elsewhere() {
        write(connection, head, &[], anew).await?;
        return Ok(ChainRound::Done);
    }
    if !locked.is_settled() {
        return Ok(ChainRound::Done);
    }
    let found = transactions::stretch(connection, head.up_to, next.number, limit).await?;
    let links = link_transactions(head.point, &found);
    let is_full = u32::try_from(links.len()).is_ok_and(|chained| chained >= limit);
    let last = links.last().filter(|_| is_full).map(|link| link.number);
    let moved = ChainHead {
        point: links.last().map_or(head.point, |link| link.point),
        up_to: last.unwrap_or(next.number),
    };
    write(connection, moved, &links, if is_full { next } else { anew }).await?;
    Ok(if is_full {
        ChainRound::Full
    } else {
        ChainRound::Done
    })
}

async fn lock(connection: &mut PgConnection) -> Result<Option<Locked>, Fault> {
    let row: Option<LockRow> = sqlx::query_as(LOCK).fetch_optional(connection).await?;
    let locked = row.map(|(position, hash, up_to, next, next_xid, own_xid, oldest_xid)| {
        Ok(Locked {
            head: head_of((position, hash, up_to))?,
            next: Next {
                number: place().number(next)?,
                xid: next_xid,
            },
            own_xid,
            oldest_xid,
        })
    });
    locked.transpose()
}

async fn write(
    connection: &mut PgConnection,
    head: ChainHead,
    links: &[ChainLink],
    next: Next,
) -> Result<(), Fault> {
    let mut statement = Statement::default();
    if !links.is_empty() {
        add(&mut statement, links)?;
    }
    statement
        .part("moved", MOVE)
        .bind(integer(head.point.position)?)
        .bind(head.point.hash.0.to_vec())
        .bind(integer(head.up_to)?)
        .bind(integer(next.number)?)
        .bind(next.xid);
    statement.ask("moved", 1, "the chain has no head");
    statement.execute(connection).await
}

fn add(statement: &mut Statement, links: &[ChainLink]) -> Result<(), Fault> {
    let positions = links.iter().map(|link| integer(link.point.position));
    let numbers = links.iter().map(|link| integer(link.number));
    statement
        .part("added", ADD)
        .bind(positions.collect::<Result<Vec<i64>, _>>()?)
        .bind(numbers.collect::<Result<Vec<i64>, _>>()?)
        .bind(links.iter().map(|link| link.transaction_id).bind_iter())
        .bind(links.iter().map(|link| &link.digest.0[..]).bind_iter())
        .bind(links.iter().map(|link| &link.point.hash.0[..]).bind_iter());
    statement.ask("added", links.len(), "a transaction is chained twice");
    Ok(())
}

fn place() -> Place {
    Place::new("ledger_chain_head", Uuid::nil())
}

fn head_of((position, hash, up_to): HeadRow) -> Result<ChainHead, Fault> {
    Ok(ChainHead {
        point: ChainPoint {
            position: place().number(position)?,
            hash: ChainHash(place().sha256(&hash)?),
        },
        up_to: place().number(up_to)?,
    })
}

fn link_of((number, transaction_id, digest, position, hash): LinkRow) -> Result<ChainLink, Fault> {
    let place = Place::new("ledger_chain", transaction_id);
    Ok(ChainLink {
        number: place.number(number)?,
        transaction_id,
        digest: ChainHash(place.sha256(&digest)?),
        point: ChainPoint {
            position: place.number(position)?,
            hash: ChainHash(place.sha256(&hash)?),
        },
    })
}

async fn visit(connection: &mut PgConnection, visitor: &mut dyn ChainVisitor) -> Result<(), Fault> {
    let head: HeadRow = sqlx::query_as(HEAD).fetch_one(&mut *connection).await?;
    visitor.head(head_of(head)?);
    let mut behind = 0;
    loop {
        let links = links(connection, behind).await?;
        let transactions = transactions::stretch(connection, behind, u64::MAX, AT_ONCE).await?;
        let Some((stretch, end)) = ChainStretch::cut(links, transactions, AT_ONCE) else {
            return Ok(());
        };
        if visitor.stretch(&stretch) == Visit::Stop {
            return Ok(());
        }
        behind = end;
    }
}

async fn links(connection: &mut PgConnection, behind: u64) -> Result<Vec<ChainLink>, Fault> {
    let rows: Vec<LinkRow> = sqlx::query_as(LINKS)
        .bind(integer(behind)?)
        .bind(i64::from(AT_ONCE))
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(link_of).collect()
}

#[async_trait]
impl LedgerChain for PostgresStore {
    async fn extend_chain(&self, limit: u32) -> Result<ChainRound, StoreError> {
        self.write(move |connection| Box::pin(extend(connection, limit)))
            .await
    }

    async fn visit_chain(
        &self,
        mut visitor: Box<dyn ChainVisitor>,
    ) -> Result<Box<dyn ChainVisitor>, StoreError> {
        self.read_snapshot(Begin::LongSnapshot, |connection| {
            Box::pin(async move {
                visit(connection, &mut *visitor).await?;
                Ok(visitor)
            })
        })
        .await
    }
}
