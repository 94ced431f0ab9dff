//! Companies.

use super::StoreFactory;
use super::fixture::{all_pages, at, company, first, id};
use crate::{Company, CreateCompanyError, Page, PageRequest};

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

/// Companies are listed newest first, whatever their ids, page by page.
pub async fn lists_companies(factory: &impl StoreFactory) {
    let store = factory.open().await;
    assert_eq!(
        store.list_companies(first(9)).await.unwrap().items,
        [] as [Company; 0]
    );
    let mut created = Vec::new();
    for moment in [5, 3, 3, 9, 4] {
        let company = Company {
            created_at: at(moment),
            ..company()
        };
        store.create_company(company.clone()).await.unwrap();
        created.push(company);
    }
    let newest_first = [3, 0, 4, 2, 1].map(|place: usize| created[place].clone());
    assert_eq!(
        all_pages!(2_u32, page => store.list_companies(page)),
        newest_first
    );
    let after_nobody = PageRequest {
        limit: 9,
        after: Some(id()),
    };
    let nothing = Page {
        items: Vec::new(),
        next: None,
    };
    assert_eq!(store.list_companies(after_nobody).await, Ok(nothing));
}
