//! A company with its rules, and the events that its router would have accepted.

use bytes::Bytes;
use queue::{AcceptedEvent, AcceptedRun, CompanySnapshot, Partition, partition_of};
use serde_json::{Value, json};
use service::{Clock, Ids, SystemClock, SystemIds};
use sha2::{Digest, Sha256};
use store::{Companies, CreateCompany, Rules, SaveRule, UnknownCompany};
use uuid::Uuid;

use super::System;

/// A company that is stored.
#[derive(Clone)]
pub(crate) struct Company {
    pub(crate) snapshot: CompanySnapshot,
}

/// A version of a rule that events may be pinned to.
#[derive(Clone)]
pub(crate) struct Pinned {
    pub(crate) rule_id: Uuid,
    pub(crate) name: String,
    pub(crate) version: u32,
}

impl Company {
    pub(crate) async fn new(system: &System) -> Self {
        Self::with_id(system, SystemIds.next()).await
    }

    /// A company whose events stand in this partition's line.
    pub(crate) async fn in_partition(system: &System, number: u16) -> Self {
        let partition = Partition::new(number).unwrap();
        let ids = std::iter::repeat_with(|| SystemIds.next());
        let mut fitting = ids.filter(|id| partition_of(id.as_bytes()) == partition);
        Self::with_id(system, fitting.next().unwrap()).await
    }

    async fn with_id(system: &System, company_id: Uuid) -> Self {
        let company = CreateCompany {
            company_id,
            name: "Editora".to_owned(),
            plan: Some("pro".to_owned()),
            region: Some("BR".to_owned()),
            currency: "BRL".parse().unwrap(),
            created_at: SystemClock.now(),
        };
        system.store.create_company(company).await.unwrap();
        Self {
            snapshot: CompanySnapshot {
                company_id,
                name: "Editora".to_owned(),
                plan: Some("pro".to_owned()),
                region: Some("BR".to_owned()),
                currency: "BRL".to_owned(),
            },
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.snapshot.company_id
    }

    /// Saves a rule of these nodes, in which nothing may be wrong.
    pub(crate) async fn rule(&self, system: &System, name: &str, nodes: &Value) -> Pinned {
        let document = json!({"company_id": self.id().to_string(), "rules": nodes});
        self.document(system, name, &document).await
    }

    /// Saves a whole document, in which nothing may be wrong.
    pub(crate) async fn document(&self, system: &System, name: &str, document: &Value) -> Pinned {
        let checked = rules::check(document, &*system.tasks);
        assert!(checked.findings.is_empty(), "{:?}", checked.findings);
        self.save(system, name, document.to_string()).await
    }

    /// Saves a text as it is.
    pub(crate) async fn save(&self, system: &System, name: &str, document: String) -> Pinned {
        let save = SaveRule {
            new_rule_id: SystemIds.next(),
            company_id: self.id(),
            unknown_company: UnknownCompany::Refuse,
            name: name.to_owned(),
            document,
            warnings: "[]".to_owned(),
            publish: true,
            expected_version: None,
            now: SystemClock.now(),
        };
        let saved = system.store.save_rule(save).await.unwrap();
        Pinned {
            rule_id: saved.rule.id,
            name: name.to_owned(),
            version: saved.version.version,
        }
    }

    /// An event as the router accepts it, pinned to these rules.
    pub(crate) fn event(&self, event_id: &str, event: &Value, rules: &[&Pinned]) -> AcceptedEvent {
        self.event_of(event_id, event.to_string(), rules)
    }

    /// The same, of a text that stays as it is.
    pub(crate) fn event_of(&self, event_id: &str, text: String, rules: &[&Pinned]) -> AcceptedEvent {
        let runs = rules.iter().map(|rule| AcceptedRun {
            run_id: SystemIds.next(),
            rule_id: rule.rule_id,
            rule_name: rule.name.clone(),
            version: rule.version,
        });
        AcceptedEvent {
            id: SystemIds.next(),
            company: self.snapshot.clone(),
            event_id: event_id.to_owned(),
            body_sha256: Sha256::digest(text.as_bytes()).into(),
            accepted_at: SystemClock.now(),
            correlation_id: format!("correlation-{event_id}"),
            traceparent: None,
            runs: runs.collect(),
            event: Bytes::from(text),
        }
    }

    /// So many events of one rule, `e-0` and on, each with the body that `event` makes of its number.
    pub(crate) fn events(
        &self,
        count: u32,
        rule: &Pinned,
        event: impl Fn(u32) -> Value,
    ) -> Vec<AcceptedEvent> {
        (0..count)
            .map(|number| self.event(&format!("e-{number}"), &event(number), &[rule]))
            .collect()
    }
}

/// The same event, accepted once more: under another message id, and with new runs.
pub(crate) fn accepted_again(event: &AcceptedEvent) -> AcceptedEvent {
    let mut again = event.clone();
    again.id = SystemIds.next();
    for run in &mut again.runs {
        run.run_id = SystemIds.next();
    }
    again
}
