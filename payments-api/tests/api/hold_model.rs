//! Holds and transfers in any order, against a model of a few lines: what is refused changes nothing, and holds add up.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::sequences::{ACCOUNTS, Accounts, Purses, decimal, follow_each};
use crate::support::{Bank, on_every_kind, transfer};

on_every_kind!(any_sequence_is_as_the_model_says);

const SEQUENCES: u32 = 24;

#[derive(Debug, Clone)]
enum Step {
    Transfer { from: usize, to: usize, minor: i64 },
    Place { from: usize, to: usize, minor: i64 },
    Capture { hold: Index, minor: Option<i64> },
    Release { hold: Index },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = 1..120_i64;
    let ends = (0..ACCOUNTS, 0..ACCOUNTS);
    let step = prop_oneof![
        1 => (ends.clone(), amount.clone()).prop_map(|((from, to), minor)| Step::Transfer { from, to, minor }),
        3 => (ends, amount.clone()).prop_map(|((from, to), minor)| Step::Place { from, to, minor }),
        2 => (any::<Index>(), proptest::option::of(amount)).prop_map(|(hold, minor)| Step::Capture { hold, minor }),
        1 => any::<Index>().prop_map(|hold| Step::Release { hold }),
    ];
    proptest::collection::vec(step, 1..24)
}

struct Hold {
    id: String,
    from: usize,
    to: usize,
    minor: i64,
    is_pending: bool,
}

/// One sequence, and what there should be.
struct Case<'c> {
    number: u32,
    accounts: Accounts<'c>,
    purses: Purses,
    holds: Vec<Hold>,
}

impl Case<'_> {
    async fn step(&mut self, place: usize, step: &Step) -> Result<(), TestCaseError> {
        let key = format!("{}-{place}", self.number);
        match *step {
            Step::Transfer { from, to, minor } => {
                let body = transfer(&self.accounts.ids[from], &self.accounts.ids[to], decimal(minor));
                let reply = self.accounts.bank.post_as(&key, "/api/v1/transfers", &body).await;
                let fits = from != to && self.purses.has(from, minor);
                prop_assert_eq!(reply.status, if fits { 201 } else { 422 });
                if fits {
                    self.purses.shift(from, to, minor);
                }
            }
            Step::Place { from, to, minor } => {
                let body = transfer(&self.accounts.ids[from], &self.accounts.ids[to], decimal(minor));
                let reply = self.accounts.bank.post_as(&key, "/api/v1/holds", &body).await;
                let fits = from != to && self.purses.has(from, minor);
                prop_assert_eq!(reply.status, if fits { 201 } else { 422 });
                if fits {
                    let id = reply.json(201)["id"].as_str().unwrap().to_owned();
                    let is_pending = true;
                    self.purses.pending[from] += minor;
                    self.holds.push(Hold {
                        id,
                        from,
                        to,
                        minor,
                        is_pending,
                    });
                }
            }
            Step::Capture { hold, minor } => self.capture(hold, minor).await?,
            Step::Release { hold } => self.release(hold).await?,
        }
        Ok(())
    }

    async fn capture(&mut self, hold: Index, minor: Option<i64>) -> Result<(), TestCaseError> {
        if self.holds.is_empty() {
            return Ok(());
        }
        let hold = hold.index(self.holds.len());
        let Hold {
            ref id,
            from,
            to,
            minor: reserved,
            is_pending,
        } = self.holds[hold];
        let body = match minor {
            Some(minor) => json!({"amount": decimal(minor)}),
            None => json!({}),
        };
        let reply = self
            .accounts
            .bank
            .post(&format!("/api/v1/holds/{id}/capture"), &body)
            .await;
        let wanted = minor.unwrap_or(reserved);
        let expected = match is_pending {
            false => 409,
            true if wanted > reserved => 422,
            true => 200,
        };
        prop_assert_eq!(reply.status, expected);
        if expected == 200 {
            self.holds[hold].is_pending = false;
            self.purses.pending[from] -= reserved;
            self.purses.shift(from, to, wanted);
        }
        Ok(())
    }

    async fn release(&mut self, hold: Index) -> Result<(), TestCaseError> {
        if self.holds.is_empty() {
            return Ok(());
        }
        let hold = hold.index(self.holds.len());
        let hold = &mut self.holds[hold];
        let path = format!("/api/v1/holds/{}/release", hold.id);
        let reply = self.accounts.bank.post(&path, &Value::Null).await;
        prop_assert_eq!(reply.status, if hold.is_pending { 200 } else { 409 });
        if hold.is_pending {
            hold.is_pending = false;
            self.purses.pending[hold.from] -= hold.minor;
        }
        Ok(())
    }
}

async fn follow(number: u32, accounts: Accounts<'_>, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut case = Case {
        number,
        accounts,
        purses: Purses::opened(),
        holds: Vec::new(),
    };
    for (place, step) in steps.iter().enumerate() {
        case.step(place, step).await?;
    }
    case.accounts.compare(&case.purses).await
}

async fn any_sequence_is_as_the_model_says(bank: &Bank) {
    follow_each(bank, SEQUENCES, steps(), async |number, accounts, steps| {
        follow(number, accounts, &steps).await
    })
    .await;
}
