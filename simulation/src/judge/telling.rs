//! A run told in words, so that what came of it can be compared with what should have, and the difference read.

use std::fmt::Display;

use ledger::{Direction, Money};
use queue::{AcceptedEvent, AcceptedRun};
use rules::Execution;
use serde_json::Value;
use store::{OutboxEvent, RunRecord, StoredTransaction};
use tasks::Run;

/// A run, line by line. Ids that a run made are not told: they are others each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Telling(pub(super) Vec<String>);

/// The code of a run that is stored as failed because the store refused what it does.
const REFUSED: &str = "refused_by_store";

/// What should come of a run. `outbox` is the number of the company's last outgoing event before it.
pub(super) fn tell_run(
    accepted: &AcceptedEvent,
    pinned: &AcceptedRun,
    run: &Run<'_>,
    outbox: u64,
) -> Telling {
    let mut lines = head(accepted, pinned, run.end.status.as_str());
    if let Some(fault) = &run.end.fault {
        lines.push(told_fault(&fault.code, &fault.node_id, &fault.message));
    }
    lines.push(told_nodes(
        &serde_json::to_string(&run.execution.nodes()).unwrap_or_default(),
    ));
    for posted in &run.transactions {
        let metadata = Value::Object(posted.draft.metadata().clone()).to_string();
        lines.push(told_transaction(
            &posted.reference,
            &posted.node_id,
            posted.draft.description(),
            &metadata,
        ));
        for entry in &posted.entries {
            let (code, number) = (&entry.key.code, entry.number);
            lines.push(told_entry(
                entry.direction,
                code,
                entry.amount,
                number,
                entry.balance_after,
            ));
        }
    }
    for (number, sent) in (outbox.saturating_add(1)..).zip(&run.events) {
        let data = Value::Object(sent.data.clone()).to_string();
        lines.push(told_event(number, &sent.event_type, &sent.node_id, &data));
    }
    Telling(lines)
}

/// What should come of a run that the database refuses.
pub(super) fn tell_refused(
    accepted: &AcceptedEvent,
    pinned: &AcceptedRun,
    skipped: &Execution<'_>,
) -> Telling {
    let mut lines = head(accepted, pinned, "failed");
    lines.push(told_fault(REFUSED, "", ""));
    lines.push(told_nodes(
        &serde_json::to_string(&skipped.nodes()).unwrap_or_default(),
    ));
    Telling(lines)
}

/// What came of a run.
pub(super) fn tell_stored<'s>(
    run: &RunRecord,
    transactions: impl Iterator<Item = &'s StoredTransaction>,
    events: impl Iterator<Item = &'s OutboxEvent>,
) -> Telling {
    let mut lines = vec![format!(
        "run {} of {:?} for {} of rule {} ({}) version {}, {} {:?}, accepted {}: {}",
        run.id,
        run.event_id,
        run.claim_id,
        run.rule_id,
        run.rule_name,
        run.rule_version,
        run.correlation_id,
        run.traceparent,
        run.accepted_at,
        run.status.as_str()
    )];
    if let Some(error) = &run.error {
        let message = if error.code == REFUSED { "" } else { &error.message };
        let node_id = error.node_id.as_deref().unwrap_or_default();
        lines.push(told_fault(&error.code, node_id, message));
    }
    lines.push(told_nodes(&run.nodes));
    for transaction in transactions {
        lines.push(told_transaction(
            &transaction.reference,
            transaction.node_id.as_deref().unwrap_or_default(),
            transaction.description.as_deref(),
            &transaction.metadata,
        ));
        for entry in &transaction.entries {
            let (code, number) = (&entry.account, entry.number);
            lines.push(told_entry(
                entry.direction,
                code,
                entry.amount,
                number,
                entry.balance_after,
            ));
        }
    }
    for event in events {
        lines.push(told_event(
            event.number,
            &event.event_type,
            event.source.node_id().unwrap_or_default(),
            &event.data,
        ));
    }
    Telling(lines)
}

fn head(accepted: &AcceptedEvent, pinned: &AcceptedRun, status: &str) -> Vec<String> {
    vec![format!(
        "run {} of {:?} for {} of rule {} ({}) version {}, {} {:?}, accepted {}: {status}",
        pinned.run_id,
        accepted.event_id,
        accepted.id,
        pinned.rule_id,
        pinned.rule_name,
        pinned.version,
        accepted.correlation_id,
        accepted.traceparent,
        accepted.accepted_at,
    )]
}

fn told_fault(code: &str, node_id: &str, message: &str) -> String {
    format!("  fault {code} at {node_id:?}: {}", without_ids(message))
}

fn told_nodes(nodes: &str) -> String {
    format!("  nodes {}", without_ids(nodes))
}

fn told_transaction(reference: &str, node_id: &str, description: Option<&str>, metadata: &str) -> String {
    let metadata = without_ids(metadata);
    format!("  {node_id} posted {reference:?} ({description:?}, {metadata})")
}

fn told_entry(
    direction: Direction,
    account: impl Display,
    amount: Money,
    number: u64,
    balance_after: Money,
) -> String {
    let side = direction.name();
    format!("    {side} {account} {amount}, its {number}th entry, leaves {balance_after}")
}

fn told_event(number: u64, event_type: &str, node_id: &str, data: &str) -> String {
    format!("  {node_id} sent {number}: {event_type} {}", without_ids(data))
}

/// The text with `#` in place of every UUID.
fn without_ids(text: &str) -> String {
    const LENGTH: usize = 36;
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    // A UUID's first dash stands behind eight digits.
    while let Some(dash) = rest.find('-') {
        let begin = dash.checked_sub(8);
        let id = begin.and_then(|begin| rest.get(begin..begin + LENGTH));
        let is_id = id.is_some_and(|id| uuid::Uuid::try_parse(id).is_ok());
        let (kept, mark, behind) = match begin {
            Some(begin) if is_id => (begin, "#", begin + LENGTH),
            _ => (dash, "-", dash + 1),
        };
        told.push_str(rest.get(..kept).unwrap_or_default());
        told.push_str(mark);
        rest = rest.get(behind..).unwrap_or_default();
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_not_told() {
        let text = r#"{"hold":"019b76da-a801-7707-8707-070707070707","né-é":"a-019b76da-é"}"#;
        assert_eq!(without_ids(text), r##"{"hold":"#","né-é":"a-019b76da-é"}"##);
        assert_eq!(without_ids("019b76da-a801-7707-8707-070707070707:post"), "#:post");
        assert_eq!(without_ids("-"), "-");
    }
}
