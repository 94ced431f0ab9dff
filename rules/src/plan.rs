//! A rule, compiled: everything parsed and resolved, nodes in the order in which they take effect.

use std::collections::HashMap;

use serde_json::Value;

use crate::budget::Budget;
use crate::catalogue::TaskId;
use crate::condition::{Comparison, Condition, Verdict};
use crate::model::{EdgeState, OnFailure, Quantifier};
use crate::scope::{NoNodes, Scope};
use crate::template::Template;

/// A rule, compiled. Immutable; any number of runs share it.
#[derive(Debug)]
pub struct Plan {
    pub(crate) when: Option<Condition>,
    /// In the order of the document.
    pub(crate) nodes: Vec<PlanNode>,
    /// The places of nodes, by wave, then id: the order in which they take effect. Sources come first.
    pub(crate) order: Vec<usize>,
    pub(crate) index: HashMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct PlanNode {
    pub(crate) id: String,
    pub(crate) wave: u32,
    pub(crate) join: Quantifier,
    pub(crate) edges: Vec<(usize, EdgeState)>,
    /// The nodes that ask for this one's failure or error.
    pub(crate) handlers: Vec<usize>,
    pub(crate) kind: PlanKind,
}

#[derive(Debug)]
pub(crate) enum PlanKind {
    Condition(Condition),
    Task(PlanTask),
}

/// A task node, compiled.
#[derive(Debug)]
pub(crate) struct PlanTask {
    pub(crate) task: TaskId,
    pub(crate) ends_run: bool,
    pub(crate) on_failure: OnFailure,
    pub(crate) parameters: Template,
    pub(crate) compensate: Option<(TaskId, Template)>,
}

/// What a run is about: its event, its company and itself, as paths see them. Each is an object.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The event, as it came.
    pub event: &'c Value,
    /// `{company_id, name, plan, region, currency}`.
    pub company: &'c Value,
    /// `{id, rule_id, rule_version, accepted_at}`.
    pub run: &'c Value,
}

/// Whether an event is for a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct WhenVerdict {
    /// How `when` came out; a rule without one holds.
    pub verdict: Verdict,
    /// What was compared.
    pub comparisons: Vec<Comparison>,
}

impl Plan {
    /// Asks `when`: is the event for this rule? It is evaluated before there is a run, so paths into `run`
    /// and `nodes` are refused in it.
    pub fn when(&self, event: &Value, company: &Value) -> WhenVerdict {
        let mut comparisons = Vec::new();
        let verdict = match &self.when {
            None => Verdict::Holds,
            Some(condition) => {
                let scope = Scope {
                    event,
                    company,
                    run: &Value::Null,
                    nodes: &NoNodes,
                };
                condition.evaluate(&scope, &mut Budget::for_event(event), &mut comparisons)
            }
        };
        WhenVerdict { verdict, comparisons }
    }

    /// How many nodes the rule has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has none; a rule that was accepted has at least one.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The place of a node in the document, by its id.
    pub fn position(&self, node_id: &str) -> Option<usize> {
        self.index.get(node_id).copied()
    }

    /// The id of the node at a place in the document.
    pub fn node_id(&self, position: usize) -> Option<&str> {
        self.nodes.get(position).map(|node| node.id.as_str())
    }

    /// The node's wave: 1, or one more than the latest wave among its dependencies.
    pub fn wave(&self, position: usize) -> Option<u32> {
        self.nodes.get(position).map(|node| node.wave)
    }
}
