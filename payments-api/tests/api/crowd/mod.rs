//! Everything that moves money, by several callers at once and through two processes, against a model of a few lines: what
//! is there is what the answers add up to, nothing is settled twice, what was refused changed nothing, and all of it sent
//! again changes nothing either.

mod model;
mod requests;

use std::sync::{Arc, Mutex};

use poem::Response;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::sequences::{Accounts, follow_each};
use crate::support::{Bank, PAYMENTS, Reply, on_every_kind, send};
use model::Model;
use requests::{Asked, Everything, Operation, Step, steps};

on_every_kind!(what_was_answered_is_there_and_nothing_else);

const CALLERS: usize = 6;
const SEQUENCES: u32 = 8;

/// Something that was asked for, and how it was answered.
struct Answered {
    asked: Asked,
    key: String,
    status: u16,
    body: Value,
}

/// All of an answer but the name of the request that it answers.
fn content(reply: &Reply) -> Value {
    let mut body = reply.json(reply.status);
    if let Some(members) = body.as_object_mut() {
        members.remove("correlation_id");
    }
    body
}

/// One who asks, through one of the processes.
#[derive(Clone)]
struct Caller {
    endpoint: Arc<BoxEndpoint<'static, Response>>,
    accounts: Arc<Vec<String>>,
    everything: Arc<Mutex<Everything>>,
}

impl Caller {
    async fn send(&self, key: &str, asked: &Asked) -> Reply {
        let headers: &[(&str, &str)] = match asked.operation {
            Operation::Guard => &[],
            _ => &[("Idempotency-Key", key)],
        };
        send(&self.endpoint, Method::POST, &asked.path, headers, &asked.body).await
    }

    async fn follow(self, name: String, steps: Vec<Step>) -> Result<Vec<Answered>, TestCaseError> {
        let mut answers = Vec::new();
        for (place, step) in steps.iter().enumerate() {
            let asked = self.everything.lock().unwrap().ask(step, &self.accounts);
            let Some(asked) = asked else { continue };
            let key = format!("{name}-{place}");
            let reply = self.send(&key, &asked).await;
            let is_expected = [200, 201, 409, 422].contains(&reply.status);
            prop_assert!(is_expected, "{:?}: {}", asked, reply.text());
            let (status, body) = (reply.status, content(&reply));
            self.everything.lock().unwrap().note(&asked, status, &body);
            answers.push(Answered {
                asked,
                key,
                status,
                body,
            });
        }
        Ok(answers)
    }

    /// Sends everything once more.
    async fn repeat(&self, answers: &[Answered]) -> Result<(), TestCaseError> {
        for Answered {
            asked,
            key,
            status,
            body,
        } in answers
        {
            if asked.operation == Operation::Guard {
                continue;
            }
            let reply = self.send(key, asked).await;
            prop_assert!(reply.is_replayed(), "{:?}: {}", asked, reply.text());
            prop_assert_eq!((reply.status, &content(&reply)), (*status, body));
        }
        Ok(())
    }
}

/// Each payment is where its answers lead to.
async fn compare_payments(bank: &Bank, model: &Model) -> Result<(), TestCaseError> {
    for (id, expected) in model.payments() {
        let found = bank.get(&format!("{PAYMENTS}/{id}")).await.json(200);
        let found = ["status", "captured_amount", "refunded_amount"]
            .map(|name| found[name].as_str().unwrap().to_owned());
        prop_assert_eq!(found, expected, "payment {}", id);
    }
    Ok(())
}

async fn follow(number: u32, accounts: Accounts<'_>, lines: Vec<Vec<Step>>) -> Result<(), TestCaseError> {
    let bank = accounts.bank;
    let processes = [bank.another(), bank.another()];
    let caller = |process: usize| Caller {
        endpoint: Arc::clone(&processes[process % 2].0),
        accounts: Arc::new(accounts.ids.clone()),
        everything: Arc::default(),
    };
    let everything = Arc::<Mutex<Everything>>::default();
    let mut asking = JoinSet::new();
    for (place, steps) in lines.into_iter().enumerate() {
        let everything = Arc::clone(&everything);
        let caller = Caller {
            everything,
            ..caller(place)
        };
        asking.spawn(caller.follow(format!("{number}-{place}"), steps));
    }
    let answers: Result<Vec<_>, _> = asking.join_all().await.into_iter().collect();
    let answers: Vec<Answered> = answers?.into_iter().flatten().collect();

    let model = Model::of(&answers)?;
    accounts.compare(&model.purses).await?;
    compare_payments(bank, &model).await?;
    caller(0).repeat(&answers).await?;
    accounts.compare(&model.purses).await?;
    compare_payments(bank, &model).await
}

async fn what_was_answered_is_there_and_nothing_else(bank: &Bank) {
    let lines = proptest::collection::vec(steps(), CALLERS..=CALLERS);
    follow_each(bank, SEQUENCES, lines, follow).await;
}
