//! Random transfers, many at once and from several processes, against a simple model: what was answered 201 moved, and
//! nothing else did.

use std::collections::HashMap;
use std::sync::Arc;

use poem::http::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::support::{Bank, on_every_kind, send, transfer};

on_every_kind!(what_was_answered_moved_and_nothing_else);

const ACCOUNTS: usize = 5;
const CLIENTS: u64 = 8;
const TRANSFERS_EACH: usize = 30;

/// A transfer that was asked for, and the status that it was answered.
struct Asked {
    from: usize,
    to: usize,
    minor: i64,
    status: u16,
}

async fn what_was_answered_moved_and_nothing_else(bank: &Bank) {
    let mut accounts = Vec::new();
    for number in 0..ACCOUNTS {
        accounts.push(bank.account(&format!("a{number}"), "5").await);
    }
    let processes = [bank.another(), bank.another()];
    let accounts = Arc::new(accounts);
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let endpoint = Arc::clone(&processes[usize::try_from(client).unwrap() % 2].0);
        let accounts = Arc::clone(&accounts);
        clients.spawn(async move {
            let mut dice = fastrand::Rng::with_seed(client);
            let mut asked = Vec::new();
            for number in 0..TRANSFERS_EACH {
                let (from, to) = (dice.usize(..ACCOUNTS), dice.usize(..ACCOUNTS));
                let minor = dice.i64(1..400);
                let amount = format!("{}.{:02}", minor / 100, minor % 100);
                let body = transfer(&accounts[from], &accounts[to], Value::from(amount));
                let key = format!("{client}-{number}");
                let reply = send(
                    &endpoint,
                    Method::POST,
                    "/api/v1/transfers",
                    &[("Idempotency-Key", &key)],
                    &body,
                )
                .await;
                asked.push(Asked {
                    from,
                    to,
                    minor,
                    status: reply.status,
                });
            }
            asked
        });
    }
    let asked: Vec<Asked> = clients.join_all().await.into_iter().flatten().collect();
    let mut model: HashMap<usize, i64> = (0..ACCOUNTS).map(|account| (account, 500)).collect();
    for asked in &asked {
        match asked.status {
            201 => {
                *model.get_mut(&asked.from).unwrap() -= asked.minor;
                *model.get_mut(&asked.to).unwrap() += asked.minor;
            }
            422 => {}
            other => panic!("a transfer was answered {other}"),
        }
    }
    assert!(asked.iter().any(|asked| asked.status == 201));
    assert!(
        asked
            .iter()
            .any(|asked| asked.status == 422 && asked.from != asked.to)
    );
    assert_eq!(
        model.values().sum::<i64>(),
        500 * i64::try_from(ACCOUNTS).unwrap()
    );
    for (account, minor) in model {
        assert!(minor >= 0);
        let expected = format!("{}.{:02}", minor / 100, minor % 100);
        assert_eq!(bank.balance(&accounts[account]).await, expected);
    }
    bank.verify().await;
}
