//! Accounts: reading them, and writing them back only as the batch that read them left them.

use std::collections::{BTreeSet, HashMap};

use ledger::{Account, AccountCode, AccountKey, AccountKind, AccountState, Currency};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};
use store::{AccountFilter, Page, PageRequest};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read};
use crate::query::Query;
use crate::value::{Place, UuidBytes, integer};

/// An account's columns.
pub(crate) const ACCOUNT: &str = "number, version, id, company_id, code, currency, kind, status, overdraft, \
     posted_debits, posted_credits, pending_debits, pending_credits, entries";

const OPEN: &str =
    "INSERT INTO accounts (id, company_id, code, currency, kind, status, overdraft, posted_debits,
        posted_credits, pending_debits, pending_credits, entries)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const CHANGE: &str =
    "UPDATE accounts SET status = ?3, overdraft = ?4, posted_debits = ?5, posted_credits = ?6,
        pending_debits = ?7, pending_credits = ?8, entries = ?9, version = version + 1
    WHERE number = ?1 AND version = ?2";

/// An account as it was read.
pub(crate) struct AccountRow {
    number: i64,
    version: i64,
    id: UuidBytes,
    company_id: UuidBytes,
    code: String,
    currency: String,
    kind: String,
    status: String,
    overdraft: bool,
    posted_debits: i64,
    posted_credits: i64,
    pending_debits: i64,
    pending_credits: i64,
    entries: i64,
}

impl AccountRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            version: row.get(1)?,
            id: row.get(2)?,
            company_id: row.get(3)?,
            code: row.get(4)?,
            currency: row.get(5)?,
            kind: row.get(6)?,
            status: row.get(7)?,
            overdraft: row.get(8)?,
            posted_debits: row.get(9)?,
            posted_credits: row.get(10)?,
            pending_debits: row.get(11)?,
            pending_credits: row.get(12)?,
            entries: row.get(13)?,
        })
    }

    /// The number that the account's entries know it by.
    pub(crate) fn number(&self) -> i64 {
        self.number
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = Fault;

    fn try_from(row: AccountRow) -> Result<Self, Fault> {
        let place = Place::new("accounts", row.id);
        let company_id = Uuid::from_bytes(row.company_id);
        let state = AccountState {
            id: place.id,
            key: AccountKey::new(company_id, place.code(row.code)?, place.currency(&row.currency)?),
            kind: place.kind(&row.kind)?,
            overdraft: row.overdraft,
            status: place.account_status(&row.status)?,
            posted_debits: row.posted_debits,
            posted_credits: row.posted_credits,
            pending_debits: row.pending_debits,
            pending_credits: row.pending_credits,
            entries: place.number(row.entries)?,
        };
        Self::from_state(state).map_err(|error| place.corrupt(&error))
    }
}

/// An account that a batch has read or opened.
pub(crate) struct Opened {
    pub(crate) number: i64,
    pub(crate) key: AccountKey,
    /// The version that was read.
    version: i64,
    /// The number of the last entry, counting those that the batch has written so far.
    pub(crate) entries: u64,
    /// The number of the last entry as the account was written.
    stated_entries: u64,
}

/// The accounts of a batch, by id.
#[derive(Default)]
pub(crate) struct Accounts(HashMap<Uuid, Opened>);

impl Accounts {
    /// Reads the accounts that exist, in the order of the keys.
    pub(crate) fn load<'k>(
        connection: &Connection,
        keys: impl IntoIterator<Item = &'k AccountKey>,
    ) -> Result<(Self, Vec<Account>), Fault> {
        let sql =
            format!("SELECT {ACCOUNT} FROM accounts WHERE code = ?1 AND company_id = ?2 AND currency = ?3");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut opened = HashMap::new();
        let mut accounts = Vec::new();
        for key in keys {
            let key = params![key.code.as_str(), key.company_id.as_bytes(), key.currency.code()];
            let Some(row) = statement.query_row(key, AccountRow::read).optional()? else {
                continue;
            };
            let (number, version) = (row.number, row.version);
            let account = Account::try_from(row)?;
            let entries = account.entries();
            let key = account.key().clone();
            opened.insert(
                account.id(),
                Opened {
                    number,
                    key,
                    version,
                    entries,
                    stated_entries: entries,
                },
            );
            accounts.push(account);
        }
        Ok((Self(opened), accounts))
    }

    /// Opens accounts, as they are at the end of the batch.
    pub(crate) fn open(&mut self, connection: &Connection, accounts: &[Account]) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(OPEN)?;
        for account in accounts {
            let key = account.key();
            insert.execute(params![
                account.id().as_bytes(),
                key.company_id.as_bytes(),
                key.code.as_str(),
                key.currency.code(),
                account.kind().name(),
                account.status().name(),
                account.overdraft(),
                account.posted_debits(),
                account.posted_credits(),
                account.pending_debits(),
                account.pending_credits(),
                integer(account.entries())?,
            ])?;
            let number = connection.last_insert_rowid();
            let stated_entries = account.entries();
            let opened = Opened {
                number,
                key: key.clone(),
                version: 1,
                entries: 0,
                stated_entries,
            };
            self.0.insert(account.id(), opened);
        }
        Ok(())
    }

    /// Writes accounts that changed, as they are at the end of the batch.
    pub(crate) fn change(&mut self, connection: &Connection, accounts: &[Account]) -> Result<(), Fault> {
        let mut update = connection.prepare_cached(CHANGE)?;
        for account in accounts {
            let opened = self.get_mut(account.id())?;
            if opened.key != *account.key() {
                return Err(Fault::refused(format!(
                    "account {} was read as {}",
                    account.id(),
                    opened.key
                )));
            }
            write_change(&mut update, opened, account)?;
            opened.stated_entries = account.entries();
        }
        Ok(())
    }

    /// An account that an entry is written for.
    pub(crate) fn get_mut(&mut self, account_id: Uuid) -> Result<&mut Opened, Fault> {
        self.0
            .get_mut(&account_id)
            .ok_or_else(|| Fault::refused(format!("account {account_id} was neither read nor opened")))
    }

    /// Checks, at the end of a batch, that every account counts the entries that were written.
    pub(crate) fn check_entries(&self) -> Result<(), Fault> {
        match self
            .0
            .values()
            .find(|opened| opened.entries != opened.stated_entries)
        {
            None => Ok(()),
            Some(Opened {
                key,
                entries,
                stated_entries,
                ..
            }) => Err(Fault::refused(format!(
                "account {key} counts {stated_entries} entries, but has {entries}"
            ))),
        }
    }
}

fn write_change(update: &mut CachedStatement<'_>, opened: &Opened, account: &Account) -> Result<(), Fault> {
    let updated = update.execute(params![
        opened.number,
        opened.version,
        account.status().name(),
        account.overdraft(),
        account.posted_debits(),
        account.posted_credits(),
        account.pending_debits(),
        account.pending_credits(),
        integer(account.entries())?,
    ])?;
    if updated == 1 {
        Ok(())
    } else {
        Err(Fault::refused(format!(
            "account {} is not as it was read",
            opened.key
        )))
    }
}

/// An account as it is, by id.
pub(crate) fn find(connection: &Connection, account_id: Uuid) -> Result<Option<Account>, Fault> {
    let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE id = ?1");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([account_id.as_bytes()], AccountRow::read)
        .optional()?;
    row.map(Account::try_from).transpose()
}

/// Those of the accounts that are there, as they are.
pub(crate) fn find_all(connection: &Connection, ids: &BTreeSet<Uuid>) -> Result<Vec<Account>, Fault> {
    let found = ids.iter().filter_map(|id| find(connection, *id).transpose());
    found.collect()
}

pub(crate) fn list(
    connection: &Connection,
    filter: &AccountFilter,
    page: PageRequest,
) -> Result<Page<Account>, Fault> {
    let before = before(page).into_bytes();
    let limit = rows_to_read(page);
    let company_id = filter.company_id.map(Uuid::into_bytes);
    let code = filter.code.as_ref().map(AccountCode::as_str);
    let (kind, currency) = (
        filter.kind.map(AccountKind::name),
        filter.currency.map(Currency::code),
    );
    let (from_code, before_code) = filter.codes().unzip();
    let rows = Query::new(format!("SELECT {ACCOUNT} FROM accounts"))
        .and("id < ?", &[&before])
        .and_if("company_id = ?", company_id.as_ref())
        .and_if("code = ?", code.as_ref())
        .and_if("code >= ?", from_code.as_ref())
        .and_if("code < ?", before_code.as_ref())
        .and_if("kind = ?", kind.as_ref())
        .and_if("currency = ?", currency.as_ref())
        .and_if("entries > ?", filter.posted_to.then_some(&0))
        .ordered("id DESC", &limit)
        .fetch(connection, AccountRow::read)?;
    let accounts = rows
        .into_iter()
        .map(Account::try_from)
        .collect::<Result<_, _>>()?;
    Ok(cut(accounts, page, Account::id))
}
