//! Reading one node.

use serde_json::{Map, Value};

use super::members::{Members, shown};
use super::{DraftExpectation, DraftExpectations, DraftKind, DraftNode};
use crate::finding::{Finding, Pointer};
use crate::model::{
    Compensation, Dependency, EdgeState, MAX_DEPENDENCIES, OnFailure, Quantifier, Retry, TIMEOUTS_MS,
    TaskNode,
};
use crate::number;
use crate::operator::Operator;

const QUANTIFIERS: [(&str, Quantifier); 2] = [("all", Quantifier::All), ("any", Quantifier::Any)];
const ON_FAILURE: [(&str, OnFailure); 3] = [
    ("fail", OnFailure::Fail),
    ("continue", OnFailure::Continue),
    ("abort", OnFailure::Abort),
];
const EDGE_STATES: [(&str, EdgeState); 4] = [
    ("success", EdgeState::Success),
    ("failure", EdgeState::Failure),
    ("error", EdgeState::Error),
    ("any", EdgeState::Any),
];

#[derive(Clone, Copy)]
enum NodeType {
    Condition,
    Task,
}

const NODE_TYPES: [(&str, NodeType); 2] = [("condition", NodeType::Condition), ("task", NodeType::Task)];

/// Reads a node. None if it is not even an object.
pub(super) fn read(value: &Value, pointer: Pointer, findings: &mut Vec<Finding>) -> Option<DraftNode> {
    let mut members = Members::of(value, pointer.clone(), "A node", findings)?;
    let id = read_id(&mut members);
    let label = members.optional_text("label").map(str::to_owned);
    let depends_on = read_dependencies(&mut members);
    let join = members.word("join", &QUANTIFIERS);
    let node_type = members
        .required("node_type", "`condition` or `task`")
        .and_then(|value| members.as_word("node_type", value, &NODE_TYPES));
    let kind = node_type.and_then(|node_type| match node_type {
        NodeType::Condition => Some(DraftKind::Condition(expectations(&mut members))),
        NodeType::Task => read_task(&mut members).map(|task| DraftKind::Task(Box::new(task))),
    });
    // What members a node may have depends on its type: without one there is nothing to hold against it.
    if node_type.is_some() {
        members.finish();
    }
    Some(DraftNode {
        pointer,
        id,
        label,
        depends_on,
        join,
        kind,
    })
}

fn read_id(members: &mut Members<'_, '_>) -> Option<String> {
    let id = members.required_text("node_id", "the node's id")?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if id.is_empty() || id.len() > 64 || !id.bytes().all(allowed) {
        let detail = format!(
            "`node_id` must have 1 to 64 characters of A-Z a-z 0-9 _ - . and this is {}.",
            shown(&Value::from(id))
        );
        members.note("node_id", "bad_value", detail);
    }
    Some(id.to_owned())
}

fn read_dependencies(members: &mut Members<'_, '_>) -> Vec<(usize, Dependency)> {
    let Some(list) = members.optional_list("depends_on") else {
        return Vec::new();
    };
    if list.len() > MAX_DEPENDENCIES {
        let detail = format!(
            "A node has at most {MAX_DEPENDENCIES} dependencies, and this one has {}.",
            list.len()
        );
        members.note("depends_on", "too_many_dependencies", detail);
        return Vec::new();
    }
    let pointer = members.pointer.child("depends_on");
    list.iter()
        .enumerate()
        .filter_map(|(index, value)| {
            let dependency = read_dependency(value, pointer.child(index), members.findings)?;
            Some((index, dependency))
        })
        .collect()
}

fn read_dependency(value: &Value, pointer: Pointer, findings: &mut Vec<Finding>) -> Option<Dependency> {
    let mut members = Members::of(value, pointer, "A dependency", findings)?;
    let node_id = members.required_text("node_id", "the id of the node to wait for");
    let state = members
        .required("state", "`success`, `failure`, `error` or `any`")
        .and_then(|value| members.as_word("state", value, &EDGE_STATES));
    members.finish();
    // A state that cannot be read must not hide that the node is unknown, nor be held against the node.
    Some(Dependency {
        node_id: node_id?.to_owned(),
        state: state.unwrap_or(EdgeState::Any),
    })
}

/// Reads `match` and `expect`.
pub(super) fn expectations(members: &mut Members<'_, '_>) -> DraftExpectations {
    let mode = members.word("match", &QUANTIFIERS);
    members.required("expect", "a list of expectations");
    let list = members
        .optional_list("expect")
        .map(Vec::as_slice)
        .unwrap_or_default();
    let pointer = members.pointer.child("expect");
    let expect = list
        .iter()
        .enumerate()
        .map(|(index, value)| {
            read_expectation(value, pointer.child(index), members.findings).unwrap_or_default()
        })
        .collect();
    DraftExpectations { mode, expect }
}

fn read_expectation(
    value: &Value,
    pointer: Pointer,
    findings: &mut Vec<Finding>,
) -> Option<DraftExpectation> {
    let mut members = Members::of(value, pointer, "An expectation", findings)?;
    let field = members.required_text("field", "a path such as `$context.event.total`");
    let operator = members
        .required_text("operator", "an operator such as `eq`")
        .and_then(|name| {
            Operator::from_name(name)
                .map_err(|detail| members.note("operator", "unknown_operator", detail))
                .ok()
        });
    // Here null is not "left out": a null to compare with is a mistake to be told.
    members.optional("value");
    let value = value.get("value").cloned();
    members.finish();
    Some(DraftExpectation {
        field: field.map(str::to_owned),
        operator,
        value,
    })
}

fn read_task(members: &mut Members<'_, '_>) -> Option<TaskNode> {
    let task_name = members.required_text("task_name", "the name of a task");
    let parameters = read_parameters(members);
    let retry = members.optional("retry").and_then(|value| {
        let mut retry = Members::of(value, members.pointer.child("retry"), "`retry`", members.findings)?;
        let read = read_retry(&mut retry);
        retry.finish();
        Some(read)
    });
    let timeout_ms = members.whole_number("timeout_ms", TIMEOUTS_MS);
    let on_failure = members.word("on_failure", &ON_FAILURE);
    let compensate = members.optional("compensate").and_then(|value| {
        let pointer = members.pointer.child("compensate");
        let mut compensate = Members::of(value, pointer, "`compensate`", members.findings)?;
        let task_name = compensate.required_text("task_name", "the name of the task that undoes this one");
        let parameters = read_parameters(&mut compensate);
        compensate.finish();
        Some(Compensation {
            task_name: task_name?.to_owned(),
            parameters,
        })
    });
    let task_name = task_name?.to_owned();
    Some(TaskNode {
        task_name,
        parameters,
        retry,
        timeout_ms,
        on_failure,
        compensate,
    })
}

fn read_parameters(members: &mut Members<'_, '_>) -> Map<String, Value> {
    members.optional_object("parameters").cloned().unwrap_or_default()
}

fn read_retry(members: &mut Members<'_, '_>) -> Retry {
    let usual = Retry::default();
    let max_attempts = members.whole_number("max_attempts", Retry::ATTEMPTS);
    let initial_interval_ms = members.whole_number("initial_interval_ms", Retry::INITIAL_INTERVALS_MS);
    let max_interval_ms = members.whole_number("max_interval_ms", Retry::MAX_INTERVALS_MS);
    let max_elapsed_ms = members.whole_number("max_elapsed_ms", Retry::MAX_ELAPSED_MS);
    Retry {
        max_attempts: max_attempts.unwrap_or(usual.max_attempts),
        initial_interval_ms: initial_interval_ms.unwrap_or(usual.initial_interval_ms),
        multiplier: read_multiplier(members).unwrap_or(usual.multiplier),
        max_interval_ms: max_interval_ms.unwrap_or(usual.max_interval_ms),
        max_elapsed_ms: max_elapsed_ms.unwrap_or(usual.max_elapsed_ms),
    }
}

fn read_multiplier(members: &mut Members<'_, '_>) -> Option<String> {
    let value = members.optional("multiplier")?;
    let (least, most) = Retry::MULTIPLIERS.into_inner();
    let is_at = |digits: &str, bound: u64| number::compare(digits, &bound.to_string());
    let digits = value
        .as_number()
        .map(serde_json::Number::as_str)
        .filter(|digits| {
            is_at(digits, least).is_some_and(std::cmp::Ordering::is_ge)
                && is_at(digits, most).is_some_and(std::cmp::Ordering::is_le)
        });
    if digits.is_none() {
        let detail = format!(
            "`multiplier` must be a number from {least} to {most}, and this is {}.",
            shown(value)
        );
        members.note("multiplier", "bad_value", detail);
    }
    digits.map(str::to_owned)
}
