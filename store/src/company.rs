//! Companies: whose rules, runs and accounts these are.

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::Currency;
use uuid::Uuid;

use crate::{Page, PageRequest, StoreError};

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Any UUID, chosen by the company or made for it.
    pub company_id: Uuid,
    /// How people call it.
    pub name: String,
    /// The plan that it pays for, in the seller's words.
    pub plan: Option<String>,
    /// The region that it belongs to.
    pub region: Option<String>,
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A company to create: it has the same members as a stored one.
pub type CreateCompany = Company;

/// Why a company was not created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateCompanyError {
    /// There is one with this id already.
    #[error("company {0} exists already")]
    Exists(Uuid),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Companies, as stored.
#[async_trait]
pub trait Companies {
    /// Stores a new company.
    async fn create_company(&self, company: CreateCompany) -> Result<(), CreateCompanyError>;

    /// Reads one company.
    async fn find_company(&self, company_id: Uuid) -> Result<Option<Company>, StoreError>;

    /// Lists companies, newest first; those of one moment in the reverse order of their ids.
    async fn list_companies(&self, page: PageRequest) -> Result<Page<Company>, StoreError>;
}
