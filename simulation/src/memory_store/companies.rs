//! Companies.

use async_trait::async_trait;
use store::{Companies, Company, CreateCompany, CreateCompanyError, Page, PageRequest, StoreError};
use uuid::Uuid;

use super::{MemoryStore, page_of};

#[async_trait]
impl Companies for MemoryStore {
    async fn create_company(&self, company: CreateCompany) -> Result<(), CreateCompanyError> {
        let mut tables = self.open()?;
        let company_id = company.company_id;
        if tables.companies.contains_key(&company_id) {
            return Err(CreateCompanyError::Exists(company_id));
        }
        tables.companies.insert(company_id, (company, 1));
        Ok(())
    }

    async fn find_company(&self, company_id: Uuid) -> Result<Option<Company>, StoreError> {
        let tables = self.open()?;
        Ok(tables
            .companies
            .get(&company_id)
            .map(|(company, _)| company.clone()))
    }

    async fn list_companies(&self, page: PageRequest) -> Result<Page<Company>, StoreError> {
        let tables = self.open()?;
        let mut companies: Vec<&Company> = tables.companies.values().map(|(company, _)| company).collect();
        companies.sort_by_key(|company| std::cmp::Reverse((company.created_at, company.company_id)));
        let newest_first = companies.into_iter().cloned();
        Ok(page_of(newest_first, page, |company| company.company_id))
    }
}
