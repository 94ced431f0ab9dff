//! Holds: placed and settled by nodes of one run or of many, and what refuses them.

use ledger::{Account, AccountKind, AccountState, Hold, HoldState, HoldStatus, Money};
use rules::NodeError;
use serde_json::{Value, json};
use tasks::Desk;
use uuid::Uuid;

use crate::support::seen::entries;
use crate::support::{COMPANY, Setup, brl, fill, key, record, state, task};

/// A purse of 100.00, of which 80.00 is held for a shop; then these nodes.
fn holding(more: &[Value]) -> Setup {
    let mut nodes = vec![
        task("fill", "post_transaction", fill("purse", "100.00"), &[]),
        task(
            "hold",
            "hold",
            json!({"account": "purse", "to": "shop", "amount": "80.00"}),
            &["fill=success"],
        ),
    ];
    nodes.extend_from_slice(more);
    Setup::new(&nodes.into(), json!({"hold_id": OTHER.to_string()}))
}

const OTHER: Uuid = Uuid::from_u128(4_711);
const HELD: &str = "$context.nodes.hold.output.hold_id";

fn capture(id: &str, amount: Value, depends_on: &[&str]) -> Value {
    let mut parameters = json!({"hold_id": HELD});
    if !amount.is_null() {
        parameters["amount"] = amount;
    }
    task(id, "capture_hold", parameters, depends_on)
}

fn release(id: &str, depends_on: &[&str]) -> Value {
    task(id, "release_hold", json!({"hold_id": HELD}), depends_on)
}

fn code_of(setup: &Setup, node_id: &str) -> String {
    let run = setup.run();
    let error = record(&run, node_id).error.clone();
    error.unwrap_or_else(|| panic!("{node_id} succeeded")).code
}

#[test]
fn a_capture_posts_and_says_how_much() {
    let setup = holding(&[capture("capture", json!("30.00"), &["hold=success"])]);
    let mut desk = Desk::from_scratch();
    let run = setup.run_on(&mut desk).unwrap();
    let output = record(&run, "capture").output.clone().unwrap();
    assert_eq!(
        (output["amount"].as_str(), output["currency"].as_str()),
        (Some("30.00"), Some("BRL"))
    );
    assert_eq!(output["transaction_id"], run.transactions[1].id.to_string());
    assert_eq!(
        entries(&run.transactions[1..]),
        [
            "debit purse 30.00 BRL (70.00 BRL)",
            "credit shop 30.00 BRL (30.00 BRL)"
        ]
    );
    let available = desk.books().account(&key("purse")).unwrap().available();
    assert_eq!(available.to_string(), "70.00 BRL", "the rest is free");
}

#[test]
fn what_is_held_cannot_be_spent_until_it_is_released() {
    let spend = |id: &str, edge: &str| {
        let parameters = json!({"entries": [
            {"account": "purse", "direction": "debit", "amount": "20.01"},
            {"account": "revenue", "direction": "credit", "amount": "20.01"},
        ]});
        task(id, "post_transaction", parameters, &[edge])
    };
    let setup = holding(&[
        spend("early", "hold=success"),
        release("release", &["early=failure"]),
        spend("late", "release=success"),
    ]);
    let run = setup.run();
    assert_eq!(
        record(&run, "early").error.clone().unwrap().code,
        "insufficient_funds"
    );
    assert_eq!(state(&run, "late"), "success");
}

#[test]
fn a_hold_is_settled_once() {
    for (settled, edge) in [
        (capture("first", json!(null), &["hold=success"]), "first=success"),
        (release("first", &["hold=success"]), "first=success"),
    ] {
        let setup = holding(&[
            settled,
            capture("capture", json!(null), &[edge]),
            release("release", &[edge]),
        ]);
        for node_id in ["capture", "release"] {
            assert_eq!(code_of(&setup, node_id), "hold_already_settled");
        }
    }
}

#[test]
fn a_capture_that_does_not_fit_its_hold_is_refused() {
    for (amount, code) in [
        (json!("80.01"), "amount_exceeds_hold"),
        (json!(0), "invalid_amount"),
        (json!("$context.event.missing"), "invalid_amount"),
    ] {
        let setup = holding(&[capture("capture", amount.clone(), &["hold=success"])]);
        assert_eq!(code_of(&setup, "capture"), code, "{amount}");
    }
}

#[test]
fn a_hold_that_cannot_be_placed_is_refused() {
    let place = |amount: &str, to: &str| {
        let parameters = json!({"account": "purse", "to": to, "amount": amount});
        let setup = holding(&[task("more", "hold", parameters, &["hold=success"])]);
        code_of(&setup, "more")
    };
    assert_eq!(place("20.01", "shop"), "insufficient_funds");
    assert_eq!(place("20.00", "purse"), "same_account");
}

#[test]
fn a_hold_that_is_not_there_is_refused() {
    let named = json!({"hold_id": "$context.event.hold_id"});
    let setup = holding(&[
        task("capture", "capture_hold", named.clone(), &["hold=success"]),
        task("release", "release_hold", named, &["hold=success"]),
    ]);
    for node_id in ["capture", "release"] {
        assert_eq!(code_of(&setup, node_id), "hold_not_found");
    }
}

/// A desk that has a hold of 80 yen of some company.
fn desk_with_hold_of(company_id: Uuid) -> Desk {
    let yen = "JPY".parse().unwrap();
    let mut desk = Desk::from_scratch();
    for (id, code, side) in [(1, "purse", "debits"), (2, "shop", "credits")] {
        let mut account_key = key(code);
        (account_key.company_id, account_key.currency) = (company_id, yen);
        let state = Account::open(Uuid::from_u128(id), account_key, AccountKind::Liability, true).state();
        let state = match side {
            "debits" => AccountState {
                pending_debits: 80,
                ..state
            },
            _ => AccountState {
                pending_credits: 80,
                ..state
            },
        };
        desk.load_account(Account::from_state(state).unwrap());
    }
    let state = HoldState {
        id: OTHER,
        company_id,
        account: "purse".parse().unwrap(),
        to: "shop".parse().unwrap(),
        amount: Money::new(80, yen),
        captured: None,
        status: HoldStatus::Pending,
        expires_at_ms: None,
    };
    desk.load_hold(Hold::from_state(state).unwrap());
    desk
}

fn capture_other(amount: Value) -> Setup {
    let mut parameters = json!({"hold_id": OTHER.to_string()});
    parameters["amount"] = amount;
    Setup::new(
        &json!([task("capture", "capture_hold", parameters, &[])]),
        json!({}),
    )
}

#[test]
fn a_hold_of_an_earlier_run_is_captured_in_its_own_currency() {
    let setup = capture_other(json!("50"));
    let run = setup.run_on(&mut desk_with_hold_of(COMPANY.company_id)).unwrap();
    assert_eq!(
        entries(&run.transactions),
        ["debit purse 50 JPY (-50 JPY)", "credit shop 50 JPY (50 JPY)"]
    );
    let setup = capture_other(json!("50.5"));
    let run = setup.run_on(&mut desk_with_hold_of(COMPANY.company_id)).unwrap();
    assert_eq!(
        record(&run, "capture").error.clone().unwrap().code,
        "invalid_amount"
    );
}

/// Not even by how an amount is refused, which would tell its currency.
#[test]
fn nothing_is_learned_of_another_companys_hold() {
    let mut answers: Vec<NodeError> = Vec::new();
    for amount in ["50", "50.5", "81", "abc"] {
        // Behind a path that names nothing, so that it is not held against the schema.
        let setup = capture_other(json!(format!("{{{{ $context.event.nothing }}}}{amount}")));
        let run = setup.run_on(&mut desk_with_hold_of(Uuid::from_u128(99))).unwrap();
        answers.push(record(&run, "capture").error.clone().unwrap());
    }
    assert_eq!(answers[0].code, "hold_not_found");
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_ne!(brl().exponent(), 0, "the other currency has other digits");
}
