//! Payments and what happened to them, for whoever reads them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use store::{
    Page, PageRequest, PaymentFilter, PaymentHistory, PaymentPage, PaymentRecord, Payments, StoreError,
    StoredPaymentEvent,
};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::pages::{cut, nothing, rows_to_read, shaped};
use crate::payments::payment_columns;
use crate::unit::Begin;
use crate::value::Moment;
use crate::{accounts, holds, payment_events, payments, transactions};

const BEHIND: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payments p WHERE p.id > $1 ORDER BY p.id LIMIT $2"
);

const OF_IDS: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payments p WHERE p.id = ANY($1)"
);

/// Every company that has payments, found by jumping through an index from one to the next.
const COMPANIES: &str = "WITH RECURSIVE of_payments AS (
        (SELECT company_id FROM payments ORDER BY company_id LIMIT 1)
        UNION ALL
        SELECT (SELECT p.company_id FROM payments p WHERE p.company_id > c.company_id ORDER BY p.company_id LIMIT 1)
        FROM of_payments c WHERE c.company_id IS NOT NULL
    )
    SELECT company_id FROM of_payments WHERE company_id IS NOT NULL";

/// An id that is not there ends the list.
const PLACE_OF: &str = "SELECT created_at, id FROM payments WHERE id = $1";

/// Behind which payment a page begins.
type Place = (Moment, Uuid);

/// Lists payments, newest first. Every index that they are listed by has them in this order, so that a page of a stretch of
/// time is read from where the stretch ends, wherever that is.
async fn list(
    connection: &mut PgConnection,
    filter: PaymentFilter,
    page: PageRequest,
) -> Result<Page<PaymentRecord>, Fault> {
    let behind: Option<Place> = match page.after {
        None => None,
        Some(id) => {
            let place = sqlx::query_as(PLACE_OF)
                .bind(id)
                .fetch_optional(&mut *connection)
                .await?;
            if place.is_none() {
                return Ok(nothing());
            }
            place
        }
    };
    let mut found: Vec<PaymentRecord> = Vec::new();
    for mut query in queries(connection, &filter, behind, rows_to_read(page)).await? {
        let rows: Vec<payments::Read> = query.build_query_as().fetch_all(&mut *connection).await?;
        found.extend(shaped::<_, PaymentRecord>(rows)?);
    }
    found.sort_unstable_by_key(|payment| Reverse((payment.created_at, payment.id)));
    Ok(cut(found, page, |payment| payment.id))
}

/// What is asked for a page. Payments of an account are on either side, each with an index of its own.
async fn queries(
    connection: &mut PgConnection,
    filter: &PaymentFilter,
    behind: Option<Place>,
    limit: i64,
) -> Result<Vec<QueryBuilder<Postgres>>, Fault> {
    if let Some(account_id) = filter.account_id {
        let sides = [" AND p.source_account_id = ", " AND p.destination_account_id = "];
        let queries = sides.map(|side| {
            let mut query = begun(filter);
            query.push(side).push_bind(account_id);
            ended(query, filter, behind, limit)
        });
        return Ok(queries.into());
    }
    if filter.provider.is_some() {
        return Ok(vec![ended(begun(filter), filter, behind, limit)]);
    }
    let companies = match filter.company_id {
        Some(company_id) => vec![company_id],
        None => sqlx::query_scalar(COMPANIES).fetch_all(connection).await?,
    };
    Ok(vec![of_companies(companies, filter, behind, limit)])
}

fn begun(filter: &PaymentFilter) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        payment_columns!(),
        " FROM payments p WHERE TRUE"
    ));
    if let Some(company_id) = filter.company_id {
        query.push(" AND p.company_id = ").push_bind(company_id);
    }
    query
}

/// A page is put together from the newest of each company.
fn of_companies(
    companies: Vec<Uuid>,
    filter: &PaymentFilter,
    behind: Option<Place>,
    limit: i64,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(concat!("SELECT ", payment_columns!(), " FROM unnest("));
    query
        .push_bind(companies)
        .push("::uuid[]) AS listed (company_id) CROSS JOIN LATERAL (");
    query.push("SELECT p.* FROM payments p WHERE p.company_id = listed.company_id");
    let mut query = ended(query, filter, behind, limit);
    query
        .push(") p ORDER BY p.created_at DESC, p.id DESC LIMIT ")
        .push_bind(limit);
    query
}

/// A condition is in the text only if the filter asks for it, so that the index which fits the filter is used.
fn ended(
    mut query: QueryBuilder<Postgres>,
    filter: &PaymentFilter,
    behind: Option<Place>,
    limit: i64,
) -> QueryBuilder<Postgres> {
    if let Some(state) = filter.state {
        query.push(" AND p.state = ").push_bind(state.name());
    }
    if let Some(provider) = &filter.provider {
        query.push(" AND p.provider = ").push_bind(provider.clone());
    }
    if let Some(from) = filter.created.from {
        query.push(" AND p.created_at >= ").push_bind(Moment::from(from));
    }
    if let Some(to) = filter.created.to {
        query.push(" AND p.created_at < ").push_bind(Moment::from(to));
    }
    if let Some((created_at, id)) = behind {
        query.push(" AND (p.created_at, p.id) < (").push_bind(created_at);
        query.push(", ").push_bind(id).push(")");
    }
    query
        .push(" ORDER BY p.created_at DESC, p.id DESC LIMIT ")
        .push_bind(limit);
    query
}

async fn list_events(
    connection: &mut PgConnection,
    payment_id: Uuid,
    page: PageRequest,
) -> Result<Page<StoredPaymentEvent>, Fault> {
    match payments::find(&mut *connection, payment_id).await? {
        Some(payment) => payment_events::list(connection, &payment, page).await,
        None => Ok(nothing()),
    }
}

/// One statement for each kind of thing, however many payments there are.
async fn page_of_all(
    connection: &mut PgConnection,
    behind: Option<Uuid>,
    limit: u32,
) -> Result<PaymentPage, Fault> {
    let rows: Vec<payments::Read> = sqlx::query_as(BEHIND)
        .bind(behind.unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?;
    let payments = PaymentPage::bounded(shaped(rows)?);
    let account_ids: BTreeSet<Uuid> = payments.iter().flat_map(PaymentRecord::accounts).collect();
    let hold_ids: BTreeSet<Uuid> = payments.iter().filter_map(|payment| payment.hold_id).collect();
    let mut events = payment_events::all(connection, &payments).await?;
    let histories = payments.into_iter().map(|payment| PaymentHistory {
        events: events.remove(&payment.id).unwrap_or_default(),
        payment,
    });
    let histories: Vec<PaymentHistory> = histories.collect();
    let transaction_ids = histories
        .iter()
        .flat_map(PaymentHistory::transaction_ids)
        .collect();
    Ok(PaymentPage {
        accounts: accounts::find_all(connection, &account_ids).await?,
        holds: holds::find_all(connection, &hold_ids).await?,
        transactions: transactions::find_all(connection, &transaction_ids).await?,
        histories,
    })
}

#[async_trait]
impl Payments for PostgresStore {
    async fn find_payment(&self, payment_id: Uuid) -> Result<Option<PaymentRecord>, StoreError> {
        self.read(move |connection| Box::pin(payments::find(connection, payment_id)))
            .await
    }

    async fn find_payments(&self, payment_ids: BTreeSet<Uuid>) -> Result<Vec<PaymentRecord>, StoreError> {
        self.read(move |connection| {
            Box::pin(async move {
                let ids: Vec<Uuid> = payment_ids.into_iter().collect();
                let rows: Vec<payments::Read> =
                    sqlx::query_as(OF_IDS).bind(ids).fetch_all(connection).await?;
                shaped(rows)
            })
        })
        .await
    }

    async fn list_payments(
        &self,
        filter: PaymentFilter,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(list(connection, filter, page))
        })
        .await
    }

    async fn list_payment_events(
        &self,
        payment_id: Uuid,
        page: PageRequest,
    ) -> Result<Page<StoredPaymentEvent>, StoreError> {
        self.read(move |connection| Box::pin(list_events(connection, payment_id, page)))
            .await
    }

    async fn payment_page(&self, behind: Option<Uuid>, limit: u32) -> Result<PaymentPage, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(page_of_all(connection, behind, limit))
        })
        .await
    }
}
