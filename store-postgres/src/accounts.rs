//! Accounts: locking and reading them, and writing them back only as the batch that read them left them.

use std::collections::{BTreeSet, HashMap, HashSet};

use ledger::{Account, AccountCode, AccountKey, AccountState};
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{Decode, FromRow, PgConnection, Postgres, QueryBuilder, Row, Type};
use store::{AccountFilter, Outage, Page, PageRequest};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{before, cut, rows_to_read, shaped};
use crate::statement::Statement;
use crate::value::{Place, integer};

/// An account's columns; the table is `a`.
macro_rules! account_columns {
    () => {
        "a.number, a.id, a.company_id, a.code, a.currency, a.kind, a.status, a.overdraft, a.posted_debits, \
         a.posted_credits, a.pending_debits, a.pending_credits, a.entries"
    };
}
pub(crate) use account_columns;

/// Locks accounts in the order of their keys.
macro_rules! lock {
    ($where:literal) => {
        concat!(
            "SELECT ",
            account_columns!(),
            " FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS k (company_id, code, currency, place)
              JOIN accounts a ON a.code = k.code AND a.company_id = k.company_id AND a.currency = k.currency ",
            $where,
            " ORDER BY k.place FOR NO KEY UPDATE OF a"
        )
    };
}
const LOCK: &str = lock!("");
/// Locks none unless so many counters are `locked`, and not before they are.
const LOCK_AFTER_COUNTERS: &str = lock!("WHERE (SELECT count(*) FROM locked) = $4");

/// The accounts that are `locked_accounts`, as one row of arrays.
pub(crate) const LOCKED_ACCOUNTS: &str = "(SELECT array_agg(number), array_agg(id), array_agg(company_id), array_agg(code),
        array_agg(currency), array_agg(kind), array_agg(status), array_agg(overdraft), array_agg(posted_debits),
        array_agg(posted_credits), array_agg(pending_debits), array_agg(pending_credits), array_agg(entries)
    FROM locked_accounts)";

const FIND_ALL: &str = concat!(
    "SELECT ",
    account_columns!(),
    " FROM accounts a WHERE a.id = ANY($1)"
);

const IDS: &str = "SELECT a.id, a.company_id, a.code, a.currency
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k (company_id, code, currency)
    JOIN accounts a ON a.code = k.code AND a.company_id = k.company_id AND a.currency = k.currency";

const OPEN: &str = "INSERT INTO accounts (id, company_id, code, currency, kind, status, overdraft, posted_debits,
        posted_credits, pending_debits, pending_credits, entries)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[],
        $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
    RETURNING id, number";

const OPENED_BEFORE: &str = "accounts_code_company_id_currency_key";

const CHANGE: &str = "UPDATE accounts a SET status = c.status, overdraft = c.overdraft, posted_debits = c.posted_debits,
        posted_credits = c.posted_credits, pending_debits = c.pending_debits, pending_credits = c.pending_credits,
        entries = c.entries
    FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::bigint[])
        AS c (number, status, overdraft, posted_debits, posted_credits, pending_debits, pending_credits, entries)
    WHERE a.number = c.number
    RETURNING 1";

/// An account as it was read.
pub(crate) struct AccountRow {
    number: i64,
    id: Uuid,
    company_id: Uuid,
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

impl FromRow<'_, PgRow> for AccountRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            number: row.try_get(0)?,
            id: row.try_get(1)?,
            company_id: row.try_get(2)?,
            code: row.try_get(3)?,
            currency: row.try_get(4)?,
            kind: row.try_get(5)?,
            status: row.try_get(6)?,
            overdraft: row.try_get(7)?,
            posted_debits: row.try_get(8)?,
            posted_credits: row.try_get(9)?,
            pending_debits: row.try_get(10)?,
            pending_credits: row.try_get(11)?,
            entries: row.try_get(12)?,
        })
    }
}

/// Accounts as they were read along with something else: a column each, of equal lengths.
pub(crate) struct AccountColumns {
    numbers: Vec<i64>,
    ids: Vec<Uuid>,
    company_ids: Vec<Uuid>,
    codes: Vec<String>,
    currencies: Vec<String>,
    kinds: Vec<String>,
    statuses: Vec<String>,
    overdrafts: Vec<bool>,
    posted_debits: Vec<i64>,
    posted_credits: Vec<i64>,
    pending_debits: Vec<i64>,
    pending_credits: Vec<i64>,
    entries: Vec<i64>,
}

impl AccountColumns {
    /// Reads the columns of [`LOCKED_ACCOUNTS`], of which the first is at this place. Of no accounts they are null.
    pub(crate) fn read(row: &PgRow, first: usize) -> sqlx::Result<Self> {
        fn column<T>(row: &PgRow, place: usize) -> sqlx::Result<Vec<T>>
        where
            Option<Vec<T>>: for<'r> Decode<'r, Postgres> + Type<Postgres>,
        {
            Ok(row.try_get::<Option<Vec<T>>, _>(place)?.unwrap_or_default())
        }
        Ok(Self {
            numbers: column(row, first)?,
            ids: column(row, first + 1)?,
            company_ids: column(row, first + 2)?,
            codes: column(row, first + 3)?,
            currencies: column(row, first + 4)?,
            kinds: column(row, first + 5)?,
            statuses: column(row, first + 6)?,
            overdrafts: column(row, first + 7)?,
            posted_debits: column(row, first + 8)?,
            posted_credits: column(row, first + 9)?,
            pending_debits: column(row, first + 10)?,
            pending_credits: column(row, first + 11)?,
            entries: column(row, first + 12)?,
        })
    }

    fn into_rows(self) -> impl Iterator<Item = AccountRow> {
        let names = self.codes.into_iter().zip(self.currencies);
        let words = names.zip(self.kinds.into_iter().zip(self.statuses));
        let ids = self.ids.into_iter().zip(self.company_ids);
        let posted = self.posted_debits.into_iter().zip(self.posted_credits);
        let pending = self.pending_debits.into_iter().zip(self.pending_credits);
        let sums = posted.zip(pending).zip(self.entries);
        let numbered = self.numbers.into_iter().zip(self.overdrafts);
        let rows = numbered.zip(ids).zip(words).zip(sums);
        rows.map(|((((number, overdraft), ids), words), sums)| {
            let ((code, currency), (kind, status)) = words;
            let (((posted_debits, posted_credits), (pending_debits, pending_credits)), entries) = sums;
            AccountRow {
                number,
                id: ids.0,
                company_id: ids.1,
                code,
                currency,
                kind,
                status,
                overdraft,
                posted_debits,
                posted_credits,
                pending_debits,
                pending_credits,
                entries,
            }
        })
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = Fault;

    fn try_from(row: AccountRow) -> Result<Self, Fault> {
        let place = Place::new("accounts", row.id);
        let (code, currency) = (place.code(row.code)?, place.currency(&row.currency)?);
        let state = AccountState {
            id: row.id,
            key: AccountKey::new(row.company_id, code, currency),
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
    /// The number of the last entry, counting those that the batch has written so far.
    pub(crate) entries: u64,
    /// The number of the last entry as the account is written.
    stated_entries: u64,
}

/// The accounts of a batch.
pub(crate) struct Accounts {
    by_id: HashMap<Uuid, Opened>,
    /// Those that were looked for and not there.
    missing: HashSet<AccountKey>,
}

impl Accounts {
    /// Locks and reads the accounts that exist, in the order of the keys.
    pub(crate) async fn load(
        connection: &mut PgConnection,
        keys: BTreeSet<AccountKey>,
    ) -> Result<(Self, Vec<Account>), Fault> {
        let rows = lock(connection, &keys).await?;
        Self::found(connection, keys, rows.into_iter()).await
    }

    /// The accounts with these keys, of which those that exist were locked and read already.
    pub(crate) async fn locked(
        connection: &mut PgConnection,
        keys: BTreeSet<AccountKey>,
        columns: AccountColumns,
    ) -> Result<(Self, Vec<Account>), Fault> {
        Self::found(connection, keys, columns.into_rows()).await
    }

    async fn found(
        connection: &mut PgConnection,
        mut keys: BTreeSet<AccountKey>,
        rows: impl Iterator<Item = AccountRow>,
    ) -> Result<(Self, Vec<Account>), Fault> {
        let mut by_id = HashMap::with_capacity(keys.len());
        let mut found = Vec::with_capacity(keys.len());
        for row in rows {
            let number = row.number;
            let account = Account::try_from(row)?;
            keys.remove(account.key());
            by_id.insert(account.id(), Opened::new(number, &account, account.entries()));
            found.push(account);
        }
        // A statement that waited for a lock does not see what was opened meanwhile; this one does.
        if !lock(connection, &keys).await?.is_empty() {
            return Err(Fault::unavailable(
                Outage::Contention,
                "an account was opened while others were waited for",
            ));
        }
        let missing = keys.into_iter().collect();
        Ok((Self { by_id, missing }, found))
    }

    /// Opens accounts, as they are at the end of the batch.
    pub(crate) async fn open(
        &mut self,
        connection: &mut PgConnection,
        accounts: &[Account],
    ) -> Result<(), Fault> {
        if accounts.is_empty() {
            return Ok(());
        }
        self.check_openable(accounts)?;
        let numbers = insert(connection, accounts).await.map_err(|fault| {
            let foreseen = accounts
                .iter()
                .all(|account| self.missing.contains(account.key()));
            if foreseen && fault.violates(OPENED_BEFORE) {
                let message = "an account was opened by somebody else meanwhile";
                return Fault::unavailable(Outage::Contention, message);
            }
            fault
        })?;
        for account in accounts {
            let number = numbers.get(&account.id()).copied();
            let number = number.ok_or_else(|| Fault::refused("an account that was opened is not there"))?;
            self.by_id.insert(account.id(), Opened::new(number, account, 0));
        }
        Ok(())
    }

    fn check_openable(&self, accounts: &[Account]) -> Result<(), Fault> {
        let read: HashSet<&AccountKey> = self.by_id.values().map(|opened| &opened.key).collect();
        match accounts.iter().find(|account| read.contains(account.key())) {
            None => Ok(()),
            Some(account) => Err(Fault::refused(format!(
                "account {} is there already: it would violate {OPENED_BEFORE}",
                account.key()
            ))),
        }
    }

    /// Writes accounts that changed, as they are at the end of the batch.
    pub(crate) fn change(&mut self, statement: &mut Statement, accounts: &[Account]) -> Result<(), Fault> {
        if accounts.is_empty() {
            return Ok(());
        }
        let mut numbers = Vec::with_capacity(accounts.len());
        for account in accounts {
            let opened = self.get_mut(account.id())?;
            if opened.key != *account.key() {
                let (id, key) = (account.id(), &opened.key);
                return Err(Fault::refused(format!("account {id} was read as {key}")));
            }
            opened.stated_entries = account.entries();
            numbers.push(opened.number);
        }
        update(statement, numbers, accounts)
    }

    /// An account that an entry is written for.
    pub(crate) fn get_mut(&mut self, account_id: Uuid) -> Result<&mut Opened, Fault> {
        self.by_id
            .get_mut(&account_id)
            .ok_or_else(|| Fault::refused(format!("account {account_id} was neither read nor opened")))
    }

    /// Checks that every account counts the entries that are written.
    pub(crate) fn check_entries(&self) -> Result<(), Fault> {
        let mut all = self.by_id.values();
        match all.find(|opened| opened.entries != opened.stated_entries) {
            None => Ok(()),
            Some(opened) => Err(Fault::refused(format!(
                "account {} counts {} entries, but has {}",
                opened.key, opened.stated_entries, opened.entries
            ))),
        }
    }
}

impl Opened {
    fn new(number: i64, account: &Account, entries: u64) -> Self {
        Self {
            number,
            key: account.key().clone(),
            entries,
            stated_entries: account.entries(),
        }
    }
}

/// Adds the part `locked_accounts`, which locks accounts after so many counters, all of which have to be `locked`.
pub(crate) fn lock_after_counters(statement: &mut Statement, keys: &BTreeSet<AccountKey>, counters: usize) {
    statement
        .part("locked_accounts", LOCK_AFTER_COUNTERS)
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.code.as_str()).bind_iter())
        .bind(keys.iter().map(|key| key.currency.code()).bind_iter())
        .bind(i64::try_from(counters).unwrap_or(i64::MAX));
}

async fn lock(connection: &mut PgConnection, keys: &BTreeSet<AccountKey>) -> Result<Vec<AccountRow>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as(LOCK)
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.code.as_str()).bind_iter())
        .bind(keys.iter().map(|key| key.currency.code()).bind_iter())
        .fetch_all(connection)
        .await?;
    Ok(rows)
}

/// The ids of the accounts that exist.
pub(crate) async fn ids(
    connection: &mut PgConnection,
    keys: &BTreeSet<AccountKey>,
) -> Result<HashMap<AccountKey, Uuid>, Fault> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Uuid, String, String)> = sqlx::query_as(IDS)
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.code.as_str()).bind_iter())
        .bind(keys.iter().map(|key| key.currency.code()).bind_iter())
        .fetch_all(connection)
        .await?;
    let ids = rows.into_iter().map(|(id, company_id, code, currency)| {
        let place = Place::new("accounts", id);
        let key = AccountKey::new(company_id, place.code(code)?, place.currency(&currency)?);
        Ok((key, id))
    });
    ids.collect()
}

/// The numbers of the accounts that were opened, by id. They are opened in the order in which accounts are locked: two who
/// open the same ones wait for each other in turn, never in a circle.
async fn insert(connection: &mut PgConnection, accounts: &[Account]) -> Result<HashMap<Uuid, i64>, Fault> {
    let mut accounts: Vec<&Account> = accounts.iter().collect();
    accounts.sort_unstable_by_key(|account| account.key());
    let all = || accounts.iter().copied();
    let numbers: Vec<(Uuid, i64)> = sqlx::query_as(OPEN)
        .bind(all().map(Account::id).bind_iter())
        .bind(all().map(|account| account.key().company_id).bind_iter())
        .bind(all().map(|account| account.key().code.as_str()).bind_iter())
        .bind(all().map(|account| account.key().currency.code()).bind_iter())
        .bind(all().map(|account| account.kind().name()).bind_iter())
        .bind(all().map(|account| account.status().name()).bind_iter())
        .bind(all().map(Account::overdraft).bind_iter())
        .bind(all().map(Account::posted_debits).bind_iter())
        .bind(all().map(Account::posted_credits).bind_iter())
        .bind(all().map(Account::pending_debits).bind_iter())
        .bind(all().map(Account::pending_credits).bind_iter())
        .bind(entry_counts(all())?)
        .fetch_all(connection)
        .await?;
    Ok(numbers.into_iter().collect())
}

fn update(statement: &mut Statement, numbers: Vec<i64>, accounts: &[Account]) -> Result<(), Fault> {
    let all = || accounts.iter();
    statement
        .part("changed_accounts", CHANGE)
        .bind(numbers)
        .bind(all().map(|account| account.status().name()).bind_iter())
        .bind(all().map(Account::overdraft).bind_iter())
        .bind(all().map(Account::posted_debits).bind_iter())
        .bind(all().map(Account::posted_credits).bind_iter())
        .bind(all().map(Account::pending_debits).bind_iter())
        .bind(all().map(Account::pending_credits).bind_iter())
        .bind(entry_counts(all())?);
    statement.ask(
        "changed_accounts",
        accounts.len(),
        "an account stands there twice",
    );
    Ok(())
}

fn entry_counts<'a>(accounts: impl Iterator<Item = &'a Account>) -> Result<Vec<i64>, Fault> {
    accounts.map(|account| integer(account.entries())).collect()
}

/// Those of the accounts that are there, as they are, in no order.
pub(crate) async fn find_all(
    connection: &mut PgConnection,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<Account>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<AccountRow> = sqlx::query_as(FIND_ALL)
        .bind(ids.iter().copied().bind_iter())
        .fetch_all(connection)
        .await?;
    shaped(rows)
}

pub(crate) async fn list(
    connection: &mut PgConnection,
    filter: AccountFilter,
    page: PageRequest,
) -> Result<Page<Account>, Fault> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        account_columns!(),
        " FROM accounts a WHERE a.id < "
    ));
    query.push_bind(before(page));
    if let Some(company_id) = filter.company_id {
        query.push(" AND a.company_id = ").push_bind(company_id);
    }
    if let Some(code) = filter.code.as_ref().map(AccountCode::as_str) {
        query.push(" AND a.code = ").push_bind(code.to_owned());
    }
    if let Some((from, before)) = filter.codes() {
        query.push(" AND a.code >= ").push_bind(from);
        query.push(" AND a.code < ").push_bind(before);
    }
    if let Some(kind) = filter.kind {
        query.push(" AND a.kind = ").push_bind(kind.name());
    }
    if let Some(currency) = filter.currency {
        query.push(" AND a.currency = ").push_bind(currency.code());
    }
    if filter.posted_to {
        query.push(" AND a.entries > 0");
    }
    query
        .push(" ORDER BY a.id DESC LIMIT ")
        .push_bind(rows_to_read(page));
    let rows: Vec<AccountRow> = query.build_query_as().fetch_all(connection).await?;
    Ok(cut(shaped(rows)?, page, Account::id))
}
