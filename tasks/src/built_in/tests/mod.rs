//! What each built-in task decides, and what it refuses.

mod amounts;
mod conversion;
mod currencies;
mod entries;
mod holds;
mod members;
mod messages;
mod shares;

use jiff::Timestamp;
use ledger::TransactionDraft;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::all;
use crate::{Decision, Effect, EventDraft, TaskContext, TaskError};

/// What every task here is asked with: the company's currency is BRL, and this is when the event came.
const ACCEPTED_AT: Timestamp = Timestamp::constant(1_767_225_600, 0);
const NEW_ID: Uuid = Uuid::from_u128(7);

/// What a task decides, by its short name.
fn decide(task: &str, event: &Value, parameters: &Value) -> Result<Decision, TaskError> {
    let name = format!("payment.tasks.{task}");
    let task = all().into_iter().find(|task| task.spec().name == name);
    let context = TaskContext {
        event,
        currency: "BRL".parse().unwrap(),
        accepted_at: ACCEPTED_AT,
        new_id: NEW_ID,
    };
    task.unwrap().decide(parameters.as_object().unwrap(), &context)
}

/// What a task decides for a payment of 120.00.
fn decided(task: &str, parameters: &Value) -> Decision {
    decide(task, &json!({"total": "120.00"}), parameters).unwrap()
}

/// Why a task refuses a payment of 120.00.
fn refused(task: &str, parameters: &Value) -> TaskError {
    let error = decide(task, &json!({"total": "120.00"}), parameters).unwrap_err();
    assert!(!error.retryable, "trying again never helps: {error:?}");
    error
}

/// JSON as it comes from outside, digits and odd member names and all.
fn json_text(text: &str) -> Value {
    rules::json::parse(text.as_bytes()).unwrap()
}

/// The one ledger transaction of a decision.
fn posted(decision: &Decision) -> &TransactionDraft {
    let mut posts = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Post(draft) => Some(draft),
        _ => None,
    });
    let draft = posts.next().unwrap();
    assert_eq!(posts.next(), None);
    draft
}

/// Its entries, in words: `debit receivables 120.00 BRL`.
fn entries(decision: &Decision) -> Vec<String> {
    let entries = posted(decision).entries().iter();
    entries
        .map(|entry| format!("{} {} {}", entry.direction.name(), entry.account, entry.amount))
        .collect()
}

/// The one event of a decision.
fn told(decision: &Decision) -> &EventDraft {
    let mut events = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Event(event) => Some(event),
        _ => None,
    });
    let event = events.next().unwrap();
    assert_eq!(events.next(), None);
    event
}

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}
