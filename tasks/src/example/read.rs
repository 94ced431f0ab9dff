//! From JSON to a [`Case`]: every fault is noted, nothing is guessed.

use std::collections::BTreeMap;

use ledger::Money;
use rules::{Finding, NodeState, Pointer};
use serde_json::{Map, Value};

use super::members::{List, Members, Object, Text, read};
use super::{Case, Expected, ExpectedEntry};
use crate::TaskResult;
use crate::input::{AccountName, CurrencyCode, Member, Side};

/// What a run or a simulation can come to.
const STATUSES: [&str; 5] = ["succeeded", "failed", "aborted", "compensation_failed", "ignored"];
/// What a node can have settled as.
const STATES: [NodeState; 4] = [
    NodeState::Success,
    NodeState::Failure,
    NodeState::Error,
    NodeState::Skipped,
];

/// Reads a case, or says all that is wrong with it.
pub(super) fn case(value: &Value) -> Result<Case, Vec<Finding>> {
    let mut findings = Vec::new();
    match read_case(value, &mut findings) {
        Some(case) if findings.is_empty() => Ok(case),
        _ => Err(findings),
    }
}

fn read_case(value: &Value, findings: &mut Vec<Finding>) -> Option<Case> {
    let known = ["description", "event", "task_results", "expect"];
    let mut members = Members::of(value, Pointer::root(), &known, findings)?;
    let description = members.optional::<Text>("description");
    let event = members.required::<Object>("event");
    let task_results = members.below("task_results", read_task_results);
    let expected = match members.value("expect") {
        Some(expect) => read_expected(expect, Pointer::root().child("expect"), members.findings),
        None => members.missing("expect", "an object that says at least the `status`"),
    };
    Some(Case {
        description: description.map(|Text(text)| text),
        event: event?.0,
        task_results: task_results.unwrap_or_default(),
        expected: expected?,
    })
}

fn read_expected(value: &Value, pointer: Pointer, findings: &mut Vec<Finding>) -> Option<Expected> {
    let known = ["status", "error_code", "nodes", "entries", "events"];
    let mut members = Members::of(value, pointer, &known, findings)?;
    let status = members.required::<Status>("status");
    let error_code = members.optional::<Text>("error_code");
    let nodes = members.below("nodes", read_nodes);
    let entries = members.below("entries", |value, pointer, findings| {
        read_list(value, pointer, findings, read_entry)
    });
    let events = members.below("events", |value, pointer, findings| {
        read_list(value, pointer, findings, read::<Text>)
    });
    Some(Expected {
        status: status?.0,
        error_code: error_code.map(|Text(code)| code),
        nodes: nodes.unwrap_or_default(),
        entries,
        events: events.map(|events| events.into_iter().map(|Text(event)| event).collect()),
    })
}

fn read_nodes(
    value: &Value,
    pointer: &Pointer,
    findings: &mut Vec<Finding>,
) -> Option<Vec<(String, NodeState)>> {
    let Object(nodes) = read(value, pointer, findings)?;
    let states = nodes.as_object()?.iter().filter_map(|(node_id, state)| {
        let State(state) = read(state, &pointer.child(node_id), findings)?;
        Some((node_id.clone(), state))
    });
    Some(states.collect())
}

fn read_entry(value: &Value, pointer: &Pointer, findings: &mut Vec<Finding>) -> Option<ExpectedEntry> {
    let known = ["account", "direction", "amount", "currency"];
    let mut members = Members::of(value, pointer.clone(), &known, findings)?;
    let account = members.required::<AccountName>("account");
    let direction = members.required::<Side>("direction");
    let currency = members.required::<CurrencyCode>("currency");
    let amount = match members.value("amount") {
        Some(amount) => Some(amount),
        None => members.missing("amount", "an amount, such as \"120.00\""),
    };
    let amount = Money::positive_from_json(amount?, currency?.0)
        .map_err(|error| members.note("amount", "invalid_amount", format!("{error}.")))
        .ok()?;
    Some(ExpectedEntry {
        account: account?.0,
        direction: direction?.0,
        amount,
    })
}

fn read_task_results(
    value: &Value,
    pointer: &Pointer,
    findings: &mut Vec<Finding>,
) -> Option<BTreeMap<String, TaskResult>> {
    let Object(results) = read(value, pointer, findings)?;
    let results = results.as_object()?.iter().filter_map(|(node_id, result)| {
        let result = read_task_result(result, pointer.child(node_id), findings)?;
        Some((node_id.clone(), result))
    });
    Some(results.collect())
}

fn read_task_result(value: &Value, pointer: Pointer, findings: &mut Vec<Finding>) -> Option<TaskResult> {
    let mut members = Members::of(value, pointer, &["state", "output", "error"], findings)?;
    match members.required::<TaskState>("state")? {
        TaskState::Success => {
            members.refuse("error", "a task that succeeds has none");
            let output = members.optional::<Object>("output").map(|Object(output)| output);
            Some(TaskResult::Success(
                output.unwrap_or_else(|| Value::Object(Map::new())),
            ))
        }
        TaskState::Failure => {
            members.refuse("output", "a task that fails has none");
            let error = members.below("error", read_error);
            let (code, message) = error.unwrap_or_else(|| ("failed".to_owned(), String::new()));
            Some(TaskResult::Failure { code, message })
        }
    }
}

fn read_error(value: &Value, pointer: &Pointer, findings: &mut Vec<Finding>) -> Option<(String, String)> {
    let mut members = Members::of(value, pointer.clone(), &["code", "message"], findings)?;
    let code = members.required::<Text>("code");
    let message = members.optional::<Text>("message");
    let message = message.map(|Text(message)| message).unwrap_or_default();
    code.map(|Text(code)| (code, message))
}

fn read_list<T>(
    value: &Value,
    pointer: &Pointer,
    findings: &mut Vec<Finding>,
    read_element: impl Fn(&Value, &Pointer, &mut Vec<Finding>) -> Option<T>,
) -> Option<Vec<T>> {
    let List(elements) = read(value, pointer, findings)?;
    let elements = elements.iter().enumerate();
    let elements = elements
        .filter_map(|(index, element)| read_element(element, &pointer.child(index), findings))
        .collect();
    Some(elements)
}

struct Status(&'static str);
struct State(NodeState);
enum TaskState {
    Success,
    Failure,
}

impl Member for Status {
    fn read(value: &Value) -> Result<Self, String> {
        let known = STATUSES.into_iter().find(|status| value.as_str() == Some(status));
        known
            .map(Self)
            .ok_or_else(|| format!("one of {}", STATUSES.join(", ")))
    }
}

impl Member for State {
    fn read(value: &Value) -> Result<Self, String> {
        let known = STATES
            .into_iter()
            .find(|state| value.as_str() == Some(state.as_str()));
        known
            .map(Self)
            .ok_or_else(|| format!("one of {}", STATES.map(NodeState::as_str).join(", ")))
    }
}

impl Member for TaskState {
    fn read(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("success") => Ok(Self::Success),
            Some("failure") => Ok(Self::Failure),
            _ => Err("success or failure".to_owned()),
        }
    }
}
