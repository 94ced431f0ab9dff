//! What a run touches is not always foreseen: then the batch comes again with more, and is still stored once.

use std::iter;

use serde_json::{Value, json};
use store::RunStatus;

use crate::support::{Company, End, Pinned, System, after, nodes_of, statuses, transfer};

/// A rule that debits the first of these accounts that has 1.00, each tried after the one before it failed.
async fn fallbacks(system: &System, company: &Company, accounts: &[Value]) -> Pinned {
    let shop = || json!({"account": "shop"});
    let mut nodes: Vec<Value> = Vec::new();
    for (number, account) in accounts.iter().enumerate() {
        let node = transfer(&format!("try-{number}"), account.clone(), shop(), "1.00");
        nodes.push(match number.checked_sub(1) {
            None => node,
            Some(before) => after(node, &format!("try-{before}"), "failure"),
        });
    }
    company.rule(system, "fallbacks", &nodes.into()).await
}

/// The ends of the batches after the first so many.
fn ends_after(system: &System, count: usize) -> Vec<End> {
    system.store.ends().split_off(count)
}

/// So many rounds that found more, and the one that was stored.
fn widened(times: usize) -> Vec<End> {
    iter::repeat_n(End::Widened, times)
        .chain([End::Committed])
        .collect()
}

/// Opens accounts that cannot be overdrawn, with 0.50 on each.
async fn open_accounts(system: &System, company: &Company, count: usize) {
    let transfers = (0..count).map(|number| {
        let account = json!({"account": format!("wallet:{number}"), "overdraft": false});
        transfer(
            &format!("open-{number}"),
            json!({"account": "bank"}),
            account,
            "0.50",
        )
    });
    let open = company.rule(system, "open", &transfers.collect()).await;
    system
        .publish([&company.event("opening", &json!({}), &[&open])])
        .await;
    system.work_off().await;
}

#[tokio::test]
async fn what_is_foreseen_needs_one_round() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let rule = fallbacks(&system, &company, &[json!({"account": "bank"})]).await;
    system.publish(&company.events(9, &rule, |_| json!({}))).await;
    system.work_off().await;
    assert_eq!(system.store.ends(), widened(0));
    system.close().await;
}

/// The wallet is empty, which only the real balances show.
#[tokio::test]
async fn a_branch_that_only_a_failure_takes() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let accounts = [
        json!({"account": "wallet", "overdraft": false}),
        json!({"account": "credit_line"}),
    ];
    let rule = fallbacks(&system, &company, &accounts).await;
    let event = company.event("e-1", &json!({}), &[&rule]);
    system.publish([&event]).await;
    system.work_off().await;

    assert_eq!(system.store.ends(), widened(1));
    let details = system.run(event.runs[0].run_id).await;
    assert_eq!(details.run.status, RunStatus::Succeeded);
    let nodes = nodes_of(&details.run);
    assert_eq!(nodes["try-0"]["error"]["code"], "insufficient_funds");
    assert_eq!(nodes["try-1"]["state"], "success");
    assert_eq!(system.balance(&company, "credit_line").await, -100);
    assert_eq!(system.balance(&company, "shop").await, 100);
    system.close().await;
}

/// Accounts that open on their first mention are learned many at once.
#[tokio::test]
async fn a_long_chain_of_branches_on_new_accounts_needs_few_rounds() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let new = (0..30).map(|number| json!({"account": format!("wallet:{number}"), "overdraft": false}));
    let accounts: Vec<Value> = new.chain([json!({"account": "credit_line"})]).collect();
    let rule = fallbacks(&system, &company, &accounts).await;
    system.publish(&company.events(3, &rule, |_| json!({}))).await;
    system.work_off().await;
    let rounds = ends_after(&system, 0).len();
    assert!(rounds <= 3, "{rounds} rounds");
    assert_eq!(statuses(&system.runs(&company).await), [RunStatus::Succeeded; 3]);
    assert_eq!(system.balance(&company, "credit_line").await, -300);
    system.close().await;
}

/// That accounts cannot be overdrawn is only known once they are read: each round learns of one more.
async fn chain_on_stored_accounts(count: usize) {
    let system = System::open().await;
    let company = Company::new(&system).await;
    open_accounts(&system, &company, count).await;
    let stored = (0..count).map(|number| json!({"account": format!("wallet:{number}")}));
    let accounts: Vec<Value> = stored.chain([json!({"account": "credit_line"})]).collect();
    let rule = fallbacks(&system, &company, &accounts).await;
    let event = company.event("e-1", &json!({}), &[&rule]);
    system.publish([&event]).await;
    system.work_off().await;

    let run = system.run(event.runs[0].run_id).await.run;
    assert_eq!((run.status, run.error), (RunStatus::Succeeded, None));
    assert_eq!(ends_after(&system, 1), widened(count));
    assert_eq!(system.balance(&company, "credit_line").await, -100);
    system.close().await;
}

#[tokio::test]
async fn a_chain_of_branches_on_stored_accounts() {
    chain_on_stored_accounts(4).await;
}

/// A long chain takes long, and does not fail for it.
#[tokio::test]
async fn a_chain_that_is_longer_than_the_rounds_of_a_batch() {
    chain_on_stored_accounts(40).await;
}

/// Nobody else pays for it: the events around it are stored in its batch or in one of its halves, all in order.
#[tokio::test]
async fn a_long_chain_in_the_middle_of_a_batch() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    open_accounts(&system, &company, 20).await;
    let stored = (0..20).map(|number| json!({"account": format!("wallet:{number}")}));
    let accounts: Vec<Value> = stored.chain([json!({"account": "credit_line"})]).collect();
    let chain = fallbacks(&system, &company, &accounts).await;
    let pay = transfer(
        "pay",
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        "1.00",
    );
    let pay = company.rule(&system, "pay", &json!([pay])).await;
    let mut events = company.events(8, &pay, |_| json!({}));
    events[5] = company.event("chain", &json!({}), &[&chain]);
    system.publish(&events).await;
    system.work_off().await;

    let runs = system.runs(&company).await;
    assert_eq!(statuses(&runs), [RunStatus::Succeeded; 9]);
    assert_eq!(runs[6].event_id, "chain");
    assert_eq!(system.balance(&company, "shop").await, 800);
    system.close().await;
}

/// An id that a run makes is the same in every round, so what it names can be foreseen.
#[tokio::test]
async fn names_made_of_ids_that_the_run_makes() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let bank = || json!({"account": "bank"});
    let pay = transfer("pay", bank(), json!({"account": "shop"}), "1.00");
    let fee_account = "fee:{{ $context.nodes.pay.output.transaction_id }}";
    let mut fee = after(
        transfer("fee", bank(), json!({"account": fee_account}), "0.10"),
        "pay",
        "success",
    );
    fee["parameters"]["reference"] = "fee of {{ $context.nodes.pay.output.transaction_id }}".into();
    let rule = company.rule(&system, "pay", &json!([pay, fee])).await;
    system.publish(&company.events(16, &rule, |_| json!({}))).await;
    // The second batch finds accounts that the first has opened, and so asks for fewer ids than its dry step did.
    system.finish(system.worker_taking(8)).await;

    let runs = system.runs(&company).await;
    assert_eq!(statuses(&runs), [RunStatus::Succeeded; 16]);
    let ends = ends_after(&system, 0);
    assert!(ends.len() <= 1 + 2, "{ends:?}");
    let [paid, fee] = &system.run(runs[0].id).await.transactions[..] else {
        panic!("expected two transactions");
    };
    assert_eq!(fee.reference, format!("fee of {}", paid.id));
    assert_eq!(system.balance(&company, &format!("fee:{}", paid.id)).await, 10);
    system.close().await;
}

/// An account per invoice: its name is known only once the company's numbers are.
#[tokio::test]
async fn names_made_of_numbers_that_the_store_gives() {
    let system = System::open().await;
    let company = Company::new(&system).await;
    let bill = json!({"node_id": "bill", "node_type": "task", "task_name": "payment.tasks.generate_invoice"});
    let account = json!({"account": "invoice:{{ $context.nodes.bill.output.invoice_number }}"});
    let collect = after(
        transfer("collect", json!({"account": "bank"}), account, "1.00"),
        "bill",
        "success",
    );
    let rule = company.rule(&system, "bill", &json!([bill, collect])).await;
    let events = company.events(60, &rule, |_| json!({"total": "1.00"}));
    system.publish(&events).await;
    system.finish(system.worker_taking(20)).await;

    assert_eq!(statuses(&system.runs(&company).await), [RunStatus::Succeeded; 60]);
    for number in 1..=60 {
        assert_eq!(system.balance(&company, &format!("invoice:{number}")).await, 100);
    }
    let ends = ends_after(&system, 0);
    assert!(ends.len() <= 3 * 2, "{ends:?}");
    let asked = system.store.most_accounts();
    assert!(asked <= 20 * 40, "what is learned is bounded: {asked} accounts");
    system.close().await;
}
