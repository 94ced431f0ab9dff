//! Payments and what happened to them, for whoever reads them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx::{PgConnection, QueryBuilder};
use store::{
    Page, PageRequest, PaymentFilter, PaymentHistory, PaymentPage, PaymentRecord, Payments, StoreError,
    StoredPaymentEvent,
};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::Fault;
use crate::pages::{before, cut, nothing, rows_to_read, shaped};
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

/// Which side of a payment an account is looked for on.
#[derive(Clone, Copy)]
enum Side {
    Source(Uuid),
    Destination(Uuid),
    Either,
}

/// Lists payments. Those of an account are looked for from either side, each by its own index.
async fn list(
    connection: &mut PgConnection,
    filter: PaymentFilter,
    page: PageRequest,
) -> Result<Page<PaymentRecord>, Fault> {
    let sides = match filter.account_id {
        None => vec![Side::Either],
        Some(account_id) => vec![Side::Source(account_id), Side::Destination(account_id)],
    };
    let mut found: Vec<PaymentRecord> = Vec::new();
    for side in sides {
        found.extend(list_side(connection, &filter, side, page).await?);
    }
    found.sort_unstable_by_key(|payment| Reverse(payment.id));
    Ok(cut(found, page, |payment| payment.id))
}

/// A condition is in the text only if the filter asks for it, so that the index which fits the filter is used.
async fn list_side(
    connection: &mut PgConnection,
    filter: &PaymentFilter,
    side: Side,
    page: PageRequest,
) -> Result<Vec<PaymentRecord>, Fault> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        payment_columns!(),
        " FROM payments p WHERE p.id < "
    ));
    query.push_bind(before(page));
    match side {
        Side::Either => &mut query,
        Side::Source(account_id) => query.push(" AND p.source_account_id = ").push_bind(account_id),
        Side::Destination(account_id) => query
            .push(" AND p.destination_account_id = ")
            .push_bind(account_id),
    };
    if let Some(company_id) = filter.company_id {
        query.push(" AND p.company_id = ").push_bind(company_id);
    }
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
    query
        .push(" ORDER BY p.id DESC LIMIT ")
        .push_bind(rows_to_read(page));
    let rows: Vec<payments::Read> = query.build_query_as().fetch_all(connection).await?;
    shaped(rows)
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
    let payments: Vec<PaymentRecord> = shaped(rows)?;
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
