//! When a node runs.

use serde_json::{Value, json};

use super::play::{Play, condition, joining_any, rule, task};

/// A physical product's branch and a digital one's meet again at the invoice.
fn two_branches() -> Value {
    json!([
        condition("physical", &[]),
        task("ship", &["physical=success"], json!({})),
        task("copy", &["ship=success"], json!({})),
        task("mail", &["physical=failure"], json!({})),
        joining_any(task("invoice", &["copy=success", "mail=success"], json!({}))),
    ])
}

#[test]
fn a_join_of_any_is_reached_by_either_branch() {
    let rule = rule(&two_branches());
    let physical = Play::to_end(&rule.plan, &json!({"physical": "yes"}), &[]);
    assert_eq!(
        ["ship", "copy", "mail", "invoice"].map(|id| physical.state(id)),
        ["success", "success", "skipped", "success"]
    );
    let digital = Play::to_end(&rule.plan, &json!({"physical": "no"}), &[]);
    assert_eq!(
        ["ship", "copy", "mail", "invoice"].map(|id| digital.state(id)),
        ["skipped", "skipped", "success", "success"]
    );
}

#[test]
fn a_join_of_any_runs_once_and_only_when_all_its_edges_have_settled() {
    let nodes = json!([
        task("fast", &[], json!({})),
        task("slow", &[], json!({})),
        joining_any(task("merge", &["fast=success", "slow=success"], json!({}))),
    ]);
    let rule = rule(&nodes);
    let mut play = Play::new(&rule.plan, &json!({}));
    assert_eq!(play.next_call(), Some("fast"));
    play.succeed("fast", json!(1));
    assert_eq!(play.next_call(), Some("slow"));
    play.wait("slow");
    assert_eq!(play.next_call(), None);
    assert_eq!(play.state("merge"), "pending");
    play.fail("slow");
    assert_eq!(play.next_call(), Some("merge"));
    play.succeed("merge", json!(1));
    assert_eq!(play.next_call(), None);
    assert_eq!(play.record("merge").attempts, 1);
}

#[test]
fn a_join_of_all_needs_every_edge() {
    let nodes = json!([
        condition("a", &[]),
        condition("b", &[]),
        task("both", &["a=success", "b=success"], json!({})),
        joining_any(task("either", &["a=success", "b=success"], json!({}))),
    ]);
    let rule = rule(&nodes);
    for (a, b, both, either) in [
        ("yes", "yes", "success", "success"),
        ("yes", "no", "skipped", "success"),
        ("no", "yes", "skipped", "success"),
        ("no", "no", "skipped", "skipped"),
    ] {
        let play = Play::to_end(&rule.plan, &json!({"a": a, "b": b}), &[]);
        assert_eq!(
            [play.state("both"), play.state("either")],
            [both, either],
            "{a} {b}"
        );
    }
}

#[test]
fn an_edge_is_satisfied_by_the_state_it_asks_for() {
    let nodes = json!([
        condition("c", &[]),
        task("on_success", &["c=success"], json!({})),
        task("on_failure", &["c=failure"], json!({})),
        task("on_error", &["c=error"], json!({})),
        task("on_any", &["c=any"], json!({})),
    ]);
    let rule = rule(&nodes);
    for (event, expected) in [
        (json!({"c": "yes"}), ["success", "skipped", "skipped", "success"]),
        (json!({"c": "no"}), ["skipped", "success", "skipped", "success"]),
        (json!({"c": 5}), ["skipped", "skipped", "success", "success"]),
    ] {
        let play = Play::to_end(&rule.plan, &event, &[]);
        let states = ["on_success", "on_failure", "on_error", "on_any"].map(|id| play.state(id));
        assert_eq!(states, expected, "{event}");
    }
}

#[test]
fn skipped_propagates_and_satisfies_no_edge() {
    let nodes = json!([
        condition("c", &[]),
        task("first", &["c=success"], json!({})),
        task("second", &["first=success"], json!({})),
        task("whatever", &["first=any"], json!({})),
        joining_any(task("merge", &["second=any", "whatever=any"], json!({}))),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"c": "no"}), &[]);
    for id in ["first", "second", "whatever", "merge"] {
        assert_eq!(play.state(id), "skipped", "{id}");
        assert_eq!(play.record(id).attempts, 0, "{id}");
    }
}

#[test]
fn nodes_take_effect_by_wave_and_then_by_id() {
    let nodes = json!([
        task("z", &[], json!({})),
        task("c", &["z=success"], json!({})),
        task("late", &["skipped=any"], json!({})),
        task("b", &["a=success"], json!({})),
        condition("no", &[]),
        task("skipped", &["no=success"], json!({})),
        joining_any(task("a2", &["skipped=any", "z=success"], json!({}))),
        task("a", &[], json!({})),
    ]);
    let rule = rule(&nodes);
    let mut play = Play::new(&rule.plan, &json!({"no": "no"}));
    let mut calls = Vec::new();
    while let Some(id) = play.next_call() {
        play.succeed(id, json!({}));
        calls.push(id);
    }
    // `a2` waits for a node that is skipped: that node's wave counts all the same.
    assert_eq!(calls, ["a", "z", "b", "c", "a2"]);
    let wave = |id| rule.plan.wave(rule.plan.position(id).unwrap()).unwrap();
    assert_eq!(
        ["a", "no", "c", "skipped", "a2", "late"].map(wave),
        [1, 1, 2, 2, 3, 3]
    );
}
