//! What a task's input is made of.

use rules::{Progress, TaskCall, json};
use serde_json::{Value, json};

use super::play::{Play, condition, rule, task};

fn next_input(play: &mut Play<'_>) -> Value {
    match play.advance() {
        Progress::Task(TaskCall { input, .. }) => input.into(),
        other => panic!("expected a call, not {other:?}"),
    }
}

#[test]
fn parameters_read_what_earlier_nodes_came_to() {
    let parameters = json!({
        "number": "$context.nodes.invoice.output.number",
        "state": "$context.nodes.invoice.state",
        "no_error": "$context.nodes.invoice.error",
        "failed": "$context.nodes['refused'].error.code",
        "no_output": "$context.nodes.refused.output.number",
        "condition": "$context.nodes.c.state",
        "skipped": "$context.nodes.s",
        "text": "invoice {{ $context.nodes.invoice.output.number }} was {{ $context.nodes.refused.error.message }}",
    });
    let all = ["invoice=success", "refused=failure", "c=any", "t=any"];
    let nodes = json!([
        task("invoice", &[], json!({})),
        task("refused", &[], json!({})),
        condition("c", &[]),
        task("s", &["c=success"], json!({})),
        { "node_id": "t", "node_type": "condition", "expect": [], "join": "any",
          "depends_on": [{"node_id": "s", "state": "any"}, {"node_id": "invoice", "state": "success"}] },
        task("z", &all, json!({"parameters": parameters})),
    ]);
    let rule = rule(&nodes);
    let mut play = Play::new(&rule.plan, &json!({"c": "no"}));
    assert_eq!(play.next_call(), Some("invoice"));
    play.succeed("invoice", json!({"number": 17}));
    assert_eq!(play.next_call(), Some("refused"));
    play.fail("refused");
    let expected = json!({
        "number": 17, "state": "success", "no_error": null, "failed": "declined", "no_output": null,
        "condition": "failure", "skipped": {"state": "skipped", "output": null, "error": null},
        "text": "invoice 17 was refused was declined",
    });
    assert_eq!(next_input(&mut play), expected);
}

#[test]
fn conditions_look_at_nodes_too() {
    let expect = json!([{"field": "$context.nodes.a.output.amount", "operator": "gt", "value": 100}]);
    let nodes = json!([
        task("a", &[], json!({})),
        {"node_id": "large", "node_type": "condition", "depends_on": [{"node_id": "a", "state": "success"}], "expect": expect},
    ]);
    let rule = rule(&nodes);
    let mut play = Play::new(&rule.plan, &json!({}));
    assert_eq!(play.next_call(), Some("a"));
    play.succeed("a", json!({"amount": "100.01"}));
    assert_eq!(play.advance(), Progress::Ended);
    assert_eq!(play.state("large"), "success");
}

#[test]
fn every_digit_of_an_output_survives_on_its_way() {
    let parameters = json!({"whole": "$context.nodes.a", "amount": "$context.nodes.a.output.amount"});
    let rule = rule(&json!([
        task("a", &[], json!({})),
        task("b", &["a=success"], json!({"parameters": parameters}))
    ]));
    let mut play = Play::new(&rule.plan, &json!({}));
    assert_eq!(play.next_call(), Some("a"));
    play.succeed("a", json::parse(br#"{"amount":1.50E3}"#).unwrap());
    let input = next_input(&mut play);
    assert_eq!(
        input.to_string(),
        r#"{"whole":{"state":"success","output":{"amount":1.50E3},"error":null},"amount":1.50E3}"#
    );
}
