//! Companies.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{Companies, Company, CreateCompany, CreateCompanyError, Page, PageRequest, StoreError};
use uuid::Uuid;

use crate::SqliteStore;
use crate::fault::{Failure, Fault};
use crate::pages::{cut, rows_to_read};
use crate::query::Query;
use crate::value::{Place, UuidBytes, micros};

const INSERT: &str = "INSERT INTO companies (company_id, name, plan, region, currency, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (company_id) DO NOTHING";

const FIND: &str = "SELECT company_id, name, plan, region, currency, created_at, revision
    FROM companies WHERE company_id = ?1";

const CREATED_AT: &str = "SELECT created_at FROM companies WHERE company_id = ?1";

const ADVANCE: &str = "UPDATE companies SET revision = revision + 1 WHERE company_id = ?1";

struct CompanyRow {
    company_id: UuidBytes,
    name: String,
    plan: Option<String>,
    region: Option<String>,
    currency: String,
    created_at: i64,
    revision: i64,
}

impl CompanyRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            company_id: row.get(0)?,
            name: row.get(1)?,
            plan: row.get(2)?,
            region: row.get(3)?,
            currency: row.get(4)?,
            created_at: row.get(5)?,
            revision: row.get(6)?,
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
            company_id: place.id,
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
pub(crate) fn insert(connection: &Connection, company: &Company) -> Result<bool, Fault> {
    let inserted = connection.prepare_cached(INSERT)?.execute(params![
        company.company_id.as_bytes(),
        company.name,
        company.plan,
        company.region,
        company.currency.code(),
        micros(company.created_at),
    ])?;
    Ok(inserted == 1)
}

/// Reads a company.
pub(crate) fn find(connection: &Connection, company_id: Uuid) -> Result<Option<RevisedCompany>, Fault> {
    let row = connection
        .prepare_cached(FIND)?
        .query_row([company_id.as_bytes()], CompanyRow::read)
        .optional()?;
    row.map(RevisedCompany::try_from).transpose()
}

/// Lists companies, newest first. An id that is not there ends the list.
fn list(connection: &Connection, page: PageRequest) -> Result<Page<Company>, Fault> {
    let behind = match page.after {
        None => Some((i64::MAX, Uuid::max())),
        Some(after) => connection
            .prepare_cached(CREATED_AT)?
            .query_row([after.as_bytes()], |row| row.get(0))
            .optional()?
            .map(|created_at| (created_at, after)),
    };
    let Some((created_at, company_id)) = behind else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    let (company_id, limit) = (company_id.into_bytes(), rows_to_read(page));
    let rows = newest_first(&created_at, &company_id, &limit).fetch(connection, CompanyRow::read)?;
    let companies = rows
        .into_iter()
        .map(|row| RevisedCompany::try_from(row).map(|revised| revised.company))
        .collect::<Result<_, _>>()?;
    Ok(cut(companies, page, |company: &Company| company.company_id))
}

fn newest_first<'v>(created_at: &'v i64, company_id: &'v UuidBytes, limit: &'v i64) -> Query<'v> {
    let columns = "company_id, name, plan, region, currency, created_at, revision";
    Query::new(format!("SELECT {columns} FROM companies"))
        .and("(created_at, company_id) < (?, ?)", &[created_at, company_id])
        .ordered("created_at DESC, company_id DESC", limit)
}

/// Notes that what the company has published has changed.
pub(crate) fn advance_revision(connection: &Connection, company_id: Uuid) -> Result<(), Fault> {
    let advanced = connection
        .prepare_cached(ADVANCE)?
        .execute([company_id.as_bytes()])?;
    if advanced == 1 {
        Ok(())
    } else {
        Err(Fault::corrupt(
            "companies",
            &company_id,
            &"a rule's company is not there",
        ))
    }
}

#[async_trait]
impl Companies for SqliteStore {
    async fn create_company(&self, company: CreateCompany) -> Result<(), CreateCompanyError> {
        let company_id = company.company_id;
        self.write_or_reject(move |connection| {
            if insert(connection, &company)? {
                Ok(())
            } else {
                Err(Failure::Rejected(CreateCompanyError::Exists(company_id)))
            }
        })
        .await?
    }

    async fn find_company(&self, company_id: Uuid) -> Result<Option<Company>, StoreError> {
        let found = self.read(move |connection| find(connection, company_id)).await?;
        Ok(found.map(|revised| revised.company))
    }

    async fn list_companies(&self, page: PageRequest) -> Result<Page<Company>, StoreError> {
        self.read(move |connection| list(connection, page)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::in_memory;

    #[test]
    fn companies_are_listed_by_an_index() {
        let plan = newest_first(&0, &[0; 16], &50).plan(&in_memory());
        assert!(
            plan.contains("companies_by_creation") && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    }
}
