//! `hold`, `capture_hold`, `release_hold`: what they ask for. What the books say to it is the desk's business.

use serde_json::{Value, json};

use super::{ACCEPTED_AT, NEW_ID, decided, members, refused};
use crate::Effect;

const HOLD: &str = "0190a000-0000-7000-8000-000000000001";

#[test]
fn a_hold_has_the_id_that_its_node_was_given() {
    let decision = decided(
        "hold",
        &json!({"account": "wallet:7", "to": "merchant:42", "expires_in_s": 60}),
    );
    let [Effect::PlaceHold(draft)] = decision.effects.as_slice() else {
        panic!("expected a hold, found {decision:?}")
    };
    assert_eq!(draft.id, NEW_ID);
    assert_eq!(
        (draft.account.as_str(), draft.to.as_str()),
        ("wallet:7", "merchant:42")
    );
    assert_eq!(draft.amount.to_string(), "120.00 BRL");
    assert_eq!(draft.expires_at_ms, Some(ACCEPTED_AT.as_millisecond() + 60_000));
    let output = json!({
        "hold_id": NEW_ID.to_string(), "amount": "120.00", "currency": "BRL", "expires_at": "2026-01-01T00:01:00Z",
    });
    assert_eq!(decision.output, members(&output));
}

#[test]
fn a_hold_expires_within_a_year_or_never() {
    let never = decided("hold", &json!({"account": "a", "to": "b"}));
    assert_eq!(never.output["expires_at"], Value::Null);
    for wrong in [json!(0), json!(31_622_401), json!(-1), json!(1.5), json!("soon")] {
        let error = refused("hold", &json!({"account": "a", "to": "b", "expires_in_s": wrong}));
        assert_eq!(error.code, "invalid_input");
        assert!(error.message.starts_with("`expires_in_s` is "), "{error}");
    }
    decided(
        "hold",
        &json!({"account": "a", "to": "b", "expires_in_s": 31_622_400}),
    );
}

#[test]
fn a_capture_is_of_all_unless_said_and_passes_on_what_it_does_not_know() {
    let all = decided("capture_hold", &json!({"hold_id": HOLD}));
    let part = decided(
        "capture_hold",
        &json!({"hold_id": HOLD, "amount": "80.00", "order": "o-1"}),
    );
    let capture = |amount: Option<Value>, metadata: Value| Effect::CaptureHold {
        hold_id: HOLD.parse().unwrap(),
        amount,
        metadata: members(&metadata),
    };
    assert_eq!(all.effects, [capture(None, json!({}))]);
    assert_eq!(
        part.effects,
        [capture(Some(json!("80.00")), json!({"order": "o-1"}))]
    );
    assert_eq!(part.output, members(&json!({"hold_id": HOLD})));
}

#[test]
fn a_release_names_its_hold() {
    let decision = decided("release_hold", &json!({"hold_id": HOLD}));
    let hold_id = HOLD.parse().unwrap();
    assert_eq!(decision.effects, [Effect::ReleaseHold { hold_id }]);
}

#[test]
fn a_hold_is_named_by_its_uuid() {
    for task in ["capture_hold", "release_hold"] {
        for wrong in [json!(null), json!("hold-1"), json!(7)] {
            let error = refused(task, &json!({"hold_id": wrong}));
            assert_eq!(error.code, "invalid_input");
            assert_eq!(error.message, format!("`hold_id` is {wrong}: expected a UUID"));
        }
    }
}
