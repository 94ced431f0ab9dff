//! What must come of the messages: each one in turn, alone, without batches, claims, a store or any fault.

use std::collections::BTreeMap;
use std::sync::Arc;

use queue::{AcceptedEvent, AcceptedRun, Message};
use rules::{Execution, Plan, json};
use serde_json::Value;
use service::SeededIds;
use store::PinnedRule;
use tasks::{Company, RunSubject, Tasks};
use uuid::Uuid;

use super::possessions::Possessions;
use super::telling::{Telling, tell_refused, tell_run};
use crate::MemoryStore;
use crate::workload::{POISON_EVENT, UNSTORABLE_EVENT};

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its event is claimed, by it or by one before it.
    Claimed { company_id: Uuid, event_id: String },
    /// It is a dead letter, for this reason.
    DeadLetter(&'static str),
}

/// The reference, as far as messages were published.
pub(super) struct Reference {
    tasks: Arc<Tasks>,
    store: Arc<MemoryStore>,
    ids: SeededIds,
    plans: BTreeMap<PinnedRule, Arc<Plan>>,
    /// The hash of the body of every event that was claimed.
    claims: BTreeMap<(Uuid, String), [u8; 32]>,
    /// What each company has.
    pub(super) possessions: BTreeMap<Uuid, Possessions>,
    /// What becomes of every message, by its id.
    pub(super) fates: BTreeMap<Uuid, Fate>,
    /// The runs of each company, in order.
    pub(super) runs: BTreeMap<Uuid, Vec<Telling>>,
}

impl Reference {
    pub(super) fn new(tasks: Arc<Tasks>, store: Arc<MemoryStore>) -> Self {
        Self {
            tasks,
            store,
            // Ids are not compared, only where they stand.
            ids: SeededIds::new(u64::MAX),
            plans: BTreeMap::new(),
            claims: BTreeMap::new(),
            possessions: BTreeMap::new(),
            fates: BTreeMap::new(),
            runs: BTreeMap::new(),
        }
    }

    /// One more message was published.
    pub(super) fn follow(&mut self, message: &Message) {
        let fate = self.fate_of(message);
        self.fates.entry(message.id).or_insert(fate);
    }

    fn fate_of(&mut self, message: &Message) -> Fate {
        let Ok(accepted) = AcceptedEvent::decode(&message.body) else {
            return Fate::DeadLetter("unreadable_message");
        };
        let (Ok(event), Ok(currency)) = (json::parse(&accepted.event), accepted.company.currency.parse())
        else {
            return Fate::DeadLetter("unreadable_message");
        };
        let plans = accepted
            .runs
            .iter()
            .map(|run| self.plan(run))
            .collect::<Option<Vec<_>>>();
        let Some(plans) = plans else {
            return Fate::DeadLetter("unusable_rule");
        };
        let (company_id, event_id) = (accepted.company.company_id, accepted.event_id.clone());
        match self.claims.get(&(company_id, event_id.clone())) {
            Some(hash) if *hash == accepted.body_sha256 => return Fate::Claimed { company_id, event_id },
            Some(_) => return Fate::DeadLetter("event_id_reused"),
            None => {}
        }
        if event_id.starts_with(UNSTORABLE_EVENT) {
            return Fate::DeadLetter("refused_by_store");
        }
        self.claims
            .insert((company_id, event_id.clone()), accepted.body_sha256);
        let snapshot = &accepted.company;
        let company = Company {
            company_id,
            name: snapshot.name.clone(),
            plan: snapshot.plan.clone(),
            region: snapshot.region.clone(),
            currency,
        };
        self.run_event(&accepted, &event, &company, &plans);
        Fate::Claimed { company_id, event_id }
    }

    /// All runs of an event; as failed if the database refuses what one of them does.
    fn run_event(&mut self, accepted: &AcceptedEvent, event: &Value, company: &Company, plans: &[Arc<Plan>]) {
        let possessions = self.possessions.entry(company.company_id).or_default();
        let before = possessions.clone();
        let mut told = Vec::new();
        let mut is_refused = false;
        for (pinned, plan) in accepted.runs.iter().zip(plans) {
            let subject = RunSubject {
                plan,
                event,
                company,
                run_id: pinned.run_id,
                rule_id: pinned.rule_id,
                rule_version: pinned.version,
                accepted_at: accepted.accepted_at,
            };
            let outbox = possessions.outbox;
            let run = possessions.run(&self.tasks, subject, &self.ids);
            is_refused |= run.events.iter().any(|sent| sent.event_type == POISON_EVENT);
            told.push(tell_run(accepted, pinned, &run, outbox));
        }
        if is_refused {
            *possessions = before;
            let refused = accepted.runs.iter().zip(plans);
            told = refused
                .map(|(pinned, plan)| tell_refused(accepted, pinned, &Execution::skipped(plan)))
                .collect();
        }
        self.runs.entry(company.company_id).or_default().extend(told);
    }

    /// The plan that a run is pinned to, if this program can run it.
    fn plan(&mut self, run: &AcceptedRun) -> Option<Arc<Plan>> {
        let pinned = PinnedRule {
            rule_id: run.rule_id,
            version: run.version,
        };
        if let Some(plan) = self.plans.get(&pinned) {
            return Some(plan.clone());
        }
        let document = self.store.inspect(|tables| {
            let version = tables.versions.get(&(pinned.rule_id, pinned.version))?;
            Some(version.document.clone())
        })?;
        let value = json::parse(document.as_bytes()).ok()?;
        let rule = rules::check(&value, self.tasks.as_ref()).into_rule().ok()?;
        let plan = Arc::new(rule.plan);
        self.plans.insert(pinned, plan.clone());
        Some(plan)
    }
}
