//! What a desk must be told of before it applies effects, and how a batch comes to know it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tasks::{Desk, Needs};

use crate::support::{COMPANY, Setup, fill, key, state, task, transfer};

fn setup(nodes: &Value) -> Setup {
    Setup::new(
        nodes,
        json!({"total": "10.00", "hold_id": "0190a000-0000-7000-8000-000000000001"}),
    )
}

/// What a desk that knows nothing says that it lacks.
fn lacking(name: &str, parameters: Value) -> Needs {
    let setup = setup(&json!([task("a", name, parameters, &[])]));
    setup.run_on(&mut Desk::enforcing()).unwrap_err()
}

fn codes(needs: &Needs) -> Vec<&str> {
    needs
        .accounts
        .iter()
        .map(|account| account.code.as_str())
        .collect()
}

#[test]
fn accounts_are_asked_for_all_at_once() {
    let needs = lacking("post_transaction", transfer("y", "x", "1.00"));
    let accounts = BTreeSet::from([key("x"), key("y")]);
    assert_eq!(
        needs,
        Needs {
            accounts,
            ..Needs::default()
        }
    );
    assert_eq!(
        codes(&lacking("hold", json!({"account": "wallet", "to": "shop"}))),
        ["shop", "wallet"]
    );
}

#[test]
fn references_holds_and_invoice_numbers_are_asked_for() {
    let mut named = transfer("x", "y", "1.00");
    named["reference"] = "fee-1".into();
    let references = BTreeSet::from([(COMPANY.company_id, "fee-1".to_owned())]);
    assert_eq!(
        lacking("post_transaction", named),
        Needs {
            references,
            ..Needs::default()
        }
    );
    let holds = BTreeSet::from([(
        COMPANY.company_id,
        "0190a000-0000-7000-8000-000000000001".parse().unwrap(),
    )]);
    for name in ["capture_hold", "release_hold"] {
        let needs = lacking(name, json!({"hold_id": "$context.event.hold_id"}));
        assert_eq!(
            needs,
            Needs {
                holds: holds.clone(),
                ..Needs::default()
            }
        );
    }
    let invoice_numbers = BTreeSet::from([COMPANY.company_id]);
    assert_eq!(
        lacking("generate_invoice", json!({"amount": 0})),
        Needs {
            invoice_numbers,
            ..Needs::default()
        }
    );
}

#[test]
fn tasks_that_touch_nothing_need_nothing() {
    let setup = setup(&json!([
        task("a", "notify", json!({"recipient": "ana"}), &[]),
        task("b", "generate_royalty", json!({"amount": 0}), &[]),
        task("c", "generate_shipment", json!({}), &[]),
    ]));
    setup.run_on(&mut Desk::enforcing()).unwrap();
}

/// A rule whose failure branch touches what a dry run cannot foresee, and which undoes itself in the end.
fn surprising() -> Setup {
    let refused = transfer("purse", "revenue", "10.01");
    let reversal = json!({"entries": [
        {"account": "undone", "direction": "debit", "amount": 1}, {"account": "bank", "direction": "credit", "amount": 1},
    ]});
    let mut filled = task("fill", "post_transaction", fill("purse", "10.00"), &[]);
    filled["compensate"] = json!({"task_name": "payment.tasks.post_transaction", "parameters": reversal});
    setup(&json!([
        filled,
        task("pay", "post_transaction", refused, &["fill=success"]),
        task(
            "penalty",
            "post_transaction",
            transfer("penalties", "bank", "1.00"),
            &["pay=failure"]
        ),
        task("invoice", "generate_invoice", json!({}), &["penalty=success"]),
        task(
            "fail",
            "generate_invoice",
            json!({"amount": "$context.event.missing"}),
            &["invoice=success"]
        ),
    ]))
}

/// As a batch does it: foresee, load, run, and again with what was lacking. Returns the needs of each round.
fn rounds(setup: &Setup) -> Vec<Needs> {
    let mut dry = Desk::dry();
    setup.run_on(&mut dry).unwrap();
    let mut needs = dry.touched();
    let mut rounds = vec![needs.clone()];
    loop {
        let mut desk = Desk::enforcing();
        desk.foresee(&needs);
        let Err(more) = setup.run_on(&mut desk) else {
            return rounds;
        };
        let before = needs.clone();
        needs.merge(more);
        assert_ne!(needs, before, "each round learns something");
        rounds.push(needs.clone());
        // A node, and what undoes it, each lack at most two kinds of things, one after the other.
        assert!(rounds.len() <= 4 * setup.plan.len(), "it converges");
    }
}

#[test]
fn what_a_dry_run_could_not_foresee_is_learned_in_a_few_rounds() {
    let setup = surprising();
    let rounds = rounds(&setup);
    let learned: Vec<Vec<&str>> = rounds.iter().map(codes).collect();
    assert_eq!(
        learned,
        [
            vec!["bank", "purse", "revenue"],
            vec!["bank", "penalties", "purse", "revenue"],
            vec!["bank", "penalties", "purse", "receivables", "revenue"],
            vec!["bank", "penalties", "purse", "receivables", "revenue"],
            vec!["bank", "penalties", "purse", "receivables", "revenue", "undone"],
        ]
    );
    let numbered: Vec<usize> = rounds.iter().map(|needs| needs.invoice_numbers.len()).collect();
    assert_eq!(numbered, [0, 0, 0, 1, 1]);
    let run = setup.run();
    assert_eq!(
        [state(&run, "pay"), state(&run, "invoice"), state(&run, "fail")],
        ["failure", "success", "failure"]
    );
}

#[test]
fn where_nothing_is_refused_a_dry_run_foresees_all() {
    let setup = setup(&json!([
        task("invoice", "generate_invoice", json!({}), &[]),
        task("royalty", "generate_royalty", json!({"beneficiary": "ana"}), &[]),
        task(
            "split",
            "split_payment",
            json!({"shares": [{"account": "a", "percent": 50}, {"account": "b", "percent": 50}]}),
            &[]
        ),
        task(
            "convert",
            "convert_currency",
            json!({"from": "BRL", "to": "USD", "rate": "0.2"}),
            &[]
        ),
        task("hold", "hold", json!({"account": "wallet", "to": "shop"}), &[]),
        task(
            "capture",
            "capture_hold",
            json!({"hold_id": "$context.nodes.hold.output.hold_id"}),
            &["hold=success"]
        ),
    ]));
    let mut dry = Desk::dry();
    setup.run_on(&mut dry).unwrap();
    let mut scratch = Desk::from_scratch();
    setup.run_on(&mut scratch).unwrap();
    let touched: Vec<_> = dry.touched().accounts.into_iter().collect();
    let mut changed: Vec<_> = scratch
        .books()
        .changed()
        .map(|change| change.account.key().clone())
        .collect();
    changed.sort();
    assert_eq!(touched, changed);
    assert_eq!(rounds(&setup).len(), 1);
}

#[test]
fn a_dry_desk_refuses_nothing_and_forgets_nothing() {
    let mut named = fill("purse", "1.00");
    named["reference"] = "fee-1".into();
    let setup = setup(&json!([
        task("named", "post_transaction", named, &[]),
        task(
            "pay",
            "post_transaction",
            transfer("purse", "revenue", "99.00"),
            &["named=success"]
        ),
        task(
            "release",
            "release_hold",
            json!({"hold_id": "$context.event.hold_id"}),
            &["pay=success"]
        ),
    ]));
    let mut dry = Desk::dry();
    let run = setup.run_on(&mut dry).unwrap();
    assert_eq!(
        ["named", "pay", "release"].map(|node| state(&run, node)),
        ["success"; 3]
    );
    let touched = dry.touched();
    assert_eq!(codes(&touched), ["bank", "purse", "revenue"]);
    assert_eq!((touched.references.len(), touched.holds.len()), (1, 1));
}

#[test]
fn needs_add_up() {
    let mut needs = lacking("hold", json!({"account": "a", "to": "b"}));
    needs.merge(lacking("hold", json!({"account": "b", "to": "c"})));
    needs.merge(lacking("generate_invoice", json!({"amount": 0})));
    assert_eq!(codes(&needs), ["a", "b", "c"]);
    assert_eq!(needs.invoice_numbers.len(), 1);
}
