//! Undoing what succeeded in a run that ended badly.

use rules::{CompensationState, EndStatus, NodeError, TaskId, TaskOutcome};
use serde_json::{Value, json};

use super::play::{Play, condition, rule, task};

/// A task that is undone by a refund of its own output.
fn undoable(id: &str, depends_on: &[&str]) -> Value {
    let parameters = json!({"of": format!("$context.nodes.{id}.output.of"), "total": "$context.event.total"});
    let compensate = json!({"task_name": "payment.tasks.refund_payment", "parameters": parameters});
    task(id, depends_on, json!({"compensate": compensate}))
}

fn undone(play: &Play<'_>) -> Vec<String> {
    play.undoing()
        .iter()
        .map(|call| call.node_id.to_owned())
        .collect()
}

#[test]
fn what_succeeded_is_undone_in_reverse_order_of_settling() {
    let nodes = json!([
        undoable("a", &[]),
        undoable("b", &["a=success"]),
        undoable("c", &[]),
        undoable("failing", &["b=success"]),
        condition("no", &[]),
        undoable("skipped", &["no=success"]),
        task("plain", &[], json!({})),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"no": "no", "total": 7}), &["failing"]);
    assert_eq!(play.status(), EndStatus::Failed);
    assert_eq!(undone(&play), ["b", "c", "a"]);
    for call in play.undoing() {
        assert_eq!(call.task, TaskId(5));
        assert_eq!(Value::from(call.input), json!({"of": call.node_id, "total": 7}));
    }
}

#[test]
fn the_order_is_that_in_which_answers_came() {
    let rule = rule(&json!([undoable("a", &[]), undoable("b", &[])]));
    let mut play = Play::new(&rule.plan, &json!({}));
    for id in ["a", "b"] {
        assert_eq!(play.next_call(), Some(id));
        play.wait(id);
    }
    play.succeed("b", json!({}));
    play.succeed("a", json!({}));
    assert_eq!(play.next_call(), None);
    assert_eq!(undone(&play), ["a", "b"]);
}

#[test]
fn how_undoing_went_is_kept_with_the_node() {
    let rule = rule(&json!([undoable("a", &[]), undoable("b", &[])]));
    let mut play = Play::to_end(&rule.plan, &json!({}), &[]);
    let position = |id| rule.plan.position(id).unwrap();
    play.execution
        .settle_compensation(position("a"), TaskOutcome::Waiting);
    assert_eq!(play.record("a").compensation, None);
    play.execution
        .settle_compensation(position("a"), TaskOutcome::Success(json!(1)));
    let error = NodeError {
        code: "declined".to_owned(),
        message: "no refund".to_owned(),
    };
    play.execution
        .settle_compensation(position("b"), TaskOutcome::Failure(error.clone()));
    let (a, b) = (
        play.record("a").compensation.clone().unwrap(),
        play.record("b").compensation.clone().unwrap(),
    );
    assert_eq!(
        (a.state, a.output, a.error),
        (CompensationState::Succeeded, Some(json!(1)), None)
    );
    assert_eq!(
        (b.state, b.output, b.error),
        (CompensationState::Failed, None, Some(error))
    );
    assert_eq!(play.state("b"), "success");
}

#[test]
fn a_node_without_compensation_has_none_to_run() {
    let rule = rule(&json!([task("a", &[], json!({}))]));
    let play = Play::to_end(&rule.plan, &json!({}), &[]);
    assert!(play.undoing().is_empty());
}
