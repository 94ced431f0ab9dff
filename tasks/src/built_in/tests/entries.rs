//! The ledger transactions of invoices, royalties, commissions and entries of one's own.

use ledger::AccountKind;
use serde_json::json;

use super::{decided, entries, members, posted, refused, told};
use crate::Numbering;

#[test]
fn an_invoice_is_owed_to_the_company_and_numbered() {
    let decision = decided("generate_invoice", &json!({"due_days": 30}));
    assert_eq!(
        entries(&decision),
        ["debit receivables 120.00 BRL", "credit revenue 120.00 BRL"]
    );
    assert_eq!(posted(&decision).description(), Some("Invoice"));
    assert_eq!(
        decision.output,
        members(&json!({"amount": "120.00", "currency": "BRL", "due_at": "2026-01-31T00:00:00Z"}))
    );
    let event = told(&decision);
    assert_eq!(
        (event.event_type.as_str(), event.numbering),
        ("invoice.generated", Numbering::Invoice)
    );
    assert_eq!(event.data, decision.output);
}

#[test]
fn an_invoice_may_be_due_at_once_but_not_in_a_lifetime() {
    let decision = decided("generate_invoice", &json!({"due_days": 0}));
    assert_eq!(decision.output["due_at"], "2026-01-01T00:00:00Z");
    let error = refused("generate_invoice", &json!({"due_days": 3_661}));
    assert_eq!(error.code, "invalid_input");
    assert_eq!(error.message, "`due_days` is 3661: expected at most 3660");
}

#[test]
fn a_royalty_is_a_tenth_and_a_commission_a_twentieth_unless_said() {
    assert_eq!(
        entries(&decided("generate_royalty", &json!({}))),
        [
            "debit royalty_expense 12.00 BRL",
            "credit royalties_payable 12.00 BRL"
        ]
    );
    assert_eq!(
        entries(&decided("generate_commission", &json!({}))),
        [
            "debit commission_expense 6.00 BRL",
            "credit commissions_payable 6.00 BRL"
        ]
    );
    assert_eq!(
        entries(&decided(
            "generate_royalty",
            &json!({"percent": "12.5", "beneficiary": "ana"})
        )),
        [
            "debit royalty_expense 15.00 BRL",
            "credit royalties_payable:ana 15.00 BRL"
        ]
    );
}

#[test]
fn a_share_states_how_it_was_made() {
    let decision = decided(
        "generate_commission",
        &json!({"percent": "7.50", "beneficiary": 42}),
    );
    assert_eq!(
        decision.output,
        members(&json!({"amount": "9.00", "currency": "BRL", "percent": "7.5", "beneficiary": "42"}))
    );
    assert_eq!(
        *posted(&decision).metadata(),
        members(&json!({"base": "120.00", "percent": "7.5", "rounding": "half_even"}))
    );
    assert_eq!(
        decided("generate_royalty", &json!({})).output["beneficiary"],
        json!(null)
    );
}

#[test]
fn halves_of_a_cent_go_to_the_even_one() {
    for (amount, share) in [
        ("0.05", "0.00"),
        ("0.15", "0.02"),
        ("0.25", "0.02"),
        ("0.35", "0.04"),
    ] {
        let decision = decided("generate_royalty", &json!({"amount": amount}));
        assert_eq!(decision.output["amount"], share, "10 % of {amount}");
    }
}

#[test]
fn a_percentage_is_a_plain_decimal_that_is_not_negative() {
    for wrong in [
        json!("-1"),
        json!(-0.5),
        json!("10%"),
        json!("1e1"),
        json!(null),
        json!("1".repeat(40)),
        json!({}),
    ] {
        let error = refused("generate_royalty", &json!({"percent": wrong}));
        assert_eq!(error.code, "invalid_input", "{wrong}");
        assert!(error.message.starts_with("`percent` is "), "{error}");
    }
    let error = refused("generate_royalty", &json!({"percent": "9".repeat(28)}));
    assert_eq!(error.code, "invalid_amount");
    assert!(error.message.contains("does not fit"), "{error}");
}

#[test]
fn a_beneficiary_is_a_part_of_a_code() {
    for wrong in [
        json!(""),
        json!("a b"),
        json!("ç"),
        json!("x".repeat(200)),
        json!({}),
    ] {
        let error = refused("generate_royalty", &json!({"beneficiary": wrong}));
        assert_eq!(error.code, "invalid_input", "{wrong}");
        assert!(error.message.starts_with("`beneficiary` is "), "{error}");
    }
}

#[test]
fn entries_of_ones_own_are_posted_as_they_stand() {
    let decision = decided(
        "post_transaction",
        &json!({"description": "fee", "reference": "fee-1", "entries": [
            {"account": "fees", "direction": "debit", "amount": 1.5, "kind": "expense", "overdraft": true},
            {"account": "bank:itau", "direction": "credit", "amount": "1.50"},
        ]}),
    );
    assert_eq!(
        entries(&decision),
        ["debit fees 1.50 BRL", "credit bank:itau 1.50 BRL"]
    );
    let draft = posted(&decision);
    assert_eq!(
        (draft.description(), draft.reference()),
        (Some("fee"), Some("fee-1"))
    );
    let terms: Vec<_> = draft
        .entries()
        .iter()
        .map(|entry| (entry.kind, entry.overdraft))
        .collect();
    assert_eq!(terms, [(Some(AccountKind::Expense), Some(true)), (None, None)]);
    assert_eq!(decision.output, members(&json!({"reference": "fee-1"})));
}

#[test]
fn entries_that_do_not_balance_are_no_transaction() {
    let entry =
        |direction: &str, amount: &str| json!({"account": "a", "direction": direction, "amount": amount});
    for entries in [
        json!([]),
        json!([entry("debit", "1")]),
        json!([entry("debit", "1"), entry("credit", "1.01")]),
        json!([entry("debit", "1"), entry("debit", "1")]),
        json!([entry("debit", "1"), {"account": "b", "direction": "credit", "amount": 1, "currency": "USD"}]),
        json!(vec![entry("debit", "1"); 1_001]),
    ] {
        let error = refused("post_transaction", &json!({"entries": entries}));
        assert_eq!(error.code, "invalid_transaction", "{error}");
    }
    let zero = json!({"entries": [entry("debit", "0"), entry("credit", "0")]});
    assert_eq!(refused("post_transaction", &zero).code, "invalid_amount");
}

#[test]
fn a_reference_has_a_bounded_length() {
    let with_reference = |reference: &str| {
        json!({"reference": reference, "entries": [
            {"account": "a", "direction": "debit", "amount": 1}, {"account": "b", "direction": "credit", "amount": 1},
        ]})
    };
    assert_eq!(
        posted(&decided("post_transaction", &with_reference(&"x".repeat(200)))).reference(),
        Some("x".repeat(200).as_str())
    );
    for wrong in [String::new(), "x".repeat(201)] {
        let error = refused("post_transaction", &with_reference(&wrong));
        assert_eq!(error.code, "invalid_input");
        assert!(error.message.starts_with("`reference` has "), "{error}");
    }
}
