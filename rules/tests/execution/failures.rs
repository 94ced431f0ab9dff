//! What a task's failure means to its run.

use rules::EndStatus;
use serde_json::json;

use super::play::{Play, condition, joining_any, rule, task};

#[test]
fn an_unhandled_failure_lets_the_other_branches_finish_and_fails_the_run() {
    let nodes = json!([
        task("a", &[], json!({})),
        task("after_a", &["a=success"], json!({})),
        task("b", &[], json!({})),
        task("after_b", &["b=success"], json!({})),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({}), &["a"]);
    let states = ["a", "after_a", "b", "after_b"].map(|id| play.state(id));
    assert_eq!(states, ["failure", "skipped", "success", "success"]);
    assert_eq!(play.status(), EndStatus::Failed);
    let fault = play.fault();
    assert_eq!(
        (
            fault.code.as_str(),
            fault.message.as_str(),
            fault.node_id.as_str()
        ),
        ("declined", "a was declined", "a")
    );
}

#[test]
fn a_failure_is_handled_by_a_node_that_asks_for_it_and_ran() {
    let nodes = json!([
        task("a", &[], json!({})),
        task("handler", &["a=failure"], json!({}))
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({}), &["a"]);
    assert_eq!(play.execution.end(), (EndStatus::Succeeded, None));
}

#[test]
fn a_condition_may_handle_a_failure_even_if_it_does_not_hold() {
    let nodes = json!([task("a", &[], json!({})), condition("handler", &["a=failure"])]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"handler": "no"}), &["a"]);
    assert_eq!(play.state("handler"), "failure");
    assert_eq!(play.status(), EndStatus::Succeeded);
}

#[test]
fn a_handler_that_is_skipped_handles_nothing() {
    let nodes = json!([
        task("a", &[], json!({})),
        condition("gate", &[]),
        task("handler", &["a=failure", "gate=success"], json!({})),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"gate": "no"}), &["a"]);
    assert_eq!(
        (play.status(), play.fault().node_id.as_str()),
        (EndStatus::Failed, "a")
    );
}

#[test]
fn a_handler_that_joins_any_handles_if_another_edge_let_it_run() {
    let nodes = json!([
        task("a", &[], json!({})),
        task("b", &[], json!({})),
        joining_any(task("handler", &["a=failure", "b=success"], json!({}))),
    ]);
    let rule = rule(&nodes);
    assert_eq!(
        Play::to_end(&rule.plan, &json!({}), &["a"]).status(),
        EndStatus::Succeeded
    );
    let both = Play::to_end(&rule.plan, &json!({}), &["a", "b"]);
    assert_eq!(
        (both.status(), both.fault().node_id.as_str()),
        (EndStatus::Failed, "b")
    );
}

#[test]
fn any_handles_nothing() {
    let nodes = json!([task("a", &[], json!({})), task("finally", &["a=any"], json!({}))]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({}), &["a"]);
    assert_eq!(play.state("finally"), "success");
    assert_eq!(
        (play.status(), play.fault().node_id.as_str()),
        (EndStatus::Failed, "a")
    );
}

#[test]
fn a_handler_that_fails_is_itself_unhandled() {
    let nodes = json!([
        task("a", &[], json!({})),
        task("handler", &["a=failure"], json!({}))
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({}), &["a", "handler"]);
    assert_eq!(
        (play.status(), play.fault().node_id.as_str()),
        (EndStatus::Failed, "handler")
    );
}

#[test]
fn on_failure_continue_handles_the_failure() {
    let rule = rule(&json!([task("a", &[], json!({"on_failure": "continue"}))]));
    let play = Play::to_end(&rule.plan, &json!({}), &["a"]);
    assert_eq!(play.state("a"), "failure");
    assert_eq!(play.execution.end(), (EndStatus::Succeeded, None));
}

#[test]
fn what_is_continued_after_is_a_failure_all_the_same() {
    let nodes = json!([
        task("a", &[], json!({"on_failure": "continue"})),
        task("after", &["a=success"], json!({})),
        task("instead", &["a=failure"], json!({})),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({}), &["a"]);
    assert_eq!(
        ["after", "instead"].map(|id| play.state(id)),
        ["skipped", "success"]
    );
}

#[test]
fn the_first_fault_in_order_is_the_runs() {
    let nodes = json!([
        task("late", &["z=success"], json!({})),
        task("z", &[], json!({})),
        task("y", &[], json!({})),
        task("x", &[], json!({"on_failure": "continue"})),
    ]);
    let rule = rule(&nodes);
    assert_eq!(
        Play::to_end(&rule.plan, &json!({}), &["late", "x", "y"])
            .fault()
            .node_id,
        "y"
    );
    assert_eq!(
        Play::to_end(&rule.plan, &json!({}), &["late", "x"])
            .fault()
            .node_id,
        "late"
    );
}
