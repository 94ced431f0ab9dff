//! What is allowed but hardly meant.

use serde_json::{Value, json};

use super::documents::{assert_warning, condition, of_nodes, on, task, warnings};

fn abort(id: &str, depends_on: Value) -> Value {
    let mut node = task(id, depends_on);
    node["task_name"] = "payment.tasks.abort_flow".into();
    node
}

fn joining_any(mut node: Value) -> Value {
    node["join"] = "any".into();
    node
}

/// A condition and one task on each of its branches.
fn branches() -> Vec<Value> {
    vec![
        condition("c", json!([])),
        task("yes", json!([on("c", "success")])),
        task("no", json!([on("c", "failure")])),
    ]
}

fn after_branches(node: Value) -> Value {
    let mut nodes = branches();
    nodes.push(node);
    of_nodes(nodes.into())
}

#[test]
fn a_rule_may_be_beyond_reproach() {
    let merge = joining_any(task("merge", json!([on("yes", "success"), on("no", "success")])));
    assert_eq!(warnings(&after_branches(merge)), []);
    assert_eq!(
        warnings(&of_nodes(json!([task("a", json!([])), task("b", json!([]))]))),
        []
    );
}

#[test]
fn a_condition_that_nothing_depends_on() {
    let unused = condition("unused", json!([on("c", "any")]));
    assert_warning(
        &after_branches(unused),
        "/rules/3",
        "unused_condition",
        &["`unused`"],
    );
}

#[test]
fn a_task_that_depends_on_nothing_beside_conditions() {
    assert_warning(
        &after_branches(task("always", json!([]))),
        "/rules/3",
        "always_runs",
        &["`always`"],
    );
}

#[test]
fn branches_that_exclude_each_other() {
    let both = task("both", json!([on("yes", "success"), on("no", "success")]));
    assert_warning(
        &after_branches(both),
        "/rules/3",
        "never_runs",
        &["`both` can never run", "`c` would have to settle in two ways"],
    );
    let either_way = task("either", json!([on("yes", "any"), on("no", "failure")]));
    assert_warning(&after_branches(either_way), "/rules/3", "never_runs", &["`c`"]);
}

#[test]
fn what_waits_for_a_node_that_never_runs() {
    let mut nodes = branches();
    nodes.push(task("both", json!([on("yes", "success"), on("no", "success")])));
    nodes.push(task("behind", json!([on("both", "any")])));
    nodes.push(joining_any(task(
        "spared",
        json!([on("both", "success"), on("yes", "success")]),
    )));
    let expected = ["/rules/3", "/rules/4"].map(|pointer| (pointer.to_owned(), "never_runs"));
    assert_eq!(warnings(&of_nodes(nodes.into())), expected);
}

#[test]
fn what_comes_after_an_abort() {
    let mut nodes = branches();
    nodes.push(abort("stop", json!([on("yes", "success")])));
    nodes.push(task("after", json!([on("stop", "success")])));
    nodes.push(task("far", json!([on("after", "any")])));
    nodes.push(task("if_it_failed", json!([on("stop", "failure")])));
    nodes.push(joining_any(task(
        "spared",
        json!([on("stop", "success"), on("no", "success")]),
    )));
    let document = of_nodes(nodes.into());
    let expected = ["/rules/4", "/rules/5"].map(|pointer| (pointer.to_owned(), "after_abort"));
    assert_eq!(warnings(&document), expected);
}

#[test]
fn what_handles_a_failure_that_aborts() {
    let mut failing = task("fails", json!([]));
    failing["on_failure"] = "abort".into();
    let document = of_nodes(json!([failing, task("handler", json!([on("fails", "failure")]))]));
    assert_warning(
        &document,
        "/rules/1",
        "after_abort",
        &["`handler` can never run: the way to it ends at `fails`."],
    );
}

#[test]
fn a_retry_or_timeout_of_a_task_that_makes_no_call() {
    let mut node = task("t", json!([]));
    node["retry"] = json!({});
    node["timeout_ms"] = json!(5);
    let expected = ["/rules/0/retry", "/rules/0/timeout_ms"].map(|pointer| (pointer.to_owned(), "no_effect"));
    assert_eq!(warnings(&of_nodes(json!([node]))), expected);
    node["task_name"] = "payment.tasks.capture_payment".into();
    assert_eq!(warnings(&of_nodes(json!([node]))), []);
}
