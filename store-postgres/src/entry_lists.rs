//! Lists of entries, in the reverse order of posting: by transaction, and by position within one.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row};
use store::{EntryFilter, Page, PageRequest, Span, StoredEntry};
use uuid::Uuid;

use crate::as_of;
use crate::entries::{EntryRow, entry_columns};
use crate::fault::Fault;
use crate::pages::{cut, nothing, rows_to_read, shaped};
use crate::value::Moment;

const PLACE_OF: &str = "SELECT e.transaction_number, e.position, t.created_at, e.account_number, e.number
    FROM entries e JOIN transactions t ON t.number = e.transaction_number WHERE e.id = $1";

/// Where a page begins: behind this entry.
#[derive(Clone, Copy)]
struct Place {
    transaction_number: i64,
    position: i16,
    created_at: Moment,
    account_number: i64,
    number: i64,
}

impl FromRow<'_, PgRow> for Place {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            transaction_number: row.try_get(0)?,
            position: row.try_get(1)?,
            created_at: row.try_get(2)?,
            account_number: row.try_get(3)?,
            number: row.try_get(4)?,
        })
    }
}

/// Where a page begins, if not ahead of every entry. An id that is not there ends the list.
enum Begin {
    Ahead,
    Behind(Place),
    Nowhere,
}

async fn begin(connection: &mut PgConnection, after: Option<Uuid>) -> Result<Begin, Fault> {
    let Some(entry_id) = after else {
        return Ok(Begin::Ahead);
    };
    let place: Option<Place> = sqlx::query_as(PLACE_OF)
        .bind(entry_id)
        .fetch_optional(connection)
        .await?;
    Ok(place.map_or(Begin::Nowhere, Begin::Behind))
}

/// Lists entries by the index that fits the filter best.
pub(crate) async fn list(
    connection: &mut PgConnection,
    filter: EntryFilter,
    page: PageRequest,
) -> Result<Page<StoredEntry>, Fault> {
    let behind = match begin(connection, page.after).await? {
        Begin::Ahead => None,
        Begin::Behind(place) => Some(place),
        Begin::Nowhere => return Ok(nothing()),
    };
    let limit = rows_to_read(page);
    let by_transaction = filter.transaction_id.or(filter.run_id).is_some();
    let by_account = filter.account.is_some() || filter.account_id.is_some();
    let mut query = if by_account && !by_transaction {
        let posted = Posted::of(&mut *connection, &filter).await?;
        of_accounts(&filter, &posted, behind, limit)
    } else {
        of_transactions(&filter, behind, limit)
    };
    let rows: Vec<EntryRow> = query.build_query_as().fetch_all(connection).await?;
    Ok(cut(shaped(rows)?, page, |entry: &StoredEntry| entry.id))
}

/// What was dated in a company's stretch of time was posted between these transactions: behind the one, up to the other.
#[derive(Default)]
struct Posted {
    behind: Option<i64>,
    up_to: Option<i64>,
}

impl Posted {
    async fn of(connection: &mut PgConnection, filter: &EntryFilter) -> Result<Self, Fault> {
        let Some(company_id) = filter.company_id else {
            return Ok(Self::default());
        };
        let mut posted = Self::default();
        if let Some(from) = filter.dated.from {
            let first = as_of::first_since(&mut *connection, company_id, from).await?;
            posted.behind = Some(first.saturating_sub(1));
        }
        if let Some(to) = filter.dated.to {
            posted.up_to = Some(as_of::last_before(connection, company_id, to).await?);
        }
        Ok(posted)
    }
}

fn push_dated(query: &mut QueryBuilder<Postgres>, dated: Span) {
    if let Some(from) = dated.from {
        query.push(" AND t.created_at >= ").push_bind(Moment::from(from));
    }
    if let Some(to) = dated.to {
        query.push(" AND t.created_at < ").push_bind(Moment::from(to));
    }
}

/// Entries by their transactions: of one, of a run's, of a company's by time, which is how they are indexed, or of all.
fn of_transactions(filter: &EntryFilter, behind: Option<Place>, limit: i64) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM transactions t JOIN entries e ON e.transaction_number = t.number
          LEFT JOIN accounts a ON a.number = e.account_number WHERE TRUE"
    ));
    if let Some(transaction_id) = filter.transaction_id {
        query.push(" AND t.id = ").push_bind(transaction_id);
    }
    if let Some(run_id) = filter.run_id {
        query.push(" AND t.run_id = ").push_bind(run_id);
    }
    if let Some(code) = &filter.account {
        query.push(" AND a.code = ").push_bind(code.as_str().to_owned());
    }
    if let Some(account_id) = filter.account_id {
        query.push(" AND a.id = ").push_bind(account_id);
    }
    push_dated(&mut query, filter.dated);
    match filter.company_id {
        Some(company_id) => by_time(&mut query, company_id, behind),
        None => by_number(&mut query, behind),
    }
    query.push(" LIMIT ").push_bind(limit);
    query
}

fn by_time(query: &mut QueryBuilder<Postgres>, company_id: Uuid, behind: Option<Place>) {
    query.push(" AND t.company_id = ").push_bind(company_id);
    if let Some(place) = behind {
        // The first comparison is what the index is entered by.
        query
            .push(" AND (t.created_at, t.number) <= (")
            .push_bind(place.created_at);
        query.push(", ").push_bind(place.transaction_number);
        query
            .push(") AND (t.created_at, t.number, e.position) < (")
            .push_bind(place.created_at);
        query.push(", ").push_bind(place.transaction_number);
        query.push(", ").push_bind(place.position).push(")");
    }
    query.push(" ORDER BY t.created_at DESC, t.number DESC, e.position DESC");
}

fn by_number(query: &mut QueryBuilder<Postgres>, behind: Option<Place>) {
    if let Some(place) = behind {
        // Said of both tables, so that neither is read from its end.
        query
            .push(" AND t.number <= ")
            .push_bind(place.transaction_number);
        query
            .push(" AND (e.transaction_number, e.position) < (")
            .push_bind(place.transaction_number);
        query.push(", ").push_bind(place.position).push(")");
    }
    query.push(" ORDER BY e.transaction_number DESC, e.position DESC");
}

/// The entries of one account, or of all accounts of a code: one per currency, and per company if none is named. A page is
/// put together from the newest entries of each; an account's entries are numbered in the order of posting.
fn of_accounts(
    filter: &EntryFilter,
    posted: &Posted,
    behind: Option<Place>,
    limit: i64,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        entry_columns!(),
        " FROM (SELECT newest.* FROM accounts a CROSS JOIN LATERAL (SELECT e.* FROM entries e",
    ));
    if filter.dated != Span::default() {
        query.push(" JOIN transactions t ON t.number = e.transaction_number");
    }
    query.push(" WHERE e.account_number = a.number");
    push_dated(&mut query, filter.dated);
    if let Some(transaction_number) = posted.behind {
        query.push(" AND e.number > ");
        as_of::push_last_entry(&mut query, transaction_number);
    }
    if let Some(transaction_number) = posted.up_to {
        query.push(" AND e.number <= ");
        as_of::push_last_entry(&mut query, transaction_number);
    }
    if let Some(place) = behind {
        query
            .push(" AND (e.transaction_number, e.position) < (")
            .push_bind(place.transaction_number);
        query.push(", ").push_bind(place.position);
        // In the account of the last page's last entry it is known at once where to go on.
        query
            .push(") AND (e.account_number <> ")
            .push_bind(place.account_number);
        query.push(" OR e.number < ").push_bind(place.number).push(")");
    }
    query.push(" ORDER BY e.number DESC LIMIT ").push_bind(limit);
    query.push(") newest WHERE TRUE");
    if let Some(code) = &filter.account {
        query.push(" AND a.code = ").push_bind(code.as_str().to_owned());
    }
    if let Some(account_id) = filter.account_id {
        query.push(" AND a.id = ").push_bind(account_id);
    }
    if let Some(company_id) = filter.company_id {
        query.push(" AND a.company_id = ").push_bind(company_id);
    }
    query
        .push(" ORDER BY transaction_number DESC, position DESC LIMIT ")
        .push_bind(limit);
    query.push(
        ") e JOIN transactions t ON t.number = e.transaction_number
           LEFT JOIN accounts a ON a.number = e.account_number
           ORDER BY e.transaction_number DESC, e.position DESC",
    );
    query
}
