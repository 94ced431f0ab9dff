//! Plans, compiled once for every version of a rule. A version never changes, so a plan is good for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rules::{Plan, json};
use store::{PinnedRule, Store, StoreError};
use tasks::Tasks;

/// How many nodes all plans that are kept may have together.
const MAX_NODES: usize = 200_000;

/// The plans of the versions that were run lately.
pub(crate) struct Plans {
    store: Arc<dyn Store>,
    tasks: Arc<Tasks>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    plans: HashMap<PinnedRule, Arc<Plan>>,
    nodes: usize,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlanError {
    /// The version is not there, or this program cannot run it.
    #[error("{0}")]
    Unusable(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Plans {
    pub(crate) fn new(store: Arc<dyn Store>, tasks: Arc<Tasks>) -> Self {
        Self {
            store,
            tasks,
            kept: Mutex::new(Kept::default()),
        }
    }

    /// The plan of a version, from memory or compiled from what is stored.
    pub(crate) async fn get(&self, pinned: PinnedRule) -> Result<Arc<Plan>, PlanError> {
        if let Some(plan) = self.lock().plans.get(&pinned) {
            return Ok(plan.clone());
        }
        let Some(version) = self.store.find_rule_version(pinned).await? else {
            let PinnedRule { rule_id, version } = pinned;
            return Err(PlanError::Unusable(format!(
                "there is no version {version} of rule {rule_id}"
            )));
        };
        let plan = Arc::new(self.compile(&version.document)?);
        self.lock().keep(pinned, plan.clone());
        Ok(plan)
    }

    fn compile(&self, document: &str) -> Result<Plan, PlanError> {
        let value =
            json::parse(document.as_bytes()).map_err(|error| PlanError::Unusable(error.to_string()))?;
        let rule = rules::check(&value, self.tasks.as_ref()).into_rule();
        rule.map(|rule| rule.plan).map_err(|findings| {
            let first = findings
                .first()
                .map(|finding| finding.detail.as_str())
                .unwrap_or_default();
            PlanError::Unusable(format!("the stored rule cannot be run by this program: {first}"))
        })
    }

    /// A map of finished plans cannot be left half written, so a poisoned lock is as good as any.
    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Keeps a plan. Once there are too many, all others go: what is in use is compiled again, once.
    fn keep(&mut self, pinned: PinnedRule, plan: Arc<Plan>) {
        if self.nodes + plan.len() > MAX_NODES {
            self.plans.clear();
            self.nodes = 0;
        }
        self.nodes += plan.len();
        self.plans.insert(pinned, plan);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use uuid::Uuid;

    fn plan(nodes: usize) -> Arc<Plan> {
        let node = |number| json!({"node_id": format!("n-{number}"), "node_type": "condition", "expect": []});
        let nodes: Value = (0..nodes).map(node).collect();
        let document = json!({"company_id": Uuid::nil().to_string(), "rules": nodes});
        let rule = rules::check(&document, &Tasks::built_in().unwrap()).into_rule();
        Arc::new(rule.unwrap().plan)
    }

    fn version(version: u32) -> PinnedRule {
        PinnedRule {
            rule_id: Uuid::from_u128(1),
            version,
        }
    }

    #[test]
    fn plans_are_kept_until_they_are_too_large_together() {
        let (thousand, mut kept) = (plan(1_000), Kept::default());
        for number in 1..=200 {
            kept.keep(version(number), thousand.clone());
        }
        assert_eq!((kept.plans.len(), kept.nodes), (200, MAX_NODES));
        kept.keep(version(201), plan(1));
        assert_eq!((kept.plans.len(), kept.nodes), (1, 1));
        assert!(kept.plans.contains_key(&version(201)));
    }
}
