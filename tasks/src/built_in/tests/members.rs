//! Members: those that a task knows must fit, those that it does not are passed on.

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::{decided, json_text, members, posted, refused, told};
use crate::Effect;
use crate::built_in::{
    abort_flow, all, convert_currency, emit_event, hold, invoice, notify, post_transaction, revenue_share,
    shipment, split_payment,
};
use crate::input::Parameters;
use crate::spec::schema_of;

#[test]
fn a_member_that_does_not_fit_is_named() {
    for (task, parameters, message) in [
        (
            "abort_flow",
            json!({"reason": []}),
            "`reason` is []: expected a text",
        ),
        (
            "generate_invoice",
            json!({"due_days": -1}),
            "`due_days` is -1: expected a whole number, zero or more",
        ),
        ("split_payment", json!({}), "`shares` is null: expected a list"),
        (
            "split_payment",
            json!({"shares": ["a"]}),
            "`shares` is [\"a\"]: expected an object as element 0",
        ),
        (
            "post_transaction",
            json!({"entries": [{"account": "a", "direction": "up", "amount": 1}]}),
            "`entries` is [{\"account\":\"a\",\"direction\":\"up\",\"amount\":1}]: expected something else in element 0: \
             `direction` is \"up\": expected one of \"debit\", \"credit\"",
        ),
        (
            "hold",
            json!({"account": "a b", "to": "c"}),
            "`account` is \"a b\": expected the code of an account, 1 to 128 of A-Z a-z 0-9 _ - . : @ /",
        ),
        (
            "hold",
            json!({"account": 7, "to": "c"}),
            "`account` is 7: expected the code of an account, 1 to 128 of A-Z a-z 0-9 _ - . : @ /",
        ),
    ] {
        let error = refused(task, &parameters);
        assert_eq!(
            (error.code, error.message.as_str()),
            ("invalid_input", message),
            "{task}"
        );
    }
}

#[test]
fn members_that_a_posting_task_does_not_know_are_its_metadata() {
    let odd =
        json_text(r#"{"product_id": "p-1", "digits": 1.10, "deep": {"$serde_json::private::Number": "1"}}"#);
    for (task, parameters) in [
        ("generate_invoice", json!({})),
        ("generate_royalty", json!({})),
        ("generate_commission", json!({})),
        (
            "split_payment",
            json!({"shares": [{"account": "a", "percent": 100}]}),
        ),
        ("convert_currency", json!({"from": "BRL", "to": "USD", "rate": 1})),
    ] {
        let mut parameters = members(&parameters);
        parameters.extend(members(&odd));
        let decision = decided(task, &parameters.into());
        let metadata = posted(&decision).metadata();
        for name in ["product_id", "digits", "deep"] {
            assert_eq!(metadata[name].to_string(), odd[name].to_string(), "{task}");
        }
    }
}

#[test]
fn members_that_a_telling_task_does_not_know_are_in_its_event() {
    for (task, parameters) in [
        ("generate_invoice", json!({})),
        ("generate_shipment", json!({})),
        ("duplicate_shipment", json!({})),
        ("notify", json!({"recipient": "ana"})),
        ("emit_event", json!({"type": "a", "data": {"b": 1}})),
    ] {
        let mut parameters = members(&parameters);
        parameters.insert("order".to_owned(), json!("o-1"));
        let decision = decided(task, &parameters.into());
        assert_eq!(told(&decision).data["order"], "o-1", "{task}");
        assert_eq!(decision.output.get("order"), None, "{task}");
    }
}

#[test]
fn what_a_task_states_outranks_what_is_passed_on() {
    let decision = decided("generate_royalty", &json!({"base": "1.00", "rounding": "up"}));
    assert_eq!(posted(&decision).metadata()["base"], "120.00");
    assert_eq!(posted(&decision).metadata()["rounding"], "half_even");
    let decision = decided("generate_shipment", &json!({"copy": true, "copies": 9}));
    assert_eq!(told(&decision).data["copy"], false);
    let decision = decided("emit_event", &json!({"type": "a", "data": {"b": 1}, "b": 2}));
    assert_eq!(told(&decision).data["b"], 1);
}

/// The members that a task reads are the members that its form shows, all of them and no others.
#[test]
fn schemas_name_exactly_the_members_that_are_read() {
    let read = [
        ("abort_flow", names_of::<abort_flow::Input>()),
        ("generate_invoice", names_of::<invoice::Input>()),
        ("generate_royalty", names_of::<revenue_share::Input>()),
        ("generate_commission", names_of::<revenue_share::Input>()),
        ("generate_shipment", names_of::<shipment::Shipment>()),
        ("duplicate_shipment", names_of::<shipment::Duplicate>()),
        ("notify", names_of::<notify::Input>()),
        ("post_transaction", names_of::<post_transaction::Input>()),
        ("split_payment", names_of::<split_payment::Input>()),
        ("hold", names_of::<hold::HoldInput>()),
        ("capture_hold", names_of::<hold::CaptureInput>()),
        ("release_hold", names_of::<hold::ReleaseInput>()),
        ("convert_currency", names_of::<convert_currency::Input>()),
        ("emit_event", names_of::<emit_event::Input>()),
    ];
    let shown: Vec<(String, Vec<String>)> = all()
        .iter()
        .map(|task| task.spec())
        .map(|spec| {
            (
                spec.name.replace("payment.tasks.", ""),
                properties(&spec.input_schema),
            )
        })
        .collect();
    let read: Vec<(String, Vec<String>)> = read
        .into_iter()
        .map(|(task, names)| (task.to_owned(), names))
        .collect();
    assert_eq!(shown, read);
    names_of::<post_transaction::Entry>();
    names_of::<split_payment::ShareInput>();
}

/// What a type reads, having seen that its own schema shows the same.
fn names_of<P: Parameters + JsonSchema>() -> Vec<String> {
    let read: Vec<String> = P::NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(properties(&schema_of::<P>()), read);
    read
}

fn properties(schema: &Value) -> Vec<String> {
    let properties = schema["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

#[test]
fn the_same_input_always_yields_the_same_decision() {
    for (task, parameters) in [
        ("generate_invoice", json!({"due_days": 3, "x": 1})),
        ("hold", json!({"account": "a", "to": "b", "expires_in_s": 9})),
        ("emit_event", json!({"type": "a", "data": {"z": 1, "a": 2}})),
    ] {
        assert_eq!(decided(task, &parameters), decided(task, &parameters));
    }
    let hold = decided("hold", &json!({"account": "a", "to": "b"}));
    assert!(matches!(hold.effects.as_slice(), [Effect::PlaceHold(_)]));
}
