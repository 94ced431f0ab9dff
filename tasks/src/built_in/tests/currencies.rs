//! Which currency a task works in.

use serde_json::{Value, json};

use super::{decide, entries};

fn currency_of(event: &Value, parameters: &Value) -> Result<Value, &'static str> {
    let decision = decide("generate_royalty", event, parameters).map_err(|error| error.code)?;
    Ok(decision.output["currency"].clone())
}

#[test]
fn it_is_the_parameters_else_the_events_else_the_companys() {
    let plain = json!({"total": 10});
    let in_dollars = json!({"total": 10, "currency": "USD"});
    assert_eq!(currency_of(&plain, &json!({})).unwrap(), "BRL");
    assert_eq!(currency_of(&in_dollars, &json!({})).unwrap(), "USD");
    assert_eq!(
        currency_of(&in_dollars, &json!({"currency": "EUR"})).unwrap(),
        "EUR"
    );
    // A path that names nothing must not quietly become another currency.
    assert_eq!(
        currency_of(&in_dollars, &json!({"currency": null})).unwrap_err(),
        "invalid_input"
    );
    assert_eq!(
        currency_of(&json!({"total": 10, "currency": null}), &json!({})).unwrap(),
        "BRL"
    );
}

#[test]
fn what_an_event_calls_a_currency_may_be_none() {
    for wrong in [
        json!("brl"),
        json!("R$"),
        json!("XAU"),
        json!(986),
        json!(["BRL"]),
        json!(""),
    ] {
        let event = json!({"total": 10, "currency": wrong});
        assert_eq!(
            currency_of(&event, &json!({})),
            Err("invalid_currency"),
            "{wrong}"
        );
        assert_eq!(currency_of(&event, &json!({"currency": "BRL"})).unwrap(), "BRL");
        let parameters = json!({"currency": wrong});
        assert_eq!(
            currency_of(&json!({"total": 10}), &parameters),
            Err("invalid_input")
        );
    }
    let error = decide(
        "generate_invoice",
        &json!({"total": 1, "currency": "R$"}),
        &json!({}),
    )
    .unwrap_err();
    assert_eq!(
        error.message,
        "the event's `currency` is \"R$\": expected the code of a currency (ISO 4217), such as \"BRL\""
    );
}

#[test]
fn each_entry_of_a_transaction_may_have_its_own() {
    let side = |account: &str, direction: &str, currency: Value| json!({"account": account, "direction": direction, "amount": 5, "currency": currency});
    let parameters = json!({"entries": [
        side("a", "debit", json!("KWD")), side("b", "credit", json!("KWD")),
        side("a", "debit", json!("USD")), side("b", "credit", json!("USD")),
    ]});
    let decision = decide("post_transaction", &json!({"currency": "USD"}), &parameters).unwrap();
    assert_eq!(
        entries(&decision),
        [
            "debit a 5.000 KWD",
            "credit b 5.000 KWD",
            "debit a 5.00 USD",
            "credit b 5.00 USD"
        ]
    );
}

#[test]
fn a_currency_has_as_many_digits_as_iso_4217_says() {
    let yen = |total: &str| {
        decide(
            "generate_invoice",
            &json!({"total": total, "currency": "JPY"}),
            &json!({}),
        )
    };
    assert_eq!(yen("1200").unwrap().output["amount"], "1200");
    assert_eq!(yen("1200.0").unwrap().output["amount"], "1200");
    assert_eq!(yen("1200.5").unwrap_err().code, "invalid_amount");
    let dinars = |total: &str| {
        decide(
            "generate_invoice",
            &json!({"total": total, "currency": "KWD"}),
            &json!({}),
        )
    };
    assert_eq!(dinars("1.234").unwrap().output["amount"], "1.234");
    assert_eq!(dinars("1.2345").unwrap_err().code, "invalid_amount");
}

#[test]
fn a_share_is_rounded_to_its_currencys_digits() {
    for (currency, total, share) in [
        ("JPY", "1235", "124"),
        ("KWD", "0.125", "0.012"),
        ("BRL", "0.25", "0.02"),
    ] {
        let decision = decide(
            "generate_royalty",
            &json!({"total": total, "currency": currency}),
            &json!({}),
        )
        .unwrap();
        assert_eq!(decision.output["amount"], share, "{currency}");
    }
}
