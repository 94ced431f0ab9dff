//! The outbox, for whoever sends the events on.

use async_trait::async_trait;
use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{Leased, Outbox, OutboxEvent, OutboxLag, PartitionLease, SentUpTo, StoreError};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::outbox_rows::{OutboxRow, event_columns};
use crate::pages::shaped;
use crate::partitions::fence;
use crate::statement::Statement;
use crate::turns::{Waiting, share_out};
use crate::value::{Moment, Place, integer};

/// Companies whose events wait, who waited longest first.
const WAITING: &str = "SELECT p.company_id, p.sent, c.last
    FROM outbox_progress p JOIN counters c ON c.company_id = p.company_id AND c.counter = 'outbox'
    WHERE p.partition = $1 AND c.last > p.sent
    ORDER BY p.sent_at, p.company_id LIMIT $2";

const NEXT: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS k (company_id, sent, last, place)
      JOIN outbox o ON o.company_id = k.company_id AND o.number > k.sent AND o.number <= k.last
      ORDER BY k.place, o.number"
);

/// Companies of which more is said to be sent than there is: that would be skipped once it is written.
const BEYOND: &str = "SELECT m.company_id FROM unnest($2::uuid[], $3::bigint[]) AS m (company_id, number)
    JOIN outbox_progress p ON p.company_id = m.company_id AND p.partition = $1
    LEFT JOIN counters c ON c.company_id = m.company_id AND c.counter = 'outbox'
    WHERE m.number > coalesce(c.last, 0) LIMIT 1";

/// Never goes back. Marks nothing unless the lease is `held`, nor if there is something `beyond`.
const MARK: &str = "UPDATE outbox_progress p SET sent = m.number, sent_at = clock_timestamp()
    FROM unnest($2::uuid[], $3::bigint[]) AS m (company_id, number)
    WHERE p.company_id = m.company_id AND p.partition = $1 AND p.sent < m.number
        AND EXISTS (SELECT FROM held) AND NOT EXISTS (SELECT FROM beyond)
    RETURNING 1";

/// The commit does not wait for the disk: what is forgotten in a crash of the server is sent once more, under the same ids,
/// as it may be at any time.
const MARKED: &str = "SELECT EXISTS (SELECT FROM held), (SELECT company_id FROM beyond),
    set_config('synchronous_commit', 'off', true)";

/// The oldest event of each company that waits is the one behind the last sent.
const LAG: &str = "SELECT coalesce(sum(c.last - p.sent), 0)::bigint, min(o.created_at)
    FROM outbox_progress p JOIN counters c ON c.company_id = p.company_id AND c.counter = 'outbox'
    LEFT JOIN outbox o ON o.company_id = p.company_id AND o.number = p.sent + 1
    WHERE c.last > p.sent AND ($1::uuid IS NULL OR p.company_id = $1)";

async fn unsent(
    connection: &mut PgConnection,
    partition: u16,
    limit: u32,
) -> Result<Vec<OutboxEvent>, Fault> {
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(WAITING)
        .bind(i32::from(partition))
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?;
    let waiting = rows.into_iter().map(|(company_id, sent, last)| {
        let place = Place::new("outbox_progress", company_id);
        Ok(Waiting {
            company_id,
            sent: place.number(sent)?,
            last: place.number(last)?,
        })
    });
    let waiting = waiting.collect::<Result<Vec<_>, Fault>>()?;
    let turns = share_out(&waiting, u64::from(limit));
    if turns.is_empty() {
        return Ok(Vec::new());
    }
    next_of(connection, &turns).await
}

async fn next_of(connection: &mut PgConnection, turns: &[Waiting]) -> Result<Vec<OutboxEvent>, Fault> {
    let bounds = |bound: fn(&Waiting) -> u64| -> Result<Vec<i64>, Fault> {
        turns.iter().map(|turn| integer(bound(turn))).collect()
    };
    let rows: Vec<OutboxRow> = sqlx::query_as(NEXT)
        .bind(turns.iter().map(|turn| turn.company_id).bind_iter())
        .bind(bounds(|turn| turn.sent)?)
        .bind(bounds(|turn| turn.last)?)
        .fetch_all(connection)
        .await?;
    let events: Vec<OutboxEvent> = shaped(rows)?;
    let expected = turns.iter().flat_map(|turn| {
        let numbers = turn.sent.saturating_add(1)..=turn.last;
        numbers.map(|number| (turn.company_id, number))
    });
    if events
        .iter()
        .map(|event| (event.company_id, event.number))
        .eq(expected)
    {
        return Ok(events);
    }
    let companies: Vec<_> = turns.iter().map(|turn| turn.company_id.to_string()).collect();
    let message = "an event that was numbered is not there";
    Err(Fault::corrupt("outbox", &companies.join(", "), &message))
}

async fn mark(
    connection: &mut PgConnection,
    lease: PartitionLease,
    sent: Vec<SentUpTo>,
) -> Result<Leased, Fault> {
    let partition = i32::from(lease.partition);
    let companies = || sent.iter().map(|sent| sent.company_id).bind_iter();
    let numbers = sent.iter().map(|sent| integer(sent.number));
    let numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
    let mut statement = Statement::default();
    fence(&mut statement, &[lease])?;
    for (part, sql) in [("beyond", BEYOND), ("marked", MARK)] {
        let part = statement.part(part, sql);
        part.bind(partition).bind(companies()).bind(&numbers);
    }
    let (held, beyond, _): (bool, Option<Uuid>, String) = statement.fetch_one(connection, MARKED).await?;
    match beyond {
        _ if !held => Ok(Leased::Lost),
        Some(company_id) => Err(Fault::refused(format!(
            "company {company_id} has fewer events than are said to be sent"
        ))),
        None => Ok(Leased::Done),
    }
}

async fn lag(connection: &mut PgConnection, company_id: Option<Uuid>) -> Result<OutboxLag, Fault> {
    let (unsent, oldest_at): (i64, Option<Moment>) =
        sqlx::query_as(LAG).bind(company_id).fetch_one(connection).await?;
    let place = Place::new("outbox_progress", company_id.unwrap_or_default());
    Ok(OutboxLag {
        unsent: place.number(unsent)?,
        oldest_at: place.optional_time(oldest_at)?,
    })
}

#[async_trait]
impl Outbox for PostgresStore {
    async fn unsent_events(&self, partition: u16, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
        self.read(move |connection| Box::pin(unsent(connection, partition, limit)))
            .await
    }

    async fn mark_events_sent(
        &self,
        lease: PartitionLease,
        sent: Vec<SentUpTo>,
    ) -> Result<Leased, StoreError> {
        self.write_at_once(move |connection| Box::pin(mark(connection, lease, sent)))
            .await
    }

    async fn outbox_lag(&self, company_id: Option<Uuid>) -> Result<OutboxLag, StoreError> {
        self.read(move |connection| Box::pin(lag(connection, company_id)))
            .await
    }
}
