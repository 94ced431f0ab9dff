//! Where amounts come from, and which cannot be used.

use serde_json::{Value, json};

use super::{decide, decided, entries, json_text, refused};
use crate::Effect;

/// Every task that works with an amount, with the parameters that it cannot do without.
fn with_amounts() -> [(&'static str, Value); 6] {
    [
        ("generate_invoice", json!({})),
        ("generate_royalty", json!({})),
        ("generate_commission", json!({})),
        (
            "split_payment",
            json!({"shares": [{"account": "a", "percent": 100}]}),
        ),
        ("hold", json!({"account": "wallet", "to": "merchant"})),
        (
            "convert_currency",
            json!({"from": "BRL", "to": "USD", "rate": "0.5"}),
        ),
    ]
}

fn with(parameters: &Value, name: &str, value: Value) -> Value {
    let mut parameters = parameters.clone();
    parameters[name] = value;
    parameters
}

/// What is no amount, whichever task reads it, in BRL.
fn unreadable() -> Vec<Value> {
    let texts = [
        r#""abc""#,
        r#""""#,
        r#""12,50""#,
        r#""1 000""#,
        r#""+1""#,
        r#"".5""#,
        r#""1.""#,
        r#""1e2""#,
        r#""NaN""#,
        "1e400",
        "1E2",
        "-1",
        r#""-0.01""#,
        "120.005",
        r#""0.001""#,
        "92233720368547758.08",
        "10000000000000.01",
        r#""99999999999999999999999999999999999999999999""#,
        "null",
        "true",
        "[]",
        r#"["120.00"]"#,
        "{}",
        r#"{"$serde_json::private::Number":"120.00"}"#,
        r#"{"minor":12000,"currency":"BRL"}"#,
    ];
    texts.map(json_text).to_vec()
}

#[test]
fn the_amount_is_the_parameter_else_the_total_of_the_event() {
    for (task, parameters) in with_amounts() {
        let by_default = decided(task, &parameters);
        let said = decide(
            task,
            &json!({"total": "7.00"}),
            &with(&parameters, "amount", json!("120.00")),
        )
        .unwrap();
        assert_eq!(by_default, said, "{task}");
    }
}

#[test]
fn amounts_are_numbers_or_strings_to_the_digit() {
    for text in ["120", "120.0", "120.00", "120.000", r#""120""#, r#""120.0000""#] {
        let decision = decide("generate_invoice", &json!({"total": json_text(text)}), &json!({})).unwrap();
        assert_eq!(
            entries(&decision),
            ["debit receivables 120.00 BRL", "credit revenue 120.00 BRL"],
            "{text}"
        );
    }
    let largest = json!({"total": json_text("10000000000000.00")});
    let decision = decide("generate_invoice", &largest, &json!({})).unwrap();
    assert_eq!(decision.output["amount"], "10000000000000.00");
}

#[test]
fn an_amount_that_cannot_be_read_is_refused_as_such_wherever_it_stands() {
    for (task, parameters) in with_amounts() {
        for amount in unreadable() {
            let stated = refused(task, &with(&parameters, "amount", amount.clone()));
            assert_eq!(stated.code, "invalid_amount", "{task} {amount}: {stated}");
            let by_default = decide(task, &json!({"total": amount}), &parameters).unwrap_err();
            assert_eq!(by_default.code, "invalid_amount", "{task} {amount}: {by_default}");
        }
        let missing = decide(task, &json!({}), &parameters).unwrap_err();
        assert_eq!(missing.code, "invalid_amount");
        assert_eq!(
            missing.message,
            "there is no `amount`, and the event has no `total`"
        );
    }
}

#[test]
fn amounts_of_entries_and_shares_are_as_strict() {
    for amount in unreadable() {
        let entry = |direction: &str| json!({"account": direction, "direction": direction, "amount": amount});
        let parameters = json!({"entries": [entry("debit"), entry("credit")]});
        assert_eq!(
            refused("post_transaction", &parameters).code,
            "invalid_amount",
            "{amount}"
        );
        let parameters = json!({"shares": [{"account": "a", "amount": amount}]});
        assert_eq!(
            refused("split_payment", &parameters).code,
            "invalid_amount",
            "{amount}"
        );
    }
}

#[test]
fn a_refusal_shows_what_was_found() {
    let error = refused("generate_invoice", &json!({"amount": "-5"}));
    assert_eq!(error.message, "\"-5\" is negative: expected zero or more");
    let error = refused("generate_invoice", &json!({"amount": "x".repeat(10_000)}));
    assert!(error.message.len() < 200, "{error}");
}

#[test]
fn an_invoice_of_nothing_is_numbered_but_posts_nothing() {
    let decision = decided("generate_invoice", &json!({"amount": 0}));
    assert!(matches!(decision.effects.as_slice(), [Effect::Event(_)]));
    assert_eq!(decision.output["amount"], "0.00");
}

#[test]
fn a_share_of_nothing_posts_nothing() {
    for task in ["generate_royalty", "generate_commission"] {
        for parameters in [
            json!({"amount": "0.00"}),
            json!({"amount": "0.04"}),
            json!({"percent": 0}),
        ] {
            let decision = decided(task, &parameters);
            assert_eq!(decision.effects, [], "{task} {parameters}");
            assert_eq!(decision.output["amount"], "0.00");
        }
    }
}

#[test]
fn where_nothing_makes_no_sense_zero_is_refused() {
    let strict = with_amounts()
        .into_iter()
        .filter(|(task, _)| !task.starts_with("generate"));
    for (task, parameters) in strict {
        let error = refused(task, &with(&parameters, "amount", json!("0.00")));
        assert_eq!(error.code, "invalid_amount", "{task}");
        let error = decide(task, &json!({"total": 0}), &parameters).unwrap_err();
        assert_eq!(error.code, "invalid_amount", "{task}");
    }
}
