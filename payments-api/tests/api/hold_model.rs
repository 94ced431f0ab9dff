//! Holds and transfers in any order, against a model of a few lines: what is refused changes nothing, and holds add up.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::sequences::follow_each;
use crate::support::{Bank, on_every_kind, transfer};

on_every_kind!(any_sequence_is_as_the_model_says);

const ACCOUNTS: usize = 3;
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

/// What there should be.
struct Model {
    balances: [i64; ACCOUNTS],
    holds: Vec<Hold>,
}

impl Model {
    fn pending(&self, account: usize) -> i64 {
        let on_it = self
            .holds
            .iter()
            .filter(|hold| hold.is_pending && hold.from == account);
        on_it.map(|hold| hold.minor).sum()
    }

    fn has(&self, account: usize, minor: i64) -> bool {
        self.balances[account] - self.pending(account) >= minor
    }

    fn shift(&mut self, from: usize, to: usize, minor: i64) {
        self.balances[from] -= minor;
        self.balances[to] += minor;
    }
}

fn decimal(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// One sequence, on accounts of its own.
struct Case<'c> {
    bank: &'c Bank,
    number: u32,
    accounts: Vec<String>,
    model: Model,
}

impl Case<'_> {
    async fn step(&mut self, place: usize, step: &Step) -> Result<(), TestCaseError> {
        let key = format!("{}-{place}", self.number);
        match *step {
            Step::Transfer { from, to, minor } => {
                let body = transfer(&self.accounts[from], &self.accounts[to], decimal(minor));
                let reply = self.bank.post_as(&key, "/api/v1/transfers", &body).await;
                let fits = from != to && self.model.has(from, minor);
                prop_assert_eq!(reply.status, if fits { 201 } else { 422 });
                if fits {
                    self.model.shift(from, to, minor);
                }
            }
            Step::Place { from, to, minor } => {
                let body = transfer(&self.accounts[from], &self.accounts[to], decimal(minor));
                let reply = self.bank.post_as(&key, "/api/v1/holds", &body).await;
                let fits = from != to && self.model.has(from, minor);
                prop_assert_eq!(reply.status, if fits { 201 } else { 422 });
                if fits {
                    let id = reply.json(201)["id"].as_str().unwrap().to_owned();
                    let is_pending = true;
                    self.model.holds.push(Hold {
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
        if self.model.holds.is_empty() {
            return Ok(());
        }
        let hold = hold.index(self.model.holds.len());
        let Hold {
            ref id,
            from,
            to,
            minor: reserved,
            is_pending,
        } = self.model.holds[hold];
        let body = match minor {
            Some(minor) => json!({"amount": decimal(minor)}),
            None => json!({}),
        };
        let reply = self
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
            self.model.holds[hold].is_pending = false;
            self.model.shift(from, to, wanted);
        }
        Ok(())
    }

    async fn release(&mut self, hold: Index) -> Result<(), TestCaseError> {
        if self.model.holds.is_empty() {
            return Ok(());
        }
        let hold = hold.index(self.model.holds.len());
        let hold = &mut self.model.holds[hold];
        let path = format!("/api/v1/holds/{}/release", hold.id);
        let reply = self.bank.post(&path, &Value::Null).await;
        prop_assert_eq!(reply.status, if hold.is_pending { 200 } else { 409 });
        hold.is_pending = false;
        Ok(())
    }

    async fn compare(&self) -> Result<(), TestCaseError> {
        for (account, id) in self.accounts.iter().enumerate() {
            let found = self
                .bank
                .get(&format!("/api/v1/accounts/{id}/balance"))
                .await
                .json(200);
            let (balance, pending) = (self.model.balances[account], self.model.pending(account));
            for (name, minor) in [
                ("balance", balance),
                ("pending", pending),
                ("available", balance - pending),
            ] {
                prop_assert_eq!(found[name].as_str().unwrap(), decimal(minor));
            }
        }
        Ok(())
    }
}

async fn follow(bank: &Bank, number: u32, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut accounts = Vec::new();
    for account in 0..ACCOUNTS {
        accounts.push(bank.account(&format!("case:{number}:{account}"), "2.00").await);
    }
    let model = Model {
        balances: [200; ACCOUNTS],
        holds: Vec::new(),
    };
    let mut case = Case {
        bank,
        number,
        accounts,
        model,
    };
    for (place, step) in steps.iter().enumerate() {
        case.step(place, step).await?;
    }
    case.compare().await
}

async fn any_sequence_is_as_the_model_says(bank: &Bank) {
    follow_each(bank, SEQUENCES, steps(), async |number, steps| {
        follow(bank, number, steps).await
    })
    .await;
}
