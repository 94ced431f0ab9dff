//! Paths, wherever they stand.

use serde_json::{Value, json};

use super::documents::{COMPANY, accepted, assert_fault, condition, faults, of_nodes, on, task};

/// A condition `first`, a task `second` after it, a task `beside` it, and a task `last` after `second` with a
/// parameter.
fn with_parameter(parameter: Value) -> Value {
    let mut last = task("last", json!([on("second", "success")]));
    last["parameters"] = json!({"list": [parameter]});
    of_nodes(json!([
        condition("first", json!([])),
        task("second", json!([on("first", "success")])),
        task("beside", json!([on("first", "failure")])),
        last,
    ]))
}

fn with_field(field: &str) -> Value {
    let mut asking = condition("c", json!([]));
    asking["expect"] = json!([{"field": field, "operator": "isnull"}]);
    of_nodes(json!([asking, task("t", json!([on("c", "success")]))]))
}

#[test]
fn a_path_may_name_an_ancestor_however_far() {
    for path in [
        "$context.nodes.second.output.x",
        "$context.nodes.first.state",
        "{{ $context.nodes['second'].error }}!",
    ] {
        accepted(&with_parameter(json!(path)));
    }
}

#[test]
fn a_path_may_not_name_another_node() {
    for node in ["beside", "last"] {
        for path in [
            format!("$context.nodes.{node}.output"),
            format!("is {{{{ $context.nodes.{node}.state }}}}"),
        ] {
            let document = with_parameter(json!(path));
            assert_fault(
                &document,
                "/rules/3/parameters/list/0",
                "not_an_ancestor",
                &[node, "depend on it"],
            );
        }
    }
    let document = with_parameter(json!("$context.nodes.secnd.output"));
    assert_fault(
        &document,
        "/rules/3/parameters/list/0",
        "bad_path",
        &["`secnd`", "Did you mean `second`?"],
    );
}

#[test]
fn a_compensation_may_look_at_the_node_that_it_undoes() {
    let mut document = with_parameter(json!(1));
    let parameters = json!({"of": "$context.nodes.last.output", "and": "$context.nodes.beside.output"});
    document["rules"][3]["compensate"] =
        json!({"task_name": "payment.tasks.refund_payment", "parameters": parameters});
    assert_fault(
        &document,
        "/rules/3/compensate/parameters/and",
        "not_an_ancestor",
        &["`beside`"],
    );
}

#[test]
fn roots_and_members_of_nodes_are_known_by_name() {
    assert_fault(
        &with_field("$context.evnt.a"),
        "/rules/0/expect/0/field",
        "bad_path",
        &["`evnt`", "Did you mean `event`?"],
    );
    assert_fault(
        &with_field("$context.node.a"),
        "/rules/0/expect/0/field",
        "bad_path",
        &["Did you mean `nodes`?"],
    );
    let document = with_parameter(json!("$context.nodes.second.outptu"));
    assert_fault(
        &document,
        "/rules/3/parameters/list/0",
        "bad_path",
        &["`outptu`", "Did you mean `output`?"],
    );
}

#[test]
fn a_field_is_a_path() {
    for field in [
        "event.a",
        "",
        "$.event.a",
        "$context",
        "$context.event.",
        "$context.event.a-b",
        "$context.event[?@.a > 1]",
    ] {
        assert_fault(&with_field(field), "/rules/0/expect/0/field", "bad_path", &[]);
    }
}

#[test]
fn when_looks_at_the_event_and_the_company_only() {
    let when = |field: &str| {
        let expect = json!([{"field": field, "operator": "isnull"}]);
        json!({"company_id": COMPANY, "rules": [task("t", json!([]))], "when": {"expect": expect}})
    };
    accepted(&when("$context.event.a"));
    accepted(&when("$context.company.plan"));
    assert_fault(
        &when("$context.run.id"),
        "/when/expect/0/field",
        "bad_path",
        &["before there is a run"],
    );
    assert_fault(
        &when("$context.nodes.t.state"),
        "/when/expect/0/field",
        "not_an_ancestor",
        &["before any node runs"],
    );
}

#[test]
fn only_what_is_dynamic_is_left_to_the_run() {
    let paying = |amount: Value| {
        let mut document = with_parameter(json!(1));
        document["rules"][3]["parameters"]["amount"] = amount;
        document
    };
    for amount in ["$context.event.total", "{{ $context.event.total }}0"] {
        accepted(&paying(json!(amount)));
    }
    for amount in ["12", "$$context.event.total"] {
        assert_fault(
            &paying(json!(amount)),
            "/rules/3/parameters/amount",
            "invalid_parameters",
            &["expected a number"],
        );
    }
    let mut document = with_parameter(json!(1));
    document["rules"][3]["parameters"]["address"] = json!({"city/town": "Olinda"});
    assert_fault(
        &document,
        "/rules/3/parameters/address/city~1town",
        "invalid_parameters",
        &["Recife"],
    );
    document["rules"][3]["parameters"]["address"] = json!({"city/town": "$context.event.town"});
    accepted(&document);
}

#[test]
fn several_bad_paths_are_all_found() {
    let document = with_parameter(json!(["$context.x", {"a/b": "{{ $context.y }} and {{ $context.z }}"}]));
    let at = |pointer: &str| (format!("/rules/3/parameters/list/0/{pointer}"), "bad_path");
    assert_eq!(faults(&document), [at("0"), at("1/a~1b"), at("1/a~1b")]);
}
