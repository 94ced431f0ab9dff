//! The tasks that post nothing: aborts, shipments, notifications, events.

use serde_json::{Value, json};

use super::{decided, members, refused, told};
use crate::{Decision, Numbering};

/// The type and data of the one event.
fn message(decision: &Decision) -> (&str, Value) {
    let event = told(decision);
    assert_eq!(event.numbering, Numbering::Plain);
    assert_eq!(decision.effects.len(), 1);
    (&event.event_type, event.data.clone().into())
}

#[test]
fn an_abort_yields_its_reason() {
    let said = decided("abort_flow", &json!({"reason": "not a product"}));
    assert_eq!(said, Decision::of(members(&json!({"reason": "not a product"}))));
    let unsaid = decided("abort_flow", &json!({}));
    assert_eq!(unsaid, Decision::of(members(&json!({"reason": null}))));
}

#[test]
fn a_shipment_is_of_one_unless_said() {
    let decision = decided("generate_shipment", &json!({"product_id": 17}));
    let data = json!({"product_id": "17", "address": null, "quantity": 1, "copy": false});
    assert_eq!(message(&decision), ("shipment.requested", data.clone()));
    assert_eq!(decision.output, members(&data));
    let address = json!({"street": "Rua A", "number": 1});
    let decision = decided("generate_shipment", &json!({"address": address, "quantity": "3"}));
    let data = json!({"product_id": null, "address": address, "quantity": 3, "copy": false});
    assert_eq!(message(&decision), ("shipment.requested", data));
}

#[test]
fn a_duplicate_is_marked_as_a_copy() {
    let decision = decided("duplicate_shipment", &json!({"product_id": "p-1"}));
    let data = json!({"product_id": "p-1", "address": null, "quantity": 1, "copy": true, "copies": 1});
    assert_eq!(message(&decision), ("shipment.requested", data.clone()));
    assert_eq!(decision.output, members(&data));
    let twice = decided("duplicate_shipment", &json!({"copies": 2}));
    assert_eq!(twice.output["copies"], 2);
}

#[test]
fn nothing_is_not_shipped() {
    for (task, name) in [
        ("generate_shipment", "quantity"),
        ("duplicate_shipment", "quantity"),
        ("duplicate_shipment", "copies"),
    ] {
        let error = refused(task, &json!({name: 0}));
        assert_eq!(error.code, "invalid_input");
        assert_eq!(error.message, format!("`{name}` is 0: expected at least 1"));
    }
}

#[test]
fn a_notification_says_who_what_and_with_what() {
    let decision = decided(
        "notify",
        &json!({"recipient": "royalties@example.com", "template": "sold", "data": [1]}),
    );
    let data = json!({"recipient": "royalties@example.com", "template": "sold", "data": [1]});
    assert_eq!(message(&decision), ("notification.requested", data));
    assert_eq!(
        decision.output,
        members(&json!({"recipient": "royalties@example.com", "template": "sold"}))
    );
    let error = refused("notify", &json!({}));
    assert_eq!(
        (error.code, error.message.as_str()),
        ("invalid_input", "`recipient` is null: expected a text")
    );
}

#[test]
fn an_event_says_what_its_data_says() {
    let data_of = |parameters: Value| {
        let decision = decided("emit_event", &parameters);
        let (event_type, data) = message(&decision);
        assert_eq!(event_type, "order.paid");
        assert_eq!(decision.output, members(&json!({"type": "order.paid"})));
        data
    };
    assert_eq!(data_of(json!({"type": "order.paid"})), json!({}));
    assert_eq!(data_of(json!({"type": "order.paid", "data": null})), json!({}));
    assert_eq!(
        data_of(json!({"type": "order.paid", "data": {"a": 1}})),
        json!({"a": 1})
    );
    assert_eq!(
        data_of(json!({"type": "order.paid", "data": [1]})),
        json!({"data": [1]})
    );
}

#[test]
fn a_type_is_dotted_lower_case_words() {
    for wrong in [
        json!(null),
        json!(""),
        json!("Order.paid"),
        json!("order paid"),
        json!("x".repeat(101)),
        json!(1),
    ] {
        let error = refused("emit_event", &json!({"type": wrong}));
        assert_eq!(error.code, "invalid_input");
        assert!(error.message.starts_with("`type` is "), "{error}");
    }
}
