//! The ledger as of a moment: balances, statements, transactions.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, Money};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, QueryBuilder, Row};
use store::{
    AccountFilter, AccountStanding, LedgerReports, Page, PageRequest, Span, Standing, Statement,
    StatementLine, StoreError, StoredTransaction, Sums, TransactionFilter,
};
use uuid::Uuid;

use crate::accounts::{AccountRow, account_columns};
use crate::connect::PostgresStore;
use crate::entries::{EntryRow, entry_columns};
use crate::fault::Fault;
use crate::unit::Begin;
use crate::value::{Place, integer};
use crate::{accounts, as_of, transactions};

const FIND: &str = concat!("SELECT ", account_columns!(), " FROM accounts a WHERE a.id = $1");

const BALANCE: &str = "SELECT e.balance_after FROM accounts a JOIN entries e ON e.account_number = a.number
    WHERE a.id = $1 AND e.number = $2";

/// As many entries as are asked for are read, in the order of their index, before anything else is looked up for them.
const LINES: &str = concat!(
    "SELECT t.reference, t.description, ",
    entry_columns!(),
    " FROM accounts a
      CROSS JOIN LATERAL (
          SELECT * FROM entries WHERE account_number = a.number AND number > $2 AND number <= $3
          ORDER BY number LIMIT $4
      ) e
      CROSS JOIN LATERAL (SELECT * FROM transactions WHERE number = e.transaction_number LIMIT 1) t
      WHERE a.id = $1 ORDER BY e.number"
);

/// Summed up in the order of the index: nothing is sorted.
const SUMS: &str = "SELECT a.currency, s.debits, s.credits
    FROM accounts a CROSS JOIN LATERAL (
        SELECT (sum(amount) FILTER (WHERE debit))::bigint AS debits,
            (sum(amount) FILTER (WHERE NOT debit))::bigint AS credits
        FROM entries WHERE account_number = a.number AND number > $2 AND number <= $3
    ) s
    WHERE a.id = $1";

/// An entry in a statement, as it was read.
struct LineRow {
    reference: String,
    description: Option<String>,
    entry: EntryRow,
}

impl FromRow<'_, PgRow> for LineRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            reference: row.try_get(0)?,
            description: row.try_get(1)?,
            entry: EntryRow::read(row, 2)?,
        })
    }
}

async fn find(connection: &mut PgConnection, account_id: Uuid) -> Result<Option<Account>, Fault> {
    let row: Option<AccountRow> = sqlx::query_as(FIND)
        .bind(account_id)
        .fetch_optional(connection)
        .await?;
    row.map(Account::try_from).transpose()
}

fn standing_now(account: &Account) -> Standing {
    Standing {
        entries: account.entries(),
        balance: account.balance(),
    }
}

fn nothing_on(account: &Account) -> Standing {
    Standing {
        entries: 0,
        balance: Money::new(0, account.key().currency),
    }
}

/// Where an account stood after an entry.
async fn standing_at(
    connection: &mut PgConnection,
    account: &Account,
    entries: u64,
) -> Result<Standing, Fault> {
    if entries == 0 {
        return Ok(nothing_on(account));
    }
    let minor: Option<i64> = sqlx::query_scalar(BALANCE)
        .bind(account.id())
        .bind(integer(entries)?)
        .fetch_optional(connection)
        .await?;
    let place = Place::new("accounts", account.id());
    let minor = minor.ok_or_else(|| place.corrupt(&format!("its entry {entries} is not there")))?;
    let balance = Money::new(minor, account.key().currency);
    Ok(Standing { entries, balance })
}

/// Where accounts stood after what was posted up to a transaction, in their order.
async fn standings_up_to(
    connection: &mut PgConnection,
    accounts: &[Account],
    transaction_number: i64,
) -> Result<Vec<Standing>, Fault> {
    let mut query =
        QueryBuilder::new("SELECT a.id, found.number, e.balance_after FROM accounts a CROSS JOIN LATERAL ");
    query.push("(SELECT ");
    as_of::push_last_entry(&mut query, transaction_number);
    query.push(
        " AS number) found LEFT JOIN entries e ON e.account_number = a.number AND e.number = found.number
          WHERE a.id = ANY(",
    );
    let ids: Vec<Uuid> = accounts.iter().map(Account::id).collect();
    query.push_bind(ids).push(")");
    let rows: Vec<(Uuid, Option<i64>, Option<i64>)> = query.build_query_as().fetch_all(connection).await?;
    let mut found: HashMap<Uuid, (Option<i64>, Option<i64>)> = rows
        .into_iter()
        .map(|(id, number, balance)| (id, (number, balance)))
        .collect();
    let standings = accounts.iter().map(|account| {
        let place = Place::new("accounts", account.id());
        match found.remove(&account.id()) {
            Some((Some(0), None)) => Ok(nothing_on(account)),
            Some((Some(number), Some(minor))) => Ok(Standing {
                entries: place.number(number)?,
                balance: Money::new(minor, account.key().currency),
            }),
            _ => Err(place.corrupt(&"one of its entries is not there")),
        }
    });
    standings.collect()
}

async fn standing_before(
    connection: &mut PgConnection,
    account: &Account,
    moment: Timestamp,
) -> Result<Standing, Fault> {
    let last = as_of::last_before(connection, account.key().company_id, moment).await?;
    let found = standings_up_to(connection, std::slice::from_ref(account), last).await?;
    Ok(found.into_iter().next().unwrap_or_else(|| nothing_on(account)))
}

async fn list_standings(
    connection: &mut PgConnection,
    company_id: Uuid,
    filter: AccountFilter,
    before: Option<Timestamp>,
    page: PageRequest,
) -> Result<Page<AccountStanding>, Fault> {
    let filter = AccountFilter {
        company_id: Some(company_id),
        ..filter
    };
    let found = accounts::list(&mut *connection, filter, page).await?;
    let standings = match before {
        None => found.items.iter().map(standing_now).collect(),
        Some(moment) => {
            let last = as_of::last_before(&mut *connection, company_id, moment).await?;
            standings_up_to(connection, &found.items, last).await?
        }
    };
    let both = found.items.into_iter().zip(standings);
    Ok(Page {
        items: both
            .map(|(account, standing)| AccountStanding { account, standing })
            .collect(),
        next: found.next,
    })
}

async fn find_statement(
    connection: &mut PgConnection,
    account_id: Uuid,
    span: Span,
    last: Option<u64>,
) -> Result<Option<Statement>, Fault> {
    let Some(account) = find(&mut *connection, account_id).await? else {
        return Ok(None);
    };
    let opening = match span.from {
        Some(from) => standing_before(&mut *connection, &account, from).await?,
        None => nothing_on(&account),
    };
    let closing = match (last, span.to) {
        (Some(last), _) => standing_at(connection, &account, last.min(account.entries())).await?,
        (None, Some(to)) => standing_before(connection, &account, to).await?,
        (None, None) => standing_now(&account),
    };
    let ends_first = closing.entries < opening.entries;
    Ok(Some(Statement {
        account,
        opening,
        closing: if ends_first { opening } else { closing },
    }))
}

async fn lines(
    connection: &mut PgConnection,
    account_id: Uuid,
    behind: u64,
    up_to: u64,
    limit: u32,
) -> Result<Vec<StatementLine>, Fault> {
    let rows: Vec<LineRow> = sqlx::query_as(LINES)
        .bind(account_id)
        .bind(integer(behind)?)
        .bind(integer(up_to)?)
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    let lines = rows.into_iter().map(|row| {
        Ok(StatementLine {
            entry: row.entry.try_into()?,
            reference: row.reference,
            description: row.description,
        })
    });
    lines.collect()
}

async fn sums(
    connection: &mut PgConnection,
    account_id: Uuid,
    behind: u64,
    up_to: u64,
) -> Result<Option<Sums>, Fault> {
    let row: Option<(String, Option<i64>, Option<i64>)> = sqlx::query_as(SUMS)
        .bind(account_id)
        .bind(integer(behind)?)
        .bind(integer(up_to)?)
        .fetch_optional(connection)
        .await?;
    row.map(|(currency, debits, credits)| {
        let currency = Place::new("accounts", account_id).currency(&currency)?;
        let money = |sum: Option<i64>| Money::new(sum.unwrap_or(0), currency);
        Ok(Sums {
            debits: money(debits),
            credits: money(credits),
        })
    })
    .transpose()
}

#[async_trait]
impl LedgerReports for PostgresStore {
    async fn list_transactions(
        &self,
        filter: TransactionFilter,
        page: PageRequest,
    ) -> Result<Page<StoredTransaction>, StoreError> {
        self.read(move |connection| Box::pin(transactions::list(connection, filter, page)))
            .await
    }

    async fn list_standings(
        &self,
        company_id: Uuid,
        filter: AccountFilter,
        before: Option<Timestamp>,
        page: PageRequest,
    ) -> Result<Page<AccountStanding>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(list_standings(connection, company_id, filter, before, page))
        })
        .await
    }

    async fn find_statement(
        &self,
        account_id: Uuid,
        span: Span,
        last: Option<u64>,
    ) -> Result<Option<Statement>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(find_statement(connection, account_id, span, last))
        })
        .await
    }

    async fn statement_lines(
        &self,
        account_id: Uuid,
        behind: u64,
        up_to: u64,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StoreError> {
        self.read(move |connection| Box::pin(lines(connection, account_id, behind, up_to, limit)))
            .await
    }

    async fn statement_sums(
        &self,
        account_id: Uuid,
        behind: u64,
        up_to: u64,
    ) -> Result<Option<Sums>, StoreError> {
        self.read(move |connection| Box::pin(sums(connection, account_id, behind, up_to)))
            .await
    }
}
