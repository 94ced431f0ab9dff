//! Rules: saving and listing versions.

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{all_pages, at, company, id};
use crate::{
    Company, PinnedRule, Rule, RuleFilter, RuleVersion, SaveRule, SaveRuleError, SavedRule, Store,
    UnknownCompany,
};

/// A version to save: published, for a company that is there, whatever was saved before.
pub(super) fn rule(company_id: Uuid, name: &str) -> SaveRule {
    SaveRule {
        new_rule_id: id(),
        company_id,
        unknown_company: UnknownCompany::Refuse,
        name: name.to_owned(),
        document: r#"{"rules": [],  "n": 1.00}"#.to_owned(),
        warnings: "[]".to_owned(),
        publish: true,
        expected_version: None,
        now: at(1),
    }
}

pub(super) async fn created_company(store: &dyn Store) -> Company {
    let company = company();
    store.create_company(company.clone()).await.unwrap();
    company
}

/// Versions count from 1, each is kept as it was saved, and the rule keeps the id of its first.
pub async fn numbers_versions_and_keeps_them(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company = created_company(&*store).await;
    let first = SaveRule {
        expected_version: Some(0),
        ..rule(company.company_id, "default")
    };
    let saved = store.save_rule(first.clone()).await.unwrap();
    let expected = Rule {
        id: first.new_rule_id,
        company_id: company.company_id,
        name: "default".to_owned(),
        latest_version: 1,
        published_version: Some(1),
        archived_at: None,
        created_at: at(1),
        updated_at: at(1),
    };
    assert_eq!(saved.rule, expected);
    assert!(!saved.company_created);

    let document = r#"{"rules": [1]}"#.to_owned();
    let second = SaveRule {
        document: document.clone(),
        now: at(2),
        ..rule(company.company_id, "default")
    };
    let second = store.save_rule(second).await.unwrap();
    assert_eq!(
        second.rule,
        Rule {
            latest_version: 2,
            published_version: Some(2),
            updated_at: at(2),
            ..expected
        }
    );
    assert_eq!(store.find_rule(first.new_rule_id).await, Ok(Some(second.rule)));
    let pinned = |version| PinnedRule {
        rule_id: first.new_rule_id,
        version,
    };
    let stored = store.find_rule_version(pinned(1)).await.unwrap().unwrap();
    assert_eq!((&stored.document, stored.created_at), (&first.document, at(1)));
    assert_eq!(stored, saved.version);
    assert_eq!(
        store
            .find_rule_version(pinned(2))
            .await
            .unwrap()
            .unwrap()
            .document,
        document
    );
    assert_eq!(store.find_rule_version(pinned(3)).await, Ok(None));
    assert_eq!(store.find_rule(id()).await, Ok(None));
}

/// A writer who has not seen the newest version is told so, and nothing is stored.
pub async fn refuses_to_save_over_a_newer_version(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = created_company(&*store).await.company_id;
    let save = |expected| SaveRule {
        expected_version: Some(expected),
        ..rule(company_id, "default")
    };
    assert_eq!(
        store.save_rule(save(1)).await,
        Err(SaveRuleError::Stale { current: 0 })
    );
    let saved = store.save_rule(save(0)).await.unwrap();
    assert_eq!(
        store.save_rule(save(0)).await,
        Err(SaveRuleError::Stale { current: 1 })
    );
    assert_eq!(
        store.save_rule(save(2)).await,
        Err(SaveRuleError::Stale { current: 1 })
    );
    assert_eq!(store.find_rule(saved.rule.id).await, Ok(Some(saved.rule)));
    assert_eq!(store.save_rule(save(1)).await.unwrap().version.version, 2);
}

/// A rule for an unknown company is refused, or creates the company; a refusal creates nothing.
pub async fn refuses_or_creates_an_unknown_company(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company = company();
    let refused = store.save_rule(rule(company.company_id, "default")).await;
    assert_eq!(refused, Err(SaveRuleError::UnknownCompany(company.company_id)));
    let unknown_company = UnknownCompany::Create(Box::new(company.clone()));
    let save = SaveRule {
        unknown_company,
        ..rule(company.company_id, "default")
    };
    let stale = SaveRule {
        expected_version: Some(4),
        ..save.clone()
    };
    assert_eq!(
        store.save_rule(stale).await,
        Err(SaveRuleError::Stale { current: 0 })
    );
    assert_eq!(store.find_company(company.company_id).await, Ok(None));

    assert!(store.save_rule(save.clone()).await.unwrap().company_created);
    assert_eq!(store.find_company(company.company_id).await, Ok(Some(company)));
    assert!(
        !store
            .save_rule(SaveRule {
                new_rule_id: id(),
                ..save
            })
            .await
            .unwrap()
            .company_created
    );
}

/// Rules are listed newest first, with their newest versions, by company, without archived ones unless asked.
pub async fn lists_rules_newest_first(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (one, other) = (
        created_company(&*store).await.company_id,
        created_company(&*store).await.company_id,
    );
    let mut saved: Vec<SavedRule> = Vec::new();
    for (company_id, name) in [
        (one, "a"),
        (one, "b"),
        (other, "a"),
        (one, "c"),
        (one, "d"),
        (one, "e"),
    ] {
        saved.push(store.save_rule(rule(company_id, name)).await.unwrap());
    }
    saved[1] = store.save_rule(rule(one, "b")).await.unwrap();
    saved[3].rule = store.archive_rule(saved[3].rule.id, None, at(3)).await.unwrap();
    let entry = |place: usize| (saved[place].rule.clone(), saved[place].version.clone());

    let list = |company_id, with_archived| {
        let store = &store;
        async move {
            let filter = RuleFilter {
                company_id,
                with_archived,
            };
            all_pages!(2_u32, page => store.list_rules(filter, page))
        }
    };
    assert_eq!(list(Some(one), false).await, [5, 4, 1, 0].map(entry));
    assert_eq!(list(Some(one), true).await, [5, 4, 3, 1, 0].map(entry));
    assert_eq!(list(None, false).await, [5, 4, 2, 1, 0].map(entry));
    assert_eq!(list(Some(id()), true).await, []);
}

/// Versions are listed newest first, a limited number below a given one.
pub async fn lists_versions_newest_first(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = created_company(&*store).await.company_id;
    let mut versions: Vec<RuleVersion> = Vec::new();
    for _ in 0..4 {
        versions.push(
            store
                .save_rule(rule(company_id, "default"))
                .await
                .unwrap()
                .version,
        );
    }
    let rule_id = versions[0].rule_id;
    versions.reverse();
    assert_eq!(
        store.list_rule_versions(rule_id, 3, None).await.as_deref(),
        Ok(&versions[..3])
    );
    assert_eq!(
        store.list_rule_versions(rule_id, 3, Some(2)).await.as_deref(),
        Ok(&versions[3..])
    );
    assert_eq!(store.list_rule_versions(id(), 3, None).await, Ok(Vec::new()));
}
