//! What was expected against what came, in words.

use ledger::Direction;
use rules::NodeState;
use serde_json::Value;

use super::{Expected, ExpectedEntry};
use crate::Simulation;

/// Every difference, in the order in which a person would look: how it ended, its nodes, entries, events.
pub(super) fn differences(expected: &Expected, simulation: &Simulation) -> Vec<String> {
    let mut differences = Vec::new();
    differences.extend(status(expected.status, simulation));
    differences.extend(
        expected
            .error_code
            .as_deref()
            .and_then(|code| error(code, simulation)),
    );
    let nodes = expected.nodes.iter();
    differences.extend(nodes.filter_map(|(node_id, state)| node(node_id, *state, simulation)));
    if let Some(entries) = &expected.entries {
        let entries: Vec<String> = entries.iter().map(ExpectedEntry::to_text).collect();
        in_order("entry", &entries, &posted(simulation), &mut differences);
    }
    if let Some(events) = &expected.events {
        let sent = simulation
            .events
            .iter()
            .map(|event| text(event, "type").to_owned());
        in_order("event", events, &sent.collect::<Vec<_>>(), &mut differences);
    }
    differences
}

fn status(expected: &str, simulation: &Simulation) -> Option<String> {
    if simulation.status == expected {
        return None;
    }
    let because = match &simulation.error {
        Value::Null => String::new(),
        error => format!(", because: {}", fault(error)),
    };
    Some(format!(
        "status: expected `{expected}`, found `{}`{because}",
        simulation.status
    ))
}

fn error(expected: &str, simulation: &Simulation) -> Option<String> {
    let found = match &simulation.error {
        Value::Null => "no error".to_owned(),
        error if text(error, "code") == expected => return None,
        error => fault(error),
    };
    Some(format!("error: expected the code `{expected}`, found {found}"))
}

/// A fault as a simulation shows it: `` `code` at node `x` (message) ``.
fn fault(error: &Value) -> String {
    let place = match error.get("node_id").and_then(Value::as_str) {
        Some(node_id) => format!(" at node `{node_id}`"),
        None => String::new(),
    };
    format!("`{}`{place} ({})", text(error, "code"), text(error, "message"))
}

fn node(node_id: &str, expected: NodeState, simulation: &Simulation) -> Option<String> {
    let Some(node) = simulation.nodes.get(node_id) else {
        let known = simulation.nodes.as_object().into_iter().flatten();
        let hint = rules::spelling::hint(node_id, known.map(|(known, _)| known.as_str()));
        return Some(format!(
            "node `{node_id}`: expected `{}`, but the rule has no such node.{hint}",
            expected.as_str()
        ));
    };
    let state = text(node, "state");
    if state == expected.as_str() {
        return None;
    }
    let because = match node.get("error") {
        Some(error @ Value::Object(_)) => format!(", because: {}", fault(error)),
        _ => String::new(),
    };
    Some(format!(
        "node `{node_id}`: expected `{}`, found `{state}`{because}",
        expected.as_str()
    ))
}

/// Compares two lists place by place, counted from 1.
fn in_order(what: &str, expected: &[String], found: &[String], differences: &mut Vec<String>) {
    for index in 0..expected.len().max(found.len()) {
        let line = match (expected.get(index), found.get(index)) {
            (Some(expected), Some(found)) if expected == found => continue,
            (Some(expected), Some(found)) => format!("expected `{expected}`, found `{found}`"),
            (Some(expected), None) => format!("expected `{expected}`, found none"),
            (None, Some(found)) => format!("expected none, found `{found}`"),
            (None, None) => continue,
        };
        differences.push(format!("{what} {}: {line}", index.saturating_add(1)));
    }
}

/// Every entry that was posted, in the words of [`ExpectedEntry::to_text`].
fn posted(simulation: &Simulation) -> Vec<String> {
    let entries = simulation
        .transactions
        .iter()
        .filter_map(|transaction| transaction.get("entries")?.as_array())
        .flatten();
    entries
        .map(|entry| {
            let [direction, account, amount, currency] =
                ["direction", "account", "amount", "currency"].map(|name| text(entry, name));
            format!("{direction} {account} {amount} {currency}")
        })
        .collect()
}

impl ExpectedEntry {
    /// `debit receivables 120.00 BRL`.
    fn to_text(&self) -> String {
        let direction = Direction::name(self.direction);
        format!("{direction} {} {}", self.account, self.amount)
    }
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}
