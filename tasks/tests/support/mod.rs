//! What the tests of tasks share: a company, short ways to rules, and running them.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

pub(crate) mod examples;
pub(crate) mod seen;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use ledger::{AccountKey, Currency};
use rules::{NodeRecord, Plan};
use serde_json::{Value, json};
use tasks::{Company, Desk, Needs, Run, RunSubject, TaskResult, Tasks};
use uuid::Uuid;

pub(crate) static TASKS: LazyLock<Tasks> = LazyLock::new(|| Tasks::built_in().unwrap());
pub(crate) static COMPANY: LazyLock<Company> = LazyLock::new(|| Company {
    company_id: "b5aa9687-d61f-467c-973e-f55d446981dc".parse().unwrap(),
    name: "Editora".to_owned(),
    plan: None,
    region: None,
    currency: brl(),
});
pub(crate) const RUN_ID: Uuid = Uuid::from_u128(77);

pub(crate) fn brl() -> Currency {
    "BRL".parse().unwrap()
}

pub(crate) fn key(code: &str) -> AccountKey {
    AccountKey::new(COMPANY.company_id, code.parse().unwrap(), brl())
}

/// A rule of these nodes, and an event for it.
pub(crate) struct Setup {
    pub(crate) plan: Plan,
    pub(crate) event: Value,
}

impl Setup {
    pub(crate) fn new(nodes: &Value, event: Value) -> Self {
        Self::of(
            &json!({"company_id": COMPANY.company_id.to_string(), "rules": nodes}),
            event,
        )
    }

    pub(crate) fn of(document: &Value, event: Value) -> Self {
        let plan = rules::check(document, &*TASKS).into_rule().unwrap().plan;
        Self { plan, event }
    }

    pub(crate) fn subject(&self) -> RunSubject<'_> {
        RunSubject {
            plan: &self.plan,
            event: &self.event,
            company: &COMPANY,
            run_id: RUN_ID,
            rule_id: Uuid::from_u128(78),
            rule_version: 1,
            accepted_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// Runs it on this desk; some tasks come out as said.
    pub(crate) fn run_with(
        &self,
        desk: &mut Desk,
        results: &BTreeMap<String, TaskResult>,
    ) -> Result<Run<'_>, Needs> {
        tasks::run(&TASKS, self.subject(), results, desk, &mut ids())
    }

    pub(crate) fn run_on(&self, desk: &mut Desk) -> Result<Run<'_>, Needs> {
        self.run_with(desk, &BTreeMap::new())
    }

    /// Runs it on an empty ledger.
    pub(crate) fn run(&self) -> Run<'_> {
        self.run_on(&mut Desk::from_scratch()).unwrap()
    }
}

/// Ids in a row.
pub(crate) fn ids() -> impl FnMut() -> Uuid {
    let mut last = 1_000_u128;
    move || {
        last += 1;
        Uuid::from_u128(last)
    }
}

/// A task node; `depends_on` in short: `"a=success"`.
pub(crate) fn task(id: &str, name: &str, parameters: Value, depends_on: &[&str]) -> Value {
    let edges = depends_on.iter().map(|edge| {
        let (source, state) = edge.split_once('=').unwrap();
        json!({"node_id": source, "state": state})
    });
    let mut node = json!({"node_type": "task", "node_id": id, "task_name": format!("payment.tasks.{name}")});
    node["parameters"] = parameters;
    node["depends_on"] = edges.collect();
    node
}

/// The same node, undone by this.
pub(crate) fn undone_by(mut node: Value, name: &str, parameters: Value) -> Value {
    node["compensate"] = json!({"task_name": format!("payment.tasks.{name}")});
    node["compensate"]["parameters"] = parameters;
    node
}

/// The parameters of a ledger transaction of two entries.
pub(crate) fn transfer(debit: &str, credit: &str, amount: &str) -> Value {
    json!({"entries": [
        {"account": debit, "direction": "debit", "amount": amount},
        {"account": credit, "direction": "credit", "amount": amount},
    ]})
}

/// The same into a purse, which may not be overdrawn.
pub(crate) fn fill(purse: &str, amount: &str) -> Value {
    json!({"entries": [
        {"account": "bank", "direction": "debit", "amount": amount},
        {"account": purse, "direction": "credit", "amount": amount, "overdraft": false},
    ]})
}

pub(crate) fn failure(code: &str) -> TaskResult {
    TaskResult::Failure {
        code: code.to_owned(),
        message: "as the test has it".to_owned(),
    }
}

pub(crate) fn record<'r>(run: &'r Run<'_>, node_id: &str) -> &'r NodeRecord {
    let position = run.execution.plan().position(node_id).unwrap();
    run.execution.records().get(position).unwrap()
}

pub(crate) fn state(run: &Run<'_>, node_id: &str) -> &'static str {
    record(run, node_id).state.as_str()
}
