use rules::{Finding, Report};
use serde_json::json;

use super::*;

fn tasks() -> Tasks {
    Tasks::built_in().unwrap()
}

/// A rule that places a hold, then runs one task.
fn rule(task_name: &str, parameters: &Value) -> Report {
    let document = json!({"company_id": "b5aa9687-d61f-467c-973e-f55d446981dc", "rules": [
        {
            "node_type": "task", "node_id": "hold-1", "task_name": "payment.tasks.hold",
            "parameters": {"account": "wallet", "to": "merchant"},
        },
        {
            "node_type": "task", "node_id": "task-1", "task_name": task_name, "parameters": parameters,
            "depends_on": [{"node_id": "hold-1", "state": "success"}],
        },
    ]});
    rules::check(&document, &tasks())
}

fn findings(task: &str, parameters: &Value) -> Vec<Finding> {
    rule(&format!("payment.tasks.{task}"), parameters).findings
}

/// Where the parameters are refused.
fn refused_at(task: &str, parameters: &Value) -> Vec<String> {
    let findings = findings(task, parameters);
    assert!(
        findings
            .iter()
            .all(|finding| finding.code == "invalid_parameters"),
        "{findings:?}"
    );
    findings
        .into_iter()
        .map(|finding| finding.pointer.replace("/rules/1/parameters", ""))
        .collect()
}

#[test]
fn every_example_is_accepted() {
    for spec in tasks().specs() {
        let report = rule(spec.name, &spec.example);
        assert_eq!(report.findings, [], "{}", spec.name);
    }
}

#[test]
fn an_example_breaks_its_schema_only_where_a_path_stands() {
    let tasks = tasks();
    for spec in tasks.specs() {
        let id = tasks.task(spec.name).unwrap().id;
        let example = spec.example.as_object().unwrap();
        let stands_a_path = |pointer: &str| {
            let value = spec.example.pointer(pointer).and_then(Value::as_str);
            value.is_some_and(|text| text.starts_with("$context"))
        };
        assert_eq!(
            tasks.check_parameters(id, example, &stands_a_path),
            [],
            "{}",
            spec.name
        );
    }
}

#[test]
fn every_task_says_what_a_form_needs() {
    for spec in tasks().specs() {
        let name = spec.name;
        assert!(
            name.strip_prefix("payment.tasks.")
                .is_some_and(|short| !short.contains('.')),
            "{name}"
        );
        assert!(
            !spec.title.is_empty() && spec.description.ends_with('.'),
            "{name}"
        );
        for schema in [&spec.input_schema, &spec.output_schema] {
            jsonschema::meta::validate(schema).unwrap();
            assert_eq!(schema["type"], "object", "{name}");
            assert_eq!(
                schema.get("additionalProperties"),
                None,
                "{name} passes members on"
            );
            assert!(
                !schema.to_string().contains("$ref"),
                "{name} stands on its own: {schema}"
            );
            for (member, property) in schema["properties"].as_object().unwrap() {
                assert!(property["description"].is_string(), "{name}: {member}");
            }
        }
    }
}

#[test]
fn members_that_have_no_default_are_required() {
    for (task, required) in [
        ("abort_flow", None),
        ("notify", Some(json!(["recipient"]))),
        ("post_transaction", Some(json!(["entries"]))),
        ("split_payment", Some(json!(["shares"]))),
        ("hold", Some(json!(["account", "to"]))),
        ("capture_hold", Some(json!(["hold_id"]))),
        ("release_hold", Some(json!(["hold_id"]))),
        ("convert_currency", Some(json!(["from", "to", "rate"]))),
        ("emit_event", Some(json!(["type"]))),
    ] {
        let tasks = tasks();
        let spec = tasks
            .specs()
            .find(|spec| spec.name == format!("payment.tasks.{task}"));
        assert_eq!(
            spec.unwrap().input_schema.get("required"),
            required.as_ref(),
            "{task}"
        );
        assert_eq!(
            findings(task, &json!({})).is_empty(),
            required.is_none(),
            "{task}"
        );
    }
}

#[test]
fn null_says_nothing_only_where_no_money_hangs_on_it() {
    let nulls = json!({"amount": null, "currency": null, "percent": null, "beneficiary": null});
    assert_eq!(
        refused_at("generate_royalty", &nulls),
        ["/amount", "/beneficiary", "/currency", "/percent"]
    );
    let entry = json!({"account": "a", "direction": "debit", "amount": 1, "kind": null, "overdraft": null});
    assert_eq!(
        refused_at(
            "post_transaction",
            &json!({"entries": [entry, entry], "reference": null, "description": null})
        ),
        [
            "/entries/0/kind",
            "/entries/0/overdraft",
            "/entries/1/kind",
            "/entries/1/overdraft",
            "/reference"
        ]
    );
    let conversion = json!({"from": "BRL", "to": "USD", "rate": null, "account": null, "rounding": null});
    assert_eq!(
        refused_at("convert_currency", &conversion),
        ["/account", "/rate", "/rounding"]
    );
    let hold = json!({"account": "a", "to": "b", "expires_in_s": null});
    assert_eq!(refused_at("hold", &hold), ["/expires_in_s"]);
    let harmless = json!({"product_id": null, "address": null, "quantity": null});
    assert_eq!(findings("generate_shipment", &harmless), []);
}

#[test]
fn what_can_be_known_to_be_wrong_is_refused_when_the_rule_is_saved() {
    for amount in [
        json!("abc"),
        json!("-1"),
        json!(-1),
        json!("1e2"),
        json!([]),
        json!({}),
        json!("0.001"),
        rules::json::parse(b"1e400").unwrap(),
        rules::json::parse(b"12345678901234567890.10").unwrap(),
    ] {
        assert_eq!(
            refused_at("generate_invoice", &json!({"amount": amount})),
            ["/amount"],
            "{amount}"
        );
    }
    for amount in [json!("120.00"), json!("120.000"), json!(0)] {
        assert_eq!(findings("generate_invoice", &json!({"amount": amount})), []);
    }
    assert_eq!(
        refused_at("generate_invoice", &json!({"currency": "real"})),
        ["/currency"]
    );
    assert_eq!(
        refused_at("hold", &json!({"account": "", "to": 7})),
        ["/account", "/to"]
    );
    assert_eq!(refused_at("emit_event", &json!({"type": "Paid!"})), ["/type"]);
    let entry = json!({"account": "a b", "direction": "up", "amount": 1, "kind": "wealth"});
    assert_eq!(
        refused_at("post_transaction", &json!({"entries": [entry]})),
        [
            "/entries",
            "/entries/0/account",
            "/entries/0/direction",
            "/entries/0/kind"
        ]
    );
    let share = json!({"account": "a", "amount": "0.001"});
    let dinars = json!({"currency": "KWD", "shares": [share]});
    assert_eq!(findings("split_payment", &dinars), []);
    assert_eq!(
        refused_at("split_payment", &json!({"currency": "BRL", "shares": [share]})),
        ["/shares/0/amount"]
    );
    assert_eq!(refused_at("split_payment", &json!({"shares": []})), ["/shares"]);
    assert_eq!(
        refused_at("hold", &json!({"account": "a", "to": "b", "currency": "ZZZ"})),
        ["/currency"]
    );
}

#[test]
fn a_reference_of_the_payments_api_is_refused_when_the_rule_is_saved() {
    let entry = |direction: &str| json!({"account": "a", "direction": direction, "amount": 1});
    let named =
        |reference: &str| json!({"reference": reference, "entries": [entry("debit"), entry("credit")]});
    for reference in [
        "transfers/order-1",
        "transfers/{{ $context.event.order }}",
        "holds/{{ $context.event.hold }}/capture",
    ] {
        assert_eq!(
            refused_at("post_transaction", &named(reference)),
            ["/reference"],
            "{reference}"
        );
    }
    for reference in [
        "order-1",
        "$context.event.order",
        "{{ $context.event.kind }}/1",
        "my/transfers/1",
        "transfers",
    ] {
        assert_eq!(findings("post_transaction", &named(reference)), [], "{reference}");
    }
}

#[test]
fn a_finding_says_what_was_expected() {
    let findings = findings("emit_event", &json!({"type": "Paid!"}));
    assert_eq!(findings[0].pointer, "/rules/1/parameters/type");
    assert_eq!(
        findings[0].detail,
        "\"Paid!\" does not match \"^[a-z0-9._-]{1,100}$\"."
    );
}

#[test]
fn what_a_path_will_name_is_not_held_against_the_schema() {
    let entry = json!({
        "account": "wallet:{{ $context.event.customer }}", "direction": "$context.event.side",
        "amount": "{{ $context.event.total }}", "kind": "$context.event.kind",
    });
    assert_eq!(
        findings("post_transaction", &json!({"entries": [entry, entry]})),
        []
    );
    assert_eq!(
        findings("post_transaction", &json!({"entries": "$context.event.entries"})),
        []
    );
    let literal = json!({"amount": "$$context.event.total"});
    assert_eq!(refused_at("generate_invoice", &literal), ["/amount"]);
}

#[test]
fn people_write_payments_too() {
    let tasks = tasks();
    for spec in tasks.specs() {
        let alias = spec.name.replace("payment.tasks.", "payments.tasks.");
        let traits = tasks.task(&alias).unwrap();
        assert_eq!(Some(traits), tasks.task(spec.name));
        assert_eq!(traits.name, spec.name, "it is shown by its one name");
        assert_eq!(tasks.get(traits.id).unwrap().spec().name, spec.name);
    }
    assert_eq!(tasks.task("generate_invoice"), None);
    assert_eq!(tasks.task("payment.tasks."), None);
}

#[test]
fn names_are_unique_and_only_the_abort_ends_a_run() {
    let tasks = tasks();
    let mut names = tasks.names();
    assert_eq!(names.len(), 14);
    let ending: Vec<&str> = tasks
        .specs()
        .filter(|spec| spec.ends_run)
        .map(|spec| spec.name)
        .collect();
    assert_eq!(ending, ["payment.tasks.abort_flow"]);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 14);
}

#[test]
fn an_unknown_task_is_refused_with_what_was_meant() {
    let findings = rule("payment.tasks.generate_royalti", &json!({})).findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].pointer.as_str(), findings[0].code),
        ("/rules/1/task_name", "unknown_task")
    );
    assert_eq!(
        findings[0].detail,
        "There is no task `payment.tasks.generate_royalti`. Did you mean `payment.tasks.generate_royalty`?"
    );
    let far = rule("mint_money", &json!({})).findings;
    assert_eq!(far[0].detail, "There is no task `mint_money`.");
}

#[test]
fn an_id_of_no_task_names_none() {
    let tasks = tasks();
    let nowhere = TaskId(usize::MAX);
    assert!(tasks.get(nowhere).is_none());
    assert_eq!(tasks.check_parameters(nowhere, &Map::new(), &|_| false), []);
}
