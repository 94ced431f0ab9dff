//! The ledger as of a moment: balances, statements, transactions.

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, Money};
use rusqlite::{Connection, OptionalExtension, params};
use store::{
    AccountFilter, AccountStanding, LedgerReports, Page, PageRequest, Span, Standing, Statement,
    StatementLine, StoreError, StoredTransaction, Sums, TransactionFilter,
};
use uuid::Uuid;

use crate::accounts::{ACCOUNT, AccountRow};
use crate::entries::{ENTRY, EntryRow};
use crate::fault::Fault;
use crate::value::{Place, integer, micros};
use crate::{SqliteStore, accounts, as_of, transactions};

const BALANCE: &str = "SELECT balance_after FROM entries WHERE account_number = ?1 AND number = ?2";

const SUMS: &str =
    "SELECT sum(amount) FILTER (WHERE direction = 'debit'), sum(amount) FILTER (WHERE direction = 'credit')
    FROM entries INDEXED BY entries_account_number_number_key
    WHERE account_number = ?1 AND number > ?2 AND number <= ?3";

/// An account with the number that its entries know it by.
struct Numbered {
    number: i64,
    account: Account,
}

impl Numbered {
    fn find(connection: &Connection, account_id: Uuid) -> Result<Option<Self>, Fault> {
        let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE id = ?1");
        let row = connection
            .prepare_cached(&sql)?
            .query_row([account_id.as_bytes()], AccountRow::read)
            .optional()?;
        row.map(|row| {
            Ok(Self {
                number: row.number(),
                account: Account::try_from(row)?,
            })
        })
        .transpose()
    }

    /// Where it stood after an entry.
    fn at(&self, connection: &Connection, entries: u64) -> Result<Standing, Fault> {
        let zero = Money::new(0, self.account.key().currency);
        if entries == 0 {
            return Ok(Standing {
                entries,
                balance: zero,
            });
        }
        let found: Option<i64> = connection
            .prepare_cached(BALANCE)?
            .query_row(params![self.number, integer(entries)?], |row| row.get(0))
            .optional()?;
        let place = Place {
            table: "accounts",
            id: self.account.id(),
        };
        let minor = found.ok_or_else(|| place.corrupt(&format!("its entry {entries} is not there")))?;
        Ok(Standing {
            entries,
            balance: Money::new(minor, zero.currency()),
        })
    }

    /// Where it stood after what was posted up to a transaction.
    fn up_to(&self, connection: &Connection, transaction_number: i64) -> Result<Standing, Fault> {
        let entries = integer(self.account.entries())?;
        let last = as_of::last_entry(connection, self.number, entries, transaction_number)?;
        self.at(connection, u64::try_from(last).unwrap_or(0))
    }

    fn before(&self, connection: &Connection, moment: Timestamp) -> Result<Standing, Fault> {
        let company_id = self.account.key().company_id.into_bytes();
        let last = as_of::last_before(connection, company_id, micros(moment))?;
        self.up_to(connection, last)
    }

    fn now(&self) -> Standing {
        standing_now(&self.account)
    }
}

fn standing_now(account: &Account) -> Standing {
    Standing {
        entries: account.entries(),
        balance: account.balance(),
    }
}

fn list_standings(
    connection: &Connection,
    company_id: Uuid,
    filter: AccountFilter,
    before: Option<Timestamp>,
    page: PageRequest,
) -> Result<Page<AccountStanding>, Fault> {
    let filter = AccountFilter {
        company_id: Some(company_id),
        ..filter
    };
    let last = match before {
        Some(moment) => Some(as_of::last_before(
            connection,
            company_id.into_bytes(),
            micros(moment),
        )?),
        None => None,
    };
    let found = accounts::list(connection, &filter, page)?;
    let items = found.items.into_iter().map(|account| {
        let Some(last) = last else {
            let standing = standing_now(&account);
            return Ok(AccountStanding { account, standing });
        };
        let id = account.id();
        let numbered = Numbered::find(connection, id)?;
        let numbered =
            numbered.ok_or_else(|| Fault::corrupt("accounts", &id, &"it is not there any more"))?;
        let standing = numbered.up_to(connection, last)?;
        Ok(AccountStanding { account, standing })
    });
    Ok(Page {
        items: items.collect::<Result<_, Fault>>()?,
        next: found.next,
    })
}

fn find_statement(
    connection: &Connection,
    account_id: Uuid,
    span: Span,
    last: Option<u64>,
) -> Result<Option<Statement>, Fault> {
    let Some(numbered) = Numbered::find(connection, account_id)? else {
        return Ok(None);
    };
    let opening = match span.from {
        Some(from) => numbered.before(connection, from)?,
        None => numbered.at(connection, 0)?,
    };
    let closing = match (last, span.to) {
        (Some(last), _) => numbered.at(connection, last.min(numbered.account.entries()))?,
        (None, Some(to)) => numbered.before(connection, to)?,
        (None, None) => numbered.now(),
    };
    let ends_first = closing.entries < opening.entries;
    Ok(Some(Statement {
        account: numbered.account,
        opening,
        closing: if ends_first { opening } else { closing },
    }))
}

fn lines(
    connection: &Connection,
    account_id: Uuid,
    behind: u64,
    up_to: u64,
    limit: u32,
) -> Result<Vec<StatementLine>, Fault> {
    let sql = format!(
        "SELECT t.reference, t.description, {ENTRY} FROM accounts a CROSS JOIN entries e ON e.account_number = a.number
         CROSS JOIN transactions t ON t.number = e.transaction_number
         WHERE a.id = ?1 AND e.number > ?2 AND e.number <= ?3 ORDER BY e.number LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = params![account_id.as_bytes(), integer(behind)?, integer(up_to)?, limit];
    let rows = statement.query_map(bounds, |row| {
        Ok((row.get(0)?, row.get(1)?, EntryRow::read_after(row, 2)?))
    })?;
    rows.map(|row| {
        let (reference, description, entry) = row?;
        Ok(StatementLine {
            entry: entry.try_into()?,
            reference,
            description,
        })
    })
    .collect()
}

fn sums(connection: &Connection, account_id: Uuid, behind: u64, up_to: u64) -> Result<Option<Sums>, Fault> {
    let Some(Numbered { number, account }) = Numbered::find(connection, account_id)? else {
        return Ok(None);
    };
    let (debits, credits): (Option<i64>, Option<i64>) = connection
        .prepare_cached(SUMS)?
        .query_row(params![number, integer(behind)?, integer(up_to)?], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let currency = account.key().currency;
    let money = |sum: Option<i64>| Money::new(sum.unwrap_or(0), currency);
    Ok(Some(Sums {
        debits: money(debits),
        credits: money(credits),
    }))
}

#[async_trait]
impl LedgerReports for SqliteStore {
    async fn list_transactions(
        &self,
        filter: TransactionFilter,
        page: PageRequest,
    ) -> Result<Page<StoredTransaction>, StoreError> {
        self.read(move |connection| transactions::list(connection, &filter, page))
            .await
    }

    async fn list_standings(
        &self,
        company_id: Uuid,
        filter: AccountFilter,
        before: Option<Timestamp>,
        page: PageRequest,
    ) -> Result<Page<AccountStanding>, StoreError> {
        self.read(move |connection| list_standings(connection, company_id, filter, before, page))
            .await
    }

    async fn find_statement(
        &self,
        account_id: Uuid,
        span: Span,
        last: Option<u64>,
    ) -> Result<Option<Statement>, StoreError> {
        self.read(move |connection| find_statement(connection, account_id, span, last))
            .await
    }

    async fn statement_lines(
        &self,
        account_id: Uuid,
        behind: u64,
        up_to: u64,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StoreError> {
        self.read(move |connection| lines(connection, account_id, behind, up_to, limit))
            .await
    }

    async fn statement_sums(
        &self,
        account_id: Uuid,
        behind: u64,
        up_to: u64,
    ) -> Result<Option<Sums>, StoreError> {
        self.read(move |connection| sums(connection, account_id, behind, up_to))
            .await
    }
}
