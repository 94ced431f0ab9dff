//! Rules: what is published.

use super::StoreFactory;
use super::fixture::{at, id};
use super::rules::{created_company, rule};
use crate::{ChangeRuleError, PinnedRule, PublishedRule, Rule, RuleStatus, SaveRule, Store};

async fn published(store: &dyn Store, rule: &Rule) -> Vec<PublishedRule> {
    store
        .published_rules(rule.company_id)
        .await
        .unwrap()
        .unwrap()
        .rules
}

async fn revision(store: &dyn Store, rule: &Rule) -> u64 {
    store
        .published_rules(rule.company_id)
        .await
        .unwrap()
        .unwrap()
        .revision
}

fn pinned(rule: &Rule, version: u32) -> PinnedRule {
    PinnedRule {
        rule_id: rule.id,
        version,
    }
}

/// Any version can be published, newer or older than the one before; what is published is what runs.
pub async fn publishes_and_rolls_back(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company = created_company(&*store).await;
    store
        .save_rule(rule(company.company_id, "default"))
        .await
        .unwrap();
    let second = SaveRule {
        document: "{\"second\":2}".to_owned(),
        ..rule(company.company_id, "default")
    };
    let rule = store.save_rule(second).await.unwrap().rule;
    let back = store
        .publish_rule(pinned(&rule, 1), Some(2), at(3))
        .await
        .unwrap();
    assert_eq!(
        back,
        Rule {
            published_version: Some(1),
            updated_at: at(3),
            ..rule.clone()
        }
    );
    assert_eq!(store.find_rule(rule.id).await, Ok(Some(back)));
    assert_eq!(published(&*store, &rule).await[0].version, 1);
    store.publish_rule(pinned(&rule, 2), None, at(4)).await.unwrap();
    let publication = store.published_rules(company.company_id).await.unwrap().unwrap();
    let now = PublishedRule {
        rule_id: rule.id,
        name: "default".to_owned(),
        version: 2,
        document: "{\"second\":2}".to_owned(),
    };
    assert_eq!((publication.company, publication.rules), (company, vec![now]));
    assert_eq!(store.published_rules(id()).await, Ok(None));
}

/// A draft is a version that events do not run.
pub async fn a_draft_leaves_what_is_published(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = created_company(&*store).await.company_id;
    let draft = SaveRule {
        publish: false,
        ..rule(company_id, "default")
    };
    let drafted = store.save_rule(draft.clone()).await.unwrap().rule;
    assert_eq!((drafted.status(), drafted.latest_version), (RuleStatus::Draft, 1));
    assert_eq!(published(&*store, &drafted).await, []);
    store
        .publish_rule(pinned(&drafted, 1), None, at(2))
        .await
        .unwrap();
    let drafted = store.save_rule(draft).await.unwrap().rule;
    assert_eq!((drafted.published_version, drafted.latest_version), (Some(1), 2));
    assert_eq!(published(&*store, &drafted).await[0].version, 1);
}

/// Publishing asks for a rule and a version that are there, and for a writer who has seen the newest.
pub async fn refuses_to_publish_what_is_not_there(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = created_company(&*store).await.company_id;
    let rule = store.save_rule(rule(company_id, "default")).await.unwrap().rule;
    for (version, expected_version, error) in [
        (0, None, ChangeRuleError::NotFound),
        (2, None, ChangeRuleError::NotFound),
        (1, Some(2), ChangeRuleError::Stale { current: 1 }),
    ] {
        let refused = store
            .publish_rule(pinned(&rule, version), expected_version, at(2))
            .await;
        assert_eq!(refused, Err(error));
    }
    let unknown = PinnedRule {
        rule_id: id(),
        version: 1,
    };
    assert_eq!(
        store.publish_rule(unknown, None, at(2)).await,
        Err(ChangeRuleError::NotFound)
    );
    assert_eq!(
        store.archive_rule(id(), None, at(2)).await,
        Err(ChangeRuleError::NotFound)
    );
    let stale = store.archive_rule(rule.id, Some(3), at(2)).await;
    assert_eq!(stale, Err(ChangeRuleError::Stale { current: 1 }));
    assert_eq!(store.find_rule(rule.id).await, Ok(Some(rule)));
}

/// An archived rule is not run, cannot be published, and comes back with its next version; its history stays.
pub async fn archives_and_brings_back(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = created_company(&*store).await.company_id;
    let saved = store.save_rule(rule(company_id, "default")).await.unwrap().rule;
    let archived = store.archive_rule(saved.id, Some(1), at(2)).await.unwrap();
    assert_eq!(
        (archived.status(), archived.archived_at),
        (RuleStatus::Archived, Some(at(2)))
    );
    assert_eq!(
        store.archive_rule(saved.id, None, at(3)).await,
        Ok(archived.clone())
    );
    assert_eq!(published(&*store, &saved).await, []);
    let refused = store.publish_rule(pinned(&saved, 1), None, at(3)).await;
    assert_eq!(refused, Err(ChangeRuleError::Archived));

    let draft = SaveRule {
        publish: false,
        ..rule(company_id, "default")
    };
    let revived = store.save_rule(draft).await.unwrap().rule;
    assert_eq!(
        (revived.id, revived.latest_version, revived.status()),
        (saved.id, 2, RuleStatus::Draft)
    );
    assert_eq!(published(&*store, &saved).await, []);
    store.publish_rule(pinned(&saved, 1), None, at(4)).await.unwrap();
    assert_eq!(published(&*store, &saved).await[0].version, 1);
}

/// The revision grows when what is published changes, and only then.
pub async fn a_publication_has_a_revision_that_grows(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = created_company(&*store).await.company_id;
    let draft = SaveRule {
        publish: false,
        ..rule(company_id, "default")
    };
    let rule = store.save_rule(draft.clone()).await.unwrap().rule;
    let mut last = revision(&*store, &rule).await;

    store.save_rule(draft).await.unwrap();
    assert_eq!(revision(&*store, &rule).await, last, "a draft");
    store.publish_rule(pinned(&rule, 1), None, at(2)).await.unwrap();
    let published = revision(&*store, &rule).await;
    assert!(published > last, "a first publication");
    store.publish_rule(pinned(&rule, 1), None, at(3)).await.unwrap();
    assert_eq!(revision(&*store, &rule).await, published, "the same publication");

    last = published;
    store
        .save_rule(SaveRule {
            now: at(4),
            ..self::rule(company_id, "second")
        })
        .await
        .unwrap();
    assert!(revision(&*store, &rule).await > last, "another rule");
    last = revision(&*store, &rule).await;
    store.archive_rule(rule.id, None, at(5)).await.unwrap();
    assert!(revision(&*store, &rule).await > last, "an archived rule");
}
