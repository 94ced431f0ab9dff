//! Payments and what happened to them, for whoever reads them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use ledger::PaymentState;
use rusqlite::{Connection, OptionalExtension, params};
use store::{
    Page, PageRequest, PaymentFilter, PaymentHistory, PaymentPage, PaymentRecord, Payments, StoreError,
    StoredPaymentEvent,
};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::payments::{self, PAYMENT, shaped};
use crate::query::Query;
use crate::value::{UuidBytes, micros};
use crate::{SqliteStore, accounts, holds, payment_events, transactions};

/// The next company that has payments.
const NEXT_COMPANY: &str = "SELECT min(company_id) FROM payments WHERE company_id > ?1";

/// An id that is not there ends the list.
const PLACE_OF: &str = "SELECT created_at, id FROM payments WHERE id = ?1";

/// Behind which payment a page begins.
type Place = (i64, UuidBytes);

/// Ahead of every payment.
const BEGINNING: Place = (i64::MAX, [u8::MAX; 16]);

/// By whose index payments are looked for.
#[derive(Clone, Copy)]
enum Whose {
    Source(UuidBytes),
    Destination(UuidBytes),
    Provider,
    Company(UuidBytes),
}

/// A filter in the terms of the database, and the bounds of a page.
struct List<'f> {
    whose: Whose,
    company_id: Option<UuidBytes>,
    state: Option<&'static str>,
    provider: Option<&'f str>,
    from: Option<i64>,
    to: Option<i64>,
    behind: Place,
    limit: i64,
}

impl<'f> List<'f> {
    fn new(filter: &'f PaymentFilter, whose: Whose, behind: Place, limit: i64) -> Self {
        Self {
            whose,
            company_id: filter.company_id.map(Uuid::into_bytes),
            state: filter.state.map(PaymentState::name),
            provider: filter.provider.as_deref(),
            from: filter.created.from.map(micros),
            to: filter.created.to.map(micros),
            behind,
            limit,
        }
    }

    /// By which index it is read. Left to itself, SQLite would pass over that by state.
    fn index(&self) -> &'static str {
        match self.whose {
            Whose::Source(_) => "payments_by_source",
            Whose::Destination(_) => "payments_by_destination",
            Whose::Provider => "payments_by_provider",
            Whose::Company(_) if self.state.is_some() => "payments_by_state",
            Whose::Company(_) => "payments_by_company",
        }
    }

    fn query(&self) -> Query<'_> {
        let index = self.index();
        let query = Query::new(format!("SELECT {PAYMENT} FROM payments INDEXED BY {index}"));
        let query = match &self.whose {
            Whose::Source(account_id) => query.and("source_account_id = ?", &[account_id]),
            Whose::Destination(account_id) => query.and("destination_account_id = ?", &[account_id]),
            Whose::Company(company_id) => query.and("company_id = ?", &[company_id]),
            Whose::Provider => query,
        };
        let (created_at, id) = &self.behind;
        query
            .and_if("company_id = ?", self.company_id.as_ref())
            .and_if("state = ?", self.state.as_ref())
            .and_if("provider = ?", self.provider.as_ref())
            .and_if("created_at >= ?", self.from.as_ref())
            .and_if("created_at < ?", self.to.as_ref())
            // The first of these is what the index is entered by.
            .and("created_at <= ?", &[created_at])
            .and("(created_at, id) < (?, ?)", &[created_at, id])
            .ordered("created_at DESC, id DESC", &self.limit)
    }
}

/// Lists payments, newest first. Every index that they are listed by has them in this order, so that a page of a stretch of
/// time is read from where the stretch ends, wherever that is.
fn list(
    connection: &Connection,
    filter: &PaymentFilter,
    page: PageRequest,
) -> Result<Page<PaymentRecord>, Fault> {
    let behind: Option<Place> = match page.after {
        None => Some(BEGINNING),
        Some(id) => connection
            .prepare_cached(PLACE_OF)?
            .query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
    };
    let Some(behind) = behind else {
        return Ok(nothing());
    };
    let limit = rows_to_read(page);
    let mut found: Vec<PaymentRecord> = Vec::new();
    for whose in all_of(connection, filter)? {
        let rows = List::new(filter, whose, behind, limit)
            .query()
            .fetch(connection, payments::read)?;
        found.extend(shaped(rows)?);
        found.sort_unstable_by_key(|payment| Reverse((payment.created_at, payment.id)));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(cut(found, page, |payment| payment.id))
}

/// By what the filter's payments are looked for. Those of an account are on either side, each with an index of its own; of
/// all companies, a page is put together from the newest of each.
fn all_of(connection: &Connection, filter: &PaymentFilter) -> Result<Vec<Whose>, Fault> {
    if let Some(account_id) = filter.account_id.map(Uuid::into_bytes) {
        return Ok(vec![Whose::Source(account_id), Whose::Destination(account_id)]);
    }
    if filter.provider.is_some() {
        return Ok(vec![Whose::Provider]);
    }
    let companies = match filter.company_id {
        Some(company_id) => vec![company_id.into_bytes()],
        None => companies(connection)?,
    };
    Ok(companies.into_iter().map(Whose::Company).collect())
}

/// Every company that has payments, found by jumping through an index from one to the next.
fn companies(connection: &Connection) -> Result<Vec<UuidBytes>, Fault> {
    let mut statement = connection.prepare_cached(NEXT_COMPANY)?;
    let mut next = |behind: &[u8]| statement.query_row([behind], |row| row.get::<_, Option<UuidBytes>>(0));
    let mut companies = Vec::new();
    let mut found = next(&[])?;
    while let Some(company_id) = found {
        companies.push(company_id);
        found = next(&company_id)?;
    }
    Ok(companies)
}

fn nothing<T>() -> Page<T> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

fn page_of_all(connection: &Connection, behind: Option<Uuid>, limit: u32) -> Result<PaymentPage, Fault> {
    let sql = format!("SELECT {PAYMENT} FROM payments WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let behind = behind.unwrap_or_default();
    let rows = statement.query_map(params![behind.as_bytes(), limit], payments::read)?;
    let payments = PaymentPage::bounded(shaped(rows.collect::<rusqlite::Result<Vec<_>>>()?)?);
    let account_ids: BTreeSet<Uuid> = payments.iter().flat_map(PaymentRecord::accounts).collect();
    let hold_ids: BTreeSet<Uuid> = payments.iter().filter_map(|payment| payment.hold_id).collect();
    let histories = payments.into_iter().map(|payment| {
        let events = payment_events::all(connection, &payment)?;
        Ok(PaymentHistory { payment, events })
    });
    let histories = histories.collect::<Result<Vec<_>, Fault>>()?;
    let transaction_ids = histories
        .iter()
        .flat_map(PaymentHistory::transaction_ids)
        .collect();
    Ok(PaymentPage {
        accounts: accounts::find_all(connection, &account_ids)?,
        holds: holds::find_all(connection, &hold_ids)?,
        transactions: transactions::find_all(connection, &transaction_ids)?,
        histories,
    })
}

#[async_trait]
impl Payments for SqliteStore {
    async fn find_payment(&self, payment_id: Uuid) -> Result<Option<PaymentRecord>, StoreError> {
        self.read(move |connection| payments::find(connection, payment_id))
            .await
    }

    async fn find_payments(&self, payment_ids: BTreeSet<Uuid>) -> Result<Vec<PaymentRecord>, StoreError> {
        self.read(move |connection| payments::load(connection, &payment_ids))
            .await
    }

    async fn list_payments(
        &self,
        filter: PaymentFilter,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, StoreError> {
        self.read(move |connection| list(connection, &filter, page)).await
    }

    async fn list_payment_events(
        &self,
        payment_id: Uuid,
        page: PageRequest,
    ) -> Result<Page<StoredPaymentEvent>, StoreError> {
        self.read(move |connection| match payments::find(connection, payment_id)? {
            Some(payment) => payment_events::list(connection, &payment, page),
            None => Ok(nothing()),
        })
        .await
    }

    async fn payment_page(&self, behind: Option<Uuid>, limit: u32) -> Result<PaymentPage, StoreError> {
        self.read(move |connection| page_of_all(connection, behind, limit))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::in_memory;

    #[test]
    fn lists_are_read_by_an_index() {
        let connection = in_memory();
        let moment = |second| Some(jiff::Timestamp::from_second(second).unwrap());
        let all = PaymentFilter {
            company_id: Some(Uuid::nil()),
            state: Some(PaymentState::Captured),
            account_id: Some(Uuid::nil()),
            provider: Some("acme".to_owned()),
            created: store::Span {
                from: moment(1),
                to: moment(2),
            },
        };
        let of_company = PaymentFilter {
            state: None,
            account_id: None,
            provider: None,
            ..all.clone()
        };
        let of_state = PaymentFilter {
            state: all.state,
            ..of_company.clone()
        };
        let (id, stretch) = ([0; 16], "created_at>? AND created_at<?)");
        for (filter, whose, by) in [
            (
                &of_company,
                Whose::Company(id),
                "payments_by_company (company_id=? AND ",
            ),
            (
                &of_state,
                Whose::Company(id),
                "payments_by_state (company_id=? AND state=? AND ",
            ),
            (
                &all,
                Whose::Source(id),
                "payments_by_source (source_account_id=? AND ",
            ),
            (
                &all,
                Whose::Destination(id),
                "payments_by_destination (destination_account_id=? AND ",
            ),
            (&all, Whose::Provider, "payments_by_provider (provider=? AND "),
        ] {
            let plan = List::new(filter, whose, BEGINNING, 51).query().plan(&connection);
            let by = format!("{by}{stretch}");
            assert!(
                plan.contains(&by) && !plan.contains("TEMP B-TREE"),
                "{by}: {plan}"
            );
        }
    }
}
