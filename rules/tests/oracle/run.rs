//! A whole run, told from its end: how a node settles is asked of the nodes that it depends on, and an
//! abort then takes back all that came after its wave.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::compare;
use super::path;
use crate::support::cases::Case;

/// What is told of a run.
#[derive(Debug, PartialEq)]
pub(crate) struct Story {
    pub(crate) nodes: BTreeMap<String, Settled>,
    pub(crate) status: &'static str,
    /// The node that the run's fault names.
    pub(crate) fault: Option<String>,
    /// The tasks that were called, in order, each with its input.
    pub(crate) calls: Vec<(String, Value)>,
    /// The nodes to undo, in order, each with the input of what undoes it.
    pub(crate) undone: Vec<(String, Value)>,
}

/// How a node settled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settled {
    pub(crate) state: &'static str,
    pub(crate) output: Value,
    pub(crate) error_code: Option<String>,
    /// What each expectation looked at, and whether it held.
    pub(crate) compared: Vec<(Value, Option<bool>)>,
}

impl Settled {
    fn bare(state: &'static str) -> Self {
        Self {
            state,
            output: Value::Null,
            error_code: None,
            compared: Vec::new(),
        }
    }
}

struct Oracle<'c> {
    case: &'c Case,
    nodes: BTreeMap<&'c str, &'c Value>,
    waves: RefCell<BTreeMap<String, usize>>,
    settled: RefCell<BTreeMap<String, Settled>>,
}

pub(crate) fn tell(case: &Case) -> Story {
    let list = case.document["rules"].as_array().unwrap();
    let oracle = Oracle {
        case,
        nodes: list
            .iter()
            .map(|node| (node["node_id"].as_str().unwrap(), node))
            .collect(),
        waves: RefCell::default(),
        settled: RefCell::default(),
    };
    oracle.tell()
}

impl<'c> Oracle<'c> {
    fn tell(&self) -> Story {
        let in_order = self.in_order();
        let aborting: Vec<&str> = in_order.iter().copied().filter(|id| self.ends_run(id)).collect();
        // The first in order is in the earliest wave: no node of that wave, or before it, comes after an abort.
        let abort = aborting.first().copied();
        let last_wave = abort.map_or(usize::MAX, |id| self.wave(id));
        let told = |id: &str| {
            if self.wave(id) > last_wave {
                Settled::bare("skipped")
            } else {
                self.settle(id)
            }
        };
        let nodes: BTreeMap<String, Settled> =
            in_order.iter().map(|id| ((*id).to_owned(), told(id))).collect();
        let unhandled = in_order.iter().copied().find(|id| self.is_unhandled(id, &nodes));
        let (status, fault) = match (abort, unhandled) {
            (Some(id), _) => ("aborted", Some(id)),
            (None, Some(id)) => ("failed", Some(id)),
            (None, None) => ("succeeded", None),
        };
        let ran = |id: &&str| nodes[*id].state != "skipped";
        let is_task = |id: &&str| self.nodes[*id]["node_type"] == "task";
        let calls = in_order.iter().copied().filter(ran).filter(is_task);
        let undone = in_order.iter().rev().copied();
        let undone =
            undone.filter(|id| nodes[*id].state == "success" && self.nodes[*id]["compensate"].is_object());
        Story {
            status,
            fault: fault.map(str::to_owned),
            calls: calls
                .map(|id| self.call(id, &self.nodes[id]["parameters"]))
                .collect(),
            undone: undone
                .map(|id| self.call(id, &self.nodes[id]["compensate"]["parameters"]))
                .collect(),
            nodes,
        }
    }

    fn in_order(&self) -> Vec<&'c str> {
        let mut ids: Vec<&str> = self.nodes.keys().copied().collect();
        ids.sort_by_key(|id| (self.wave(id), *id));
        ids
    }

    fn edges(&self, id: &str) -> Vec<(&'c str, &'c str)> {
        let edges = self.nodes[id]["depends_on"].as_array().unwrap();
        let text = |edge: &'c Value, name| edge[name].as_str().unwrap();
        edges
            .iter()
            .map(|edge| (text(edge, "node_id"), text(edge, "state")))
            .collect()
    }

    fn wave(&self, id: &str) -> usize {
        if let Some(known) = self.waves.borrow().get(id) {
            return *known;
        }
        let before = self
            .edges(id)
            .into_iter()
            .map(|(source, _)| self.wave(source))
            .max();
        let wave = 1 + before.unwrap_or(0);
        self.waves.borrow_mut().insert(id.to_owned(), wave);
        wave
    }

    /// How a node settles if nothing ends the run before it.
    fn settle(&self, id: &str) -> Settled {
        if let Some(known) = self.settled.borrow().get(id) {
            return known.clone();
        }
        let node = self.nodes[id];
        let settled = if !self.runs(id) {
            Settled::bare("skipped")
        } else if node["node_type"] == "condition" {
            self.decide(node)
        } else {
            self.perform(id)
        };
        self.settled.borrow_mut().insert(id.to_owned(), settled.clone());
        settled
    }

    fn runs(&self, id: &str) -> bool {
        let satisfied: Vec<bool> = self
            .edges(id)
            .into_iter()
            .map(|(source, asked)| match self.settle(source).state {
                "skipped" => false,
                state => asked == "any" || asked == state,
            })
            .collect();
        match self.nodes[id]["join"].as_str() {
            Some("any") => satisfied.is_empty() || satisfied.contains(&true),
            _ => !satisfied.contains(&false),
        }
    }

    fn decide(&self, node: &Value) -> Settled {
        let expectations = node["expect"].as_array().unwrap();
        let compared: Vec<(Value, Option<bool>)> = expectations
            .iter()
            .map(|expectation| {
                let actual = self.follow(expectation["field"].as_str().unwrap());
                let operator = expectation["operator"].as_str().unwrap();
                let holds = compare::holds(operator, &actual, &expectation["value"]);
                (actual, holds)
            })
            .collect();
        let has = |answer| compared.iter().any(|(_, holds)| *holds == answer);
        let state = match node["match"].as_str() {
            Some("any") if compared.is_empty() || has(Some(true)) => "success",
            Some("any") if has(None) => "error",
            Some("any") => "failure",
            _ if has(Some(false)) => "failure",
            _ if has(None) => "error",
            _ => "success",
        };
        let error_code = (state == "error").then(|| "not_comparable".to_owned());
        Settled {
            error_code,
            compared,
            ..Settled::bare(state)
        }
    }

    fn perform(&self, id: &str) -> Settled {
        match &self.case.answers[id] {
            Ok(output) => Settled {
                output: output.clone(),
                ..Settled::bare("success")
            },
            Err(code) => Settled {
                error_code: Some(code.clone()),
                ..Settled::bare("failure")
            },
        }
    }

    fn ends_run(&self, id: &str) -> bool {
        let node = self.nodes[id];
        if node["node_type"] != "task" {
            return false;
        }
        match self.settle(id).state {
            "success" => node["task_name"] == "payment.tasks.abort_flow",
            "failure" => node["on_failure"] == "abort",
            _ => false,
        }
    }

    /// A failure or error that no node which asks for it, and ran, has dealt with.
    fn is_unhandled(&self, id: &str, nodes: &BTreeMap<String, Settled>) -> bool {
        let node = self.nodes[id];
        let state = nodes[id].state;
        let is_wrong = match node["node_type"].as_str() {
            Some("condition") => state == "error",
            _ => state == "failure" && node["on_failure"] != "continue",
        };
        let deals_with_it =
            |other: &str| nodes[other].state != "skipped" && self.edges(other).contains(&(id, state));
        is_wrong && !self.nodes.keys().any(|other| deals_with_it(other))
    }

    fn call(&self, id: &str, parameters: &Value) -> (String, Value) {
        (
            id.to_owned(),
            path::fill(parameters, &|path: &str| self.follow(path)),
        )
    }

    /// Follows a path over a context that has the one node that the path looks at.
    fn follow(&self, path: &str) -> Value {
        let nodes = path::node_id(path).map(|id| {
            let node = self.settle(id);
            let error = node.error_code.map(|code| json!({"code": code}));
            let error = error.unwrap_or_default();
            object([(
                id,
                object([
                    ("state", node.state.into()),
                    ("output", node.output),
                    ("error", error),
                ]),
            )])
        });
        let case = self.case;
        let (event, company, run) = (case.event.clone(), case.company.clone(), case.run.clone());
        let nodes = nodes.unwrap_or_default();
        path::follow(
            path,
            &object([
                ("event", event),
                ("company", company),
                ("run", run),
                ("nodes", nodes),
            ]),
        )
    }
}

/// `json!` would write numbers anew, and `1e2` as `1e+2`.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter();
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).collect())
}
