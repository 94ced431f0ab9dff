//! The effects of a node: all of them or none, told in its output, its ledger transaction and its events.

use ledger::{Account, AccountKind, AccountState};
use serde_json::json;
use tasks::{Desk, Needs};
use uuid::Uuid;

use crate::support::seen::entries;
use crate::support::{COMPANY, RUN_ID, Setup, fill, key, record, state, task, transfer};

#[test]
fn what_effects_come_to_joins_the_output() {
    let setup = Setup::new(
        &json!([task("invoice", "generate_invoice", json!({"order": "o-1"}), &[])]),
        json!({"total": 120}),
    );
    let run = setup.run();
    let [transaction] = run.transactions.as_slice() else {
        panic!("one ledger transaction, not {:?}", run.transactions)
    };
    let output = record(&run, "invoice").output.clone().unwrap();
    assert_eq!(output["transaction_id"], transaction.id.to_string());
    assert_eq!(output["invoice_number"], 1);
    assert_eq!(transaction.node_id, "invoice");
    assert_eq!(transaction.reference, format!("{RUN_ID}:invoice"));
    assert_eq!(transaction.draft.metadata()["order"], "o-1");
    assert_eq!(transaction.content_hash, transaction.draft.content_hash());
    let [event] = run.events.as_slice() else {
        panic!("one event, not {:?}", run.events)
    };
    assert_eq!(
        (event.node_id.as_str(), &event.data["order"]),
        ("invoice", &json!("o-1"))
    );
    assert_eq!(event.data["invoice_number"], 1);
}

#[test]
fn an_invoice_number_cannot_be_forged() {
    let setup = Setup::new(
        &json!([task(
            "invoice",
            "generate_invoice",
            json!({"invoice_number": 999}),
            &[]
        )]),
        json!({"total": 120}),
    );
    assert_eq!(setup.run().events[0].data["invoice_number"], 1);
}

#[test]
fn invoices_are_numbered_without_gaps_in_the_order_of_their_nodes() {
    let setup = Setup::new(
        &json!([
            task("c", "generate_invoice", json!({}), &[]),
            task(
                "b",
                "generate_invoice",
                json!({"amount": "$context.event.missing"}),
                &[]
            ),
            task("a", "generate_invoice", json!({}), &[]),
            task("d", "generate_invoice", json!({"amount": 0}), &["b=failure"]),
        ]),
        json!({"total": 1}),
    );
    let mut desk = Desk::from_scratch();
    let run = setup.run_on(&mut desk).unwrap();
    let number = |node_id: &str| {
        record(&run, node_id)
            .output
            .clone()
            .map(|output| output["invoice_number"].clone())
    };
    assert_eq!(
        ["a", "c", "d"].map(number),
        [Some(json!(1)), Some(json!(2)), Some(json!(3))]
    );
    assert_eq!(number("b"), None);
    let last: Vec<_> = desk.invoice_numbers().collect();
    assert_eq!(last, [(COMPANY.company_id, 3)]);
}

#[test]
fn nodes_see_the_balances_that_the_nodes_before_them_left() {
    let setup = Setup::new(
        &json!([
            task("a", "post_transaction", transfer("bank", "x", "1.00"), &[]),
            task("b", "post_transaction", transfer("x", "bank", "3.00"), &[]),
        ]),
        json!({}),
    );
    assert_eq!(
        entries(&setup.run().transactions),
        [
            "debit bank 1.00 BRL (1.00 BRL)",
            "credit x 1.00 BRL (1.00 BRL)",
            "debit x 3.00 BRL (-2.00 BRL)",
            "credit bank 3.00 BRL (-2.00 BRL)"
        ]
    );
}

/// The first entry alone could be posted; the second cannot, so neither is.
#[test]
fn a_refused_transaction_leaves_no_entry_and_opens_no_account() {
    let setup = Setup::new(
        &json!([
            task("fill", "post_transaction", fill("purse", "1.00"), &[]),
            task(
                "pay",
                "post_transaction",
                transfer("purse", "nowhere", "2.00"),
                &["fill=success"]
            ),
            task(
                "again",
                "post_transaction",
                transfer("purse", "somewhere", "1.00"),
                &["pay=failure"]
            ),
        ]),
        json!({}),
    );
    let mut desk = Desk::from_scratch();
    let run = setup.run_on(&mut desk).unwrap();
    assert_eq!([state(&run, "pay"), state(&run, "again")], ["failure", "success"]);
    assert!(desk.books().account(&key("nowhere")).is_none());
    let changed: Vec<&str> = desk
        .books()
        .changed()
        .map(|change| change.account.key().code.as_str())
        .collect();
    assert_eq!(changed, ["bank", "purse", "somewhere"]);
}

#[test]
fn what_is_loaded_counts() {
    let setup = Setup::new(
        &json!([
            task(
                "pay",
                "post_transaction",
                transfer("purse", "revenue", "30.00"),
                &[]
            ),
            task("invoice", "generate_invoice", json!({}), &["pay=success"]),
        ]),
        json!({"total": 1}),
    );
    let run_with = |credits: i64| {
        let mut desk = desk_for(&setup);
        desk.load_account(purse(credits));
        desk.load_invoice_number(COMPANY.company_id, 41);
        let run = setup.run_on(&mut desk).unwrap();
        let code = record(&run, "pay").error.clone().map(|error| error.code);
        let number = record(&run, "invoice")
            .output
            .clone()
            .map(|output| output["invoice_number"].clone());
        (code, number)
    };
    assert_eq!(run_with(3_000), (None, Some(json!(42))));
    assert_eq!(run_with(2_999), (Some("insufficient_funds".to_owned()), None));
}

/// A desk that was told of all that the rule may touch.
fn desk_for(setup: &Setup) -> Desk {
    let mut dry = Desk::dry();
    setup.run_on(&mut dry).unwrap();
    let mut desk = Desk::enforcing();
    let needs: Needs = dry.touched();
    desk.foresee(&needs);
    desk
}

fn purse(credits: i64) -> Account {
    let state = Account::open(Uuid::from_u128(5), key("purse"), AccountKind::Liability, false).state();
    Account::from_state(AccountState {
        posted_credits: credits,
        ..state
    })
    .unwrap()
}

#[test]
fn terms_that_an_account_does_not_have_are_refused() {
    let kind = |kind: &str| {
        let mut parameters = transfer("x", "revenue", "1.00");
        parameters["entries"][0]["kind"] = kind.into();
        parameters
    };
    let setup = Setup::new(
        &json!([
            task("a", "post_transaction", kind("asset"), &[]),
            task("b", "post_transaction", kind("liability"), &[]),
            task(
                "c",
                "split_payment",
                json!({"amount": 1, "shares": [{"account": "x", "percent": 100, "kind": "equity"}]}),
                &[]
            ),
        ]),
        json!({}),
    );
    let run = setup.run();
    assert_eq!(state(&run, "a"), "success");
    for node_id in ["b", "c"] {
        assert_eq!(
            record(&run, node_id).error.clone().unwrap().code,
            "account_mismatch"
        );
    }
}
