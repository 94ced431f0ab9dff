//! Killed at any moment, the system loses nothing and does nothing twice.
//!
//! Each round starts the system on the same data, puts it under load, and kills it with SIGKILL: at random, or held at a
//! commit boundary of the store or the queue. At the end every event that was answered 200 has exactly one run per rule,
//! invoices are numbered without gaps, and the ledger agrees with itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use support::{Home, System, moneyflow, product_rule};
use tokio::task::JoinSet;

/// The rules of each company: every event runs both.
const RULES: [&str; 2] = ["default", "second"];
const COMPANIES: [&str; 3] = [
    "00000000-0000-7000-8000-000000000001",
    "00000000-0000-7000-8000-000000000002",
    "00000000-0000-7000-8000-000000000003",
];
const SENDERS: u64 = 8;

/// The events that were answered 200: company and event id.
type Accepted = Arc<Mutex<Vec<(String, String)>>>;

/// Where the process is killed.
#[derive(Debug, Clone)]
enum Kill {
    /// Once so many events were accepted in this round.
    After(u64),
    /// Held at a commit boundary, as `store:before:3`.
    At(String),
}

fn rounds() -> Vec<Kill> {
    let mut rounds: Vec<Kill> = Vec::new();
    for file in ["store", "queue"] {
        for side in ["before", "after"] {
            rounds.extend([2, 5, 11].map(|nth| Kill::At(format!("{file}:{side}:{nth}"))));
        }
    }
    // Any numbers do, so long as they differ: what is hit depends on the machine's mood.
    rounds.extend([1, 7, 23, 40, 61, 90, 133, 170, 222, 300].map(Kill::After));
    rounds
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_is_done_twice() {
    let home = Home::embedded();
    let accepted = Accepted::default();
    set_up(&home).await;
    let kills = rounds();
    assert!(kills.len() >= 20);
    for (round, kill) in kills.into_iter().enumerate() {
        under_load(&home, round, kill, &accepted).await;
    }
    let system = System::start(&home, None).await;
    system.wait_until_idle().await;
    let accepted = accepted.lock().unwrap().clone();
    check_runs(&system, &accepted).await;
    check_invoices(&system).await;
    check_ledger(&home).await;
    system.stop().await;
}

async fn set_up(home: &Home) {
    let system = System::start(home, None).await;
    for company in COMPANIES {
        for rule in RULES {
            let (status, saved) = system.post("/payment-rules", &product_rule(company, rule)).await;
            assert_eq!(status, 201, "{saved}");
        }
    }
    system.stop().await;
}

/// One round: start, load, kill.
async fn under_load(home: &Home, round: usize, kill: Kill, accepted: &Accepted) {
    let hold_at = match &kill {
        Kill::At(place) => Some(place.as_str()),
        Kill::After(_) => None,
    };
    // Taking up what the last round left may reach the boundary before the system is even up.
    let Some(mut system) = System::try_start(home, hold_at).await else {
        return;
    };
    let count = Arc::new(AtomicU64::new(0));
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (url, client) = (format!("{}/payment", system.router), system.client.clone());
        senders.spawn(send(
            client,
            url,
            format!("{round}-{sender}"),
            accepted.clone(),
            count.clone(),
        ));
    }
    match kill {
        Kill::At(_) => system.held().await,
        Kill::After(wanted) => reached(&count, wanted).await,
    }
    system.kill().await;
    while let Some(sender) = senders.join_next().await {
        sender.unwrap();
    }
}

async fn reached(count: &AtomicU64, wanted: u64) {
    while count.load(Ordering::Relaxed) < wanted {
        tokio::task::yield_now().await;
    }
}

/// Sends events until the system is gone; every fifth is sent twice.
async fn send(client: reqwest::Client, url: String, name: String, accepted: Accepted, count: Arc<AtomicU64>) {
    for number in 0_usize.. {
        let company = COMPANIES[number % COMPANIES.len()];
        let event_id = format!("{name}-{number}");
        let payment_type = if number % 7 == 0 { "service" } else { "product" };
        let event = json!({"company_id": company, "event_id": event_id, "payment_type": payment_type, "total": "120.0",
                           "product": {"id": "p-1", "type": "book"}});
        for _ in 0..=usize::from(number % 5 == 0) {
            let request = client
                .post(&url)
                .header("content-type", "application/json")
                .body(event.to_string());
            let Ok(response) = request.send().await else {
                return;
            };
            if response.status().as_u16() == 200 {
                accepted
                    .lock()
                    .unwrap()
                    .push((company.to_owned(), event_id.clone()));
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

async fn check_runs(system: &System, accepted: &[(String, String)]) {
    assert!(
        accepted.len() > 500,
        "only {} events were accepted: that is no load",
        accepted.len()
    );
    let mut runs: HashMap<(String, String), BTreeMap<String, u64>> = HashMap::new();
    for run in system.all("/runs").await {
        let text = |name: &str| run[name].as_str().unwrap().to_owned();
        assert!(
            ["succeeded", "aborted"].contains(&run["status"].as_str().unwrap()),
            "{run}"
        );
        *runs
            .entry((text("company_id"), text("event_id")))
            .or_default()
            .entry(text("rule_name"))
            .or_default() += 1;
    }
    let once: BTreeMap<String, u64> = RULES.map(|rule| (rule.to_owned(), 1)).into();
    for event in accepted {
        assert_eq!(runs.get(event), Some(&once), "event {event:?} was answered 200");
    }
    for (event, ran) in &runs {
        assert_eq!(ran, &once, "event {event:?}, answered or not");
    }
    let (_, letters) = system.get("/dead-letters").await;
    assert_eq!(letters["items"], json!([]));
}

/// One invoice per succeeded run, numbered from 1 without gaps.
async fn check_invoices(system: &System) {
    for company in COMPANIES {
        let succeeded = system
            .all(&format!("/runs?company_id={company}&status=succeeded"))
            .await;
        let mut numbers = Vec::new();
        for run in &succeeded {
            let (_, run) = system
                .get(&format!("/runs/{}", run["id"].as_str().unwrap()))
                .await;
            let invoice = &run["nodes"]["generate-invoice-1"]["output"];
            numbers.push(invoice["invoice_number"].as_number().unwrap().as_u64().unwrap());
        }
        numbers.sort_unstable();
        let expected: Vec<u64> = (1..=u64::try_from(succeeded.len()).unwrap()).collect();
        assert_eq!(numbers, expected, "company {company}");
    }
}

/// `moneyflow ledger verify`, while the system runs.
async fn check_ledger(home: &Home) {
    let mut command = moneyflow();
    command.args(["ledger", "verify", "--json"]);
    home.name_to(&mut command);
    let output = command.output().await.unwrap();
    let verified: Value = rules::json::parse(&output.stdout).unwrap();
    assert_eq!(verified["verified"], true, "{verified}");
    assert!(output.status.success());
}
