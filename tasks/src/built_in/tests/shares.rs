//! `split_payment`: to the cent, and never more or less than the whole.

use ledger::AccountKind;
use serde_json::{Value, json};

use super::{decided, entries, members, posted, refused};

fn split(amount: &str, shares: &Value) -> Vec<String> {
    let decision = decided("split_payment", &json!({"amount": amount, "shares": shares}));
    entries(&decision)
}

fn refusal(amount: &str, shares: &Value) -> &'static str {
    refused("split_payment", &json!({"amount": amount, "shares": shares})).code
}

#[test]
fn the_whole_is_debited_and_each_share_credited() {
    let parameters = json!({"from": "escrow", "shares": [
        {"account": "merchant:42:payable", "percent": 85},
        {"account": "fees_income", "percent": "15", "kind": "revenue"},
    ]});
    let decision = decided("split_payment", &parameters);
    assert_eq!(
        entries(&decision),
        [
            "debit escrow 120.00 BRL",
            "credit merchant:42:payable 102.00 BRL",
            "credit fees_income 18.00 BRL"
        ]
    );
    let kinds: Vec<_> = posted(&decision)
        .entries()
        .iter()
        .map(|entry| entry.kind)
        .collect();
    assert_eq!(kinds, [None, None, Some(AccountKind::Revenue)]);
    assert_eq!(
        *posted(&decision).metadata(),
        members(&json!({"rounding": "largest_remainder"}))
    );
    let shares = json!([
        {"account": "merchant:42:payable", "amount": "102.00"}, {"account": "fees_income", "amount": "18.00"},
    ]);
    assert_eq!(
        decision.output,
        members(&json!({"amount": "120.00", "currency": "BRL", "shares": shares}))
    );
}

#[test]
fn it_is_debited_from_the_settlement_unless_said() {
    let entries = split("1.00", &json!([{"account": "a", "percent": 100}]));
    assert_eq!(entries, ["debit settlement 1.00 BRL", "credit a 1.00 BRL"]);
}

#[test]
fn what_is_left_goes_to_the_largest_remainders() {
    let thirds = json!([
        {"account": "a", "percent": "33.33"}, {"account": "b", "percent": "33.33"}, {"account": "c", "percent": "33.34"},
    ]);
    assert_eq!(
        split("0.10", &thirds),
        [
            "debit settlement 0.10 BRL",
            "credit a 0.03 BRL",
            "credit b 0.03 BRL",
            "credit c 0.04 BRL"
        ]
    );
    let halves = json!([{"account": "a", "percent": 50}, {"account": "b", "percent": 50}]);
    assert_eq!(
        split("0.05", &halves),
        [
            "debit settlement 0.05 BRL",
            "credit a 0.03 BRL",
            "credit b 0.02 BRL"
        ]
    );
}

#[test]
fn a_share_that_rounds_to_nothing_gets_no_entry() {
    let parameters = json!({"amount": "0.01", "shares": [
        {"account": "a", "percent": 99}, {"account": "b", "percent": 1},
    ]});
    let decision = decided("split_payment", &parameters);
    assert_eq!(
        entries(&decision),
        ["debit settlement 0.01 BRL", "credit a 0.01 BRL"]
    );
    assert_eq!(decision.output["shares"][1]["amount"], "0.00");
}

#[test]
fn fixed_amounts_come_first_and_percentages_are_of_the_whole() {
    let shares = json!([{"account": "tax", "amount": "20.00"}, {"account": "a", "percent": 80}]);
    assert_eq!(
        split("100.00", &shares),
        [
            "debit settlement 100.00 BRL",
            "credit tax 20.00 BRL",
            "credit a 80.00 BRL"
        ]
    );
}

#[test]
fn shares_that_do_not_cover_the_whole_exactly_are_refused() {
    for shares in [
        json!([]),
        json!([{"account": "a", "percent": 99}]),
        json!([{"account": "a", "percent": 100}, {"account": "b", "percent": "0.01"}]),
        json!([{"account": "a", "amount": "99.99"}]),
        json!([{"account": "a", "amount": "100.01"}]),
        json!([{"account": "a", "amount": "20.00"}, {"account": "b", "percent": 79}]),
    ] {
        assert_eq!(refusal("100.00", &shares), "invalid_shares", "{shares}");
    }
}

#[test]
fn a_share_is_either_a_percentage_or_an_amount() {
    for share in [
        json!({"account": "a"}),
        json!({"account": "a", "percent": 50, "amount": "50.00"}),
    ] {
        let error = refused("split_payment", &json!({"shares": [share]}));
        assert_eq!(error.code, "invalid_input");
        assert_eq!(
            error.message,
            "`shares` is wrong at element 0: expected either `percent` or `amount`"
        );
    }
}
