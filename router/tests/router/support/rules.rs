//! Published rules that a test makes up.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use queue::CompanySnapshot;
use router::{Changes, Fetched, Publication, PublishedRule, RuleSource, SourceError};
use serde_json::{Value, json};
use uuid::Uuid;

/// A source that answers from memory, and is always connected.
#[derive(Default)]
pub(crate) struct FakeRules {
    /// None: the source does not answer.
    published: Mutex<HashMap<Uuid, Option<Publication>>>,
}

impl FakeRules {
    pub(crate) fn with(company_id: Uuid, rules: &[PublishedRule]) -> Self {
        Self::default().and(company_id, rules)
    }

    pub(crate) fn and(self, company_id: Uuid, rules: &[PublishedRule]) -> Self {
        let publication = Publication {
            company: company(company_id),
            rules: rules.to_vec(),
            revision: 1,
        };
        self.published
            .lock()
            .unwrap()
            .insert(company_id, Some(publication));
        self
    }

    pub(crate) fn and_out_of_reach(self, company_id: Uuid) -> Self {
        self.published.lock().unwrap().insert(company_id, None);
        self
    }
}

#[async_trait]
impl RuleSource for FakeRules {
    async fn published_rules(&self, company_id: Uuid, known: Option<&str>) -> Result<Fetched, SourceError> {
        match self.published.lock().unwrap().get(&company_id) {
            _ if known.is_some() => Ok(Fetched::Unchanged),
            None => Ok(Fetched::UnknownCompany),
            Some(None) => Err(SourceError::Unavailable("made up".to_owned())),
            Some(Some(publication)) => Ok(Fetched::Changed {
                etag: "\"1\"".to_owned(),
                publication: publication.clone(),
            }),
        }
    }

    async fn changes(&self) -> Result<Changes, SourceError> {
        Ok(stream::pending().boxed())
    }
}

pub(crate) fn company(company_id: Uuid) -> CompanySnapshot {
    CompanySnapshot {
        company_id,
        name: "Ana".to_owned(),
        plan: Some("pro".to_owned()),
        region: None,
        currency: "BRL".to_owned(),
    }
}

/// A rule for every event.
pub(crate) fn always(name: &str, version: u32) -> PublishedRule {
    rule(name, version, document(&Value::Null))
}

/// A rule for the events for which one expectation holds.
pub(crate) fn when(name: &str, field: &str, operator: &str, value: &Value) -> PublishedRule {
    let expect = json!([{"field": field, "operator": operator, "value": value}]);
    rule(name, 1, document(&json!({"expect": expect})))
}

pub(crate) fn rule(name: &str, version: u32, document: Value) -> PublishedRule {
    PublishedRule {
        rule_id: rule_id(name),
        name: name.to_owned(),
        version,
        document,
    }
}

pub(crate) fn rule_id(name: &str) -> Uuid {
    Uuid::from_u128(name.bytes().fold(0, |id, byte| (id << 8) | u128::from(byte)))
}

pub(crate) fn document(when: &Value) -> Value {
    let node = json!({"node_id": "end", "node_type": "task", "task_name": "payment.tasks.abort_flow"});
    let mut document = json!({"company_id": Uuid::nil(), "rules": [node]});
    if !when.is_null() {
        document["when"] = when.clone();
    }
    document
}
