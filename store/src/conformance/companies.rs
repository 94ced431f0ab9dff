//! Companies.

use super::StoreFactory;
use super::fixture::{at, company, id};
use crate::{Company, CreateCompanyError};

/// A company is stored once under its id, and the first one stays.
pub async fn creates_a_company_once(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let created = company();
    store.create_company(created.clone()).await.unwrap();
    let again = Company {
        name: "Other".to_owned(),
        created_at: at(9),
        ..created.clone()
    };
    let refused = store.create_company(again).await;
    assert_eq!(refused, Err(CreateCompanyError::Exists(created.company_id)));
    assert_eq!(store.find_company(created.company_id).await, Ok(Some(created)));
    assert_eq!(store.find_company(id()).await, Ok(None));
}
