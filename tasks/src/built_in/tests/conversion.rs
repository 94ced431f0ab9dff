//! `convert_currency`: both sides against `exchange`, rate and rounding stated.

use serde_json::{Value, json};

use super::{decided, entries, members, posted, refused};

fn conversion(parameters: &Value) -> Vec<String> {
    entries(&decided("convert_currency", parameters))
}

#[test]
fn one_currency_is_given_up_and_the_other_received() {
    let parameters = json!({"from": "USD", "to": "BRL", "amount": "100.00", "rate": "5.4321"});
    let decision = decided("convert_currency", &parameters);
    assert_eq!(
        entries(&decision),
        [
            "credit settlement 100.00 USD",
            "debit exchange 100.00 USD",
            "debit settlement 543.21 BRL",
            "credit exchange 543.21 BRL"
        ]
    );
    assert_eq!(
        *posted(&decision).metadata(),
        members(&json!({"rate": "5.4321", "rounding": "half_even"}))
    );
    assert_eq!(
        decision.output,
        members(&json!({
            "from_amount": "100.00", "from_currency": "USD", "amount": "543.21", "currency": "BRL",
            "rate": "5.4321", "rounding": "half_even",
        }))
    );
}

#[test]
fn the_account_and_the_amount_have_defaults() {
    let entries =
        conversion(&json!({"from": "BRL", "to": "USD", "rate": 0.2, "account": "merchant:7:payable"}));
    assert_eq!(entries[0], "credit merchant:7:payable 120.00 BRL");
    assert_eq!(entries[2], "debit merchant:7:payable 24.00 USD");
}

#[test]
fn the_digits_of_both_currencies_count() {
    let to_yen = conversion(&json!({"from": "USD", "to": "JPY", "amount": "1.01", "rate": "150"}));
    assert_eq!(to_yen[2], "debit settlement 152 JPY");
    let to_dinars = conversion(&json!({"from": "JPY", "to": "KWD", "amount": 1, "rate": "0.0021"}));
    assert_eq!(to_dinars[2], "debit settlement 0.002 KWD");
}

#[test]
fn the_result_is_rounded_as_said() {
    let half = |rounding: Value| {
        let parameters =
            json!({"from": "USD", "to": "BRL", "amount": "1.00", "rate": "0.125", "rounding": rounding});
        conversion(&parameters)[2].clone()
    };
    for (rounding, received) in [
        (json!("half_even"), "0.12"),
        (json!("half_up"), "0.13"),
        (json!("half_down"), "0.12"),
        (json!("up"), "0.13"),
        (json!("down"), "0.12"),
        (json!("floor"), "0.12"),
        (json!("ceiling"), "0.13"),
    ] {
        assert_eq!(half(rounding), format!("debit settlement {received} BRL"));
    }
}

#[test]
fn what_cannot_be_converted_is_refused() {
    let refusal = |more: Value| {
        let mut parameters = members(&json!({"from": "USD", "to": "BRL", "amount": "0.01", "rate": "5"}));
        parameters.extend(members(&more));
        let error = refused("convert_currency", &parameters.into());
        (error.code, error.message)
    };
    let (code, message) = refusal(json!({"to": "USD"}));
    assert_eq!(
        (code, message.as_str()),
        (
            "invalid_input",
            "`from` and `to` are both USD: expected two currencies"
        )
    );
    for rate in [json!(0), json!("-5"), json!("five"), json!(null)] {
        let (code, message) = refusal(json!({"rate": rate}));
        assert_eq!(code, "invalid_input");
        assert!(message.starts_with("`rate` is "), "{message}");
    }
    assert_eq!(
        refusal(json!({"rate": "0.1"})).0,
        "invalid_amount",
        "it rounds to nothing"
    );
    assert_eq!(
        refusal(json!({"amount": "10000000000000.00", "rate": "1000000"})).0,
        "invalid_amount",
        "it does not fit"
    );
    assert_eq!(refusal(json!({"rounding": "bankers"})).0, "invalid_input");
}
