//! Companies.

use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use store::{Companies, Company, CreateCompany, CreateCompanyError, Page, PageRequest, StoreError};
use uuid::Uuid;

use crate::connect::PostgresStore;
use crate::fault::{Failure, Fault};
use crate::pages::{cut, rows_to_read};
use crate::unit::Begin;
use crate::value::{Moment, Place};

const INSERT: &str = "INSERT INTO companies (company_id, name, plan, region, currency, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (company_id) DO NOTHING";

const FIND: &str = "SELECT company_id, name, plan, region, currency, created_at, revision
    FROM companies WHERE company_id = $1";

/// A page of companies, behind the one that is named. An id that is not there ends the list.
const BEHIND: &str = "SELECT c.company_id, c.name, c.plan, c.region, c.currency, c.created_at, c.revision
    FROM companies c, companies last
    WHERE last.company_id = $1 AND (c.created_at, c.company_id) < (last.created_at, last.company_id)
    ORDER BY c.created_at DESC, c.company_id DESC LIMIT $2";

const NEWEST: &str = "SELECT company_id, name, plan, region, currency, created_at, revision
    FROM companies ORDER BY created_at DESC, company_id DESC LIMIT $1";

/// Whoever changes a company's rules holds this row first, and so does so alone.
const LOCK: &str = "SELECT company_id FROM companies WHERE company_id = $1 FOR NO KEY UPDATE";

const ADVANCE: &str = "UPDATE companies SET revision = revision + 1 WHERE company_id = $1";

struct CompanyRow {
    company_id: Uuid,
    name: String,
    plan: Option<String>,
    region: Option<String>,
    currency: String,
    created_at: Moment,
    revision: i64,
}

impl FromRow<'_, PgRow> for CompanyRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            company_id: row.try_get(0)?,
            name: row.try_get(1)?,
            plan: row.try_get(2)?,
            region: row.try_get(3)?,
            currency: row.try_get(4)?,
            created_at: row.try_get(5)?,
            revision: row.try_get(6)?,
        })
    }
}

/// A company, and the revision of what it has published.
pub(crate) struct RevisedCompany {
    pub(crate) company: Company,
    pub(crate) revision: u64,
}

impl TryFrom<CompanyRow> for RevisedCompany {
    type Error = Fault;

    fn try_from(row: CompanyRow) -> Result<Self, Fault> {
        let place = Place::new("companies", row.company_id);
        let company = Company {
            company_id: row.company_id,
            name: row.name,
            plan: row.plan,
            region: row.region,
            currency: place.currency(&row.currency)?,
            created_at: place.time(row.created_at)?,
        };
        Ok(Self {
            company,
            revision: place.number(row.revision)?,
        })
    }
}

/// Stores a company. Whether it was new.
pub(crate) async fn insert(connection: &mut PgConnection, company: &Company) -> Result<bool, Fault> {
    let done = sqlx::query(INSERT)
        .bind(company.company_id)
        .bind(&company.name)
        .bind(&company.plan)
        .bind(&company.region)
        .bind(company.currency.code())
        .bind(Moment::from(company.created_at))
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Reads a company.
pub(crate) async fn find(
    connection: &mut PgConnection,
    company_id: Uuid,
) -> Result<Option<RevisedCompany>, Fault> {
    let row: Option<CompanyRow> = sqlx::query_as(FIND)
        .bind(company_id)
        .fetch_optional(connection)
        .await?;
    row.map(RevisedCompany::try_from).transpose()
}

/// Lists companies, newest first.
async fn list(connection: &mut PgConnection, page: PageRequest) -> Result<Page<Company>, Fault> {
    let query = match page.after {
        Some(after) => sqlx::query_as(BEHIND).bind(after),
        None => sqlx::query_as(NEWEST),
    };
    let rows: Vec<CompanyRow> = query.bind(rows_to_read(page)).fetch_all(connection).await?;
    let companies = rows
        .into_iter()
        .map(|row| RevisedCompany::try_from(row).map(|revised| revised.company))
        .collect::<Result<_, _>>()?;
    Ok(cut(companies, page, |company: &Company| company.company_id))
}

/// Locks a company, so that nobody else changes its rules meanwhile. Whether it is there.
pub(crate) async fn lock(connection: &mut PgConnection, company_id: Uuid) -> Result<bool, Fault> {
    let row: Option<Uuid> = sqlx::query_scalar(LOCK)
        .bind(company_id)
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Notes that what the company has published has changed.
pub(crate) async fn advance_revision(connection: &mut PgConnection, company_id: Uuid) -> Result<(), Fault> {
    let done = sqlx::query(ADVANCE).bind(company_id).execute(connection).await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        let message = "a rule's company is not there";
        Err(Fault::corrupt("companies", &company_id, &message))
    }
}

#[async_trait]
impl Companies for PostgresStore {
    async fn create_company(&self, company: CreateCompany) -> Result<(), CreateCompanyError> {
        self.unit(Begin::Write, move |connection| {
            Box::pin(async move {
                if insert(connection, &company).await? {
                    return Ok(());
                }
                let exists = CreateCompanyError::Exists(company.company_id);
                Err(Failure::Rejected(exists))
            })
        })
        .await?
    }

    async fn find_company(&self, company_id: Uuid) -> Result<Option<Company>, StoreError> {
        let found = self
            .read(move |connection| Box::pin(find(connection, company_id)))
            .await?;
        Ok(found.map(|revised| revised.company))
    }

    async fn list_companies(&self, page: PageRequest) -> Result<Page<Company>, StoreError> {
        self.read(move |connection| Box::pin(list(connection, page)))
            .await
    }
}
