//! The faults of runs: rules are tried out with events that they fail on; what only books and batches meet is built.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use ledger::{
    AccountCode, AccountKey, AccountKind, AmountError, Currency, HoldStatus, Money, MoneyError, Rejection,
    SplitError, TransactionError,
};
use serde_json::{Value, json};
use tasks::{Company, RunSubject, Tasks};
use uuid::Uuid;

use super::{COMPANY, condition, rule, sounds_english, task};
use crate::{FAULTS, pattern};

const RUN: Uuid = Uuid::from_u128(1);

/// What is said when a rule runs for an event.
fn said_of(document: &Value, event: &Value, tasks: &Tasks) -> Vec<String> {
    let rule = rules::check(document, tasks).into_rule().unwrap();
    let company = Company {
        company_id: COMPANY.parse().unwrap(),
        name: String::new(),
        plan: None,
        region: None,
        currency: "BRL".parse().unwrap(),
    };
    let subject = RunSubject {
        plan: &rule.plan,
        event,
        company: &company,
        run_id: RUN,
        rule_id: RUN,
        rule_version: 1,
        accepted_at: Timestamp::UNIX_EPOCH,
    };
    let mut ids = (2..).map(Uuid::from_u128);
    let mut new_id = || ids.next().unwrap();
    let simulation = tasks::simulate(tasks, subject, &BTreeMap::new(), &mut new_id).unwrap();
    let mut said = Vec::from_iter(simulation.error.get("message").and_then(Value::as_str));
    for node in simulation.nodes.as_object().unwrap().values() {
        said.extend(node.pointer("/error/message").and_then(Value::as_str));
        let comparisons = node.get("comparisons").and_then(Value::as_array);
        let errors = comparisons.into_iter().flatten();
        said.extend(errors.filter_map(|comparison| comparison.get("error")?.as_str()));
    }
    said.into_iter().map(str::to_owned).collect()
}

/// Comparisons that come to nothing, of `a` in the event.
fn incomparable() -> Vec<(Value, Value)> {
    let digits: Value = serde_json::from_str(&"7".repeat(1_001)).unwrap();
    [
        ("contains", json!(1), json!("text")),
        ("contains", json!(1), json!(2)),
        ("gt", json!(1), json!("text")),
        ("gt", json!(1), digits),
        ("startswith", json!("a"), json!(1)),
    ]
    .map(|(operator, value, a)| {
        let expect = json!([{"field": "$context.event.a", "operator": operator, "value": value}]);
        (condition(expect), json!({"a": a}))
    })
    .into()
}

/// What tasks refuse, of what the event says.
fn unfit() -> Vec<(Value, Value)> {
    let a = "$context.event.a";
    let entry = |amount: &str| json!({"account": "x", "direction": "debit", "amount": amount});
    let post = |reference: &str, description: &str| {
        json!({"reference": reference, "description": description, "entries": [
            {"account": "x", "direction": "debit", "amount": "1", "overdraft": true},
            {"account": "y", "direction": "credit", "amount": "1"}]})
    };
    let twice = rule(json!(["1", "2"].map(|name| {
        json!({"node_id": name, "node_type": "task", "task_name": "payment.tasks.post_transaction",
            "parameters": post("same", name)})
    })));
    let mut cases = vec![
        (task("generate_invoice", json!({})), json!({})),
        (twice, json!({})),
        (task("abort_flow", json!({})), json!({})),
    ];
    for total in [
        json!("x"),
        json!("1.005"),
        json!("9".repeat(30)),
        json!("-1"),
        json!("92233720368547758.07"),
    ] {
        cases.push((task("generate_invoice", json!({})), json!({"total": total})));
    }
    for currency in [json!("reais"), json!("XXX"), json!(7)] {
        cases.push((
            task("generate_invoice", json!({})),
            json!({"total": "1", "currency": currency}),
        ));
    }
    for (name, parameters, value) in [
        (
            "post_transaction",
            json!({"entries": [entry(a), entry(a)]}),
            json!("0"),
        ),
        ("post_transaction", post(a, ""), json!(format!("{RUN}:x"))),
        ("post_transaction", post(a, ""), json!("transfers/order-1")),
        ("post_transaction", post(a, ""), json!("")),
        (
            "convert_currency",
            json!({"from": a, "to": a, "rate": "2", "amount": "1"}),
            json!("USD"),
        ),
        (
            "convert_currency",
            json!({"from": "BRL", "to": "USD", "rate": a, "amount": "1"}),
            json!("0"),
        ),
        (
            "generate_royalty",
            json!({"percent": "1", "beneficiary": a, "amount": "1"}),
            json!("a b"),
        ),
        (
            "generate_royalty",
            json!({"percent": a, "amount": "1"}),
            json!("x"),
        ),
        (
            "split_payment",
            json!({"shares": a, "amount": "1"}),
            json!([{"account": "x"}]),
        ),
    ] {
        cases.push((task(name, parameters), json!({"a": value})));
    }
    cases
}

/// What books refuse.
fn rejections() -> Vec<String> {
    let currency: Currency = "BRL".parse().unwrap();
    let other: Currency = "USD".parse().unwrap();
    let money = |minor| Money::new(minor, currency);
    let code = AccountCode::new("x").unwrap();
    let account = AccountKey::new(RUN, code.clone(), currency);
    let hold_id = RUN;
    let status = HoldStatus::Captured;
    let (amount, held) = (money(2), money(1));
    let rejections = [
        Rejection::InsufficientFunds {
            account: account.clone(),
            available: held,
            needed: amount,
        },
        Rejection::KindMismatch {
            account: account.clone(),
            stated: AccountKind::Asset,
            actual: AccountKind::Liability,
        },
        Rejection::OverdraftMismatch {
            account: account.clone(),
            stated: true,
        },
        Rejection::AccountFrozen {
            account: account.clone(),
        },
        Rejection::AccountClosed {
            account: account.clone(),
        },
        Rejection::AmountOverflow { account },
        Rejection::NotPositive { amount },
        Rejection::SameAccount { account: code },
        Rejection::CurrencyMismatch {
            hold_id,
            found: other,
            expected: currency,
        },
        Rejection::HoldExists { hold_id },
        Rejection::HoldNotFound { hold_id },
        Rejection::HoldAlreadySettled { hold_id, status },
        Rejection::AmountExceedsHold {
            hold_id,
            amount,
            held,
        },
    ];
    rejections.map(|rejection| rejection.to_string()).into()
}

/// What is no transaction, no way to divide an amount, and no amount.
fn unbalanced() -> Vec<String> {
    let currency: Currency = "BRL".parse().unwrap();
    let other: Currency = "USD".parse().unwrap();
    let (total, sum) = (Money::new(2, currency), Money::new(1, currency));
    let index = 0;
    let transactions = [
        TransactionError::TooFewEntries { found: 1 },
        TransactionError::TooManyEntries { found: 9_999 },
        TransactionError::NotPositive { index, amount: sum },
        TransactionError::Unbalanced {
            currency,
            debits: total,
            credits: sum,
        },
        TransactionError::Overflow { currency },
    ];
    let shares = [
        SplitError::NoShares,
        SplitError::NegativeTotal { total },
        SplitError::NegativeShare {
            index,
            share: "-1".to_owned(),
        },
        SplitError::CurrencyMismatch {
            index,
            found: other,
            expected: currency,
        },
        SplitError::Percentages { sum: 99.into() },
        SplitError::Amounts { sum, total },
        SplitError::Uncovered {
            amounts: sum,
            percentages: 20.into(),
            total,
        },
        SplitError::Overflow { total },
    ];
    let amounts = [
        MoneyError::CurrencyMismatch {
            left: currency,
            right: other,
        },
        MoneyError::Overflow { currency },
    ];
    let zero = AmountError::NotPositive {
        value: "0".to_owned(),
    };
    let currencies = ["reais", "XAU"].map(|code| code.parse::<Currency>().unwrap_err().to_string());
    let transactions = transactions.iter().map(ToString::to_string);
    let shares = shares.iter().map(ToString::to_string);
    transactions
        .chain(shares)
        .chain(amounts.iter().map(ToString::to_string))
        .chain(currencies)
        .chain([zero.to_string()])
        .collect()
}

fn everything() -> BTreeSet<String> {
    let tasks = Tasks::built_in().unwrap();
    let runs = [incomparable(), unfit()].concat();
    let of_runs = runs.iter().flat_map(|(document, event)| {
        let said = said_of(document, event, &tasks);
        assert!(!said.is_empty(), "nothing is wrong with {document} for {event}");
        said
    });
    of_runs.chain(rejections()).chain(unbalanced()).collect()
}

#[test]
fn every_fault_is_said_in_portuguese() {
    let unsaid: BTreeSet<(String, Option<String>)> = everything()
        .into_iter()
        .map(|fault| {
            let said = FAULTS.in_portuguese(&fault);
            (fault, said)
        })
        .filter(|(_, said)| said.as_deref().is_none_or(sounds_english))
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

#[test]
fn every_sentence_about_faults_is_really_said() {
    // What takes megabytes, time, another build of the program, or a simulation that is told how it comes out.
    let not_here = [
        "the path names more than",
        "`{operator}` has no value",
        "hold {hold} had expired",
        "the parameters nest deeper",
        "this program does not have",
        "The simulation was told",
        "the simulation cannot be written",
    ];
    let said = everything();
    let unheard: Vec<&str> = FAULTS
        .sentences
        .iter()
        .copied()
        .flatten()
        .map(|sentence| sentence.english)
        .filter(|english| !not_here.iter().any(|beginning| english.starts_with(beginning)))
        .filter(|english| !said.iter().any(|said| pattern::read(english, said).is_some()))
        .collect();
    assert!(unheard.is_empty(), "{unheard:#?}");
}
