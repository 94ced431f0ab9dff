//! Payments in any order, against a model of a few lines: what is refused changes nothing, refunds stay within captures, and
//! balances are what was captured less what was refunded.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::sequences::{ACCOUNTS, Accounts, Purses, decimal, follow_each};
use crate::support::{Bank, PAYMENTS, on_every_kind, payment};

on_every_kind!(any_sequence_is_as_the_model_says);

const SEQUENCES: u32 = 16;

#[derive(Debug, Clone)]
enum Step {
    Pay {
        from: usize,
        to: usize,
        minor: i64,
        is_authorized: bool,
        is_captured: bool,
    },
    Change {
        payment: Index,
        request: &'static str,
        minor: Option<i64>,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let paying = (0..ACCOUNTS, 0..ACCOUNTS, 1..120_i64, any::<bool>(), any::<bool>());
    let paying = paying.prop_map(|(from, to, minor, is_authorized, is_captured)| Step::Pay {
        from,
        to,
        minor,
        is_authorized,
        is_captured,
    });
    let request = prop_oneof![
        2 => Just("authorize"),
        3 => Just("capture"),
        4 => Just("refund"),
        1 => Just("cancel"),
    ];
    let change = (any::<Index>(), request, proptest::option::of(1..100_i64));
    let change = change.prop_map(|(payment, request, minor)| Step::Change {
        payment,
        request,
        minor,
    });
    proptest::collection::vec(prop_oneof![2 => paying, 3 => change], 1..28)
}

struct Paid {
    id: String,
    from: usize,
    to: usize,
    minor: i64,
    captured: i64,
    refunded: i64,
    captures_at_once: bool,
    status: &'static str,
}

/// What there should be.
struct Model {
    purses: Purses,
    payments: Vec<Paid>,
}

impl Model {
    fn authorize(&mut self, place: usize) -> u16 {
        let Paid {
            from,
            to,
            minor,
            captures_at_once,
            status,
            ..
        } = self.payments[place];
        if status != "pending" {
            return 409;
        }
        self.payments[place].status = match (self.purses.has(from, minor), captures_at_once) {
            (false, _) => "declined",
            (true, false) => {
                self.purses.pending[from] += minor;
                "authorized"
            }
            (true, true) => {
                self.purses.shift(from, to, minor);
                self.payments[place].captured = minor;
                "captured"
            }
        };
        200
    }

    fn capture(&mut self, place: usize, wanted: Option<i64>) -> u16 {
        let Paid {
            from,
            to,
            minor,
            status,
            ..
        } = self.payments[place];
        let wanted = wanted.unwrap_or(minor);
        if status != "authorized" {
            return 409;
        }
        if wanted > minor {
            return 422;
        }
        self.payments[place].status = "captured";
        self.payments[place].captured = wanted;
        self.purses.pending[from] -= minor;
        self.purses.shift(from, to, wanted);
        200
    }

    fn refund(&mut self, place: usize, wanted: Option<i64>) -> u16 {
        let Paid {
            from,
            to,
            captured,
            refunded,
            status,
            ..
        } = self.payments[place];
        let wanted = wanted.unwrap_or(captured - refunded);
        if !["captured", "partially_refunded"].contains(&status) {
            return 409;
        }
        if refunded + wanted > captured || !self.purses.has(to, wanted) {
            return 422;
        }
        self.purses.shift(to, from, wanted);
        self.payments[place].refunded += wanted;
        let is_all = refunded + wanted == captured;
        self.payments[place].status = if is_all { "refunded" } else { "partially_refunded" };
        200
    }

    fn cancel(&mut self, place: usize) -> u16 {
        if !["pending", "authorized"].contains(&self.payments[place].status) {
            return 409;
        }
        let Paid {
            from, minor, status, ..
        } = self.payments[place];
        if status == "authorized" {
            self.purses.pending[from] -= minor;
        }
        self.payments[place].status = "cancelled";
        200
    }
}

fn mode(is_automatic: bool) -> &'static str {
    if is_automatic { "automatic" } else { "manual" }
}

/// One sequence, and what there should be.
struct Case<'c> {
    number: u32,
    accounts: Accounts<'c>,
    model: Model,
}

impl Case<'_> {
    async fn step(&mut self, place: usize, step: &Step) -> Result<(), TestCaseError> {
        let key = format!("{}-{place}", self.number);
        match *step {
            Step::Pay {
                from,
                to,
                minor,
                is_authorized,
                is_captured,
            } => {
                let mut body = payment(&self.accounts.ids[from], &self.accounts.ids[to], &decimal(minor));
                body["authorization"] = json!(mode(is_authorized));
                body["capture"] = json!(mode(is_captured));
                let reply = self.accounts.bank.post_as(&key, PAYMENTS, &body).await;
                prop_assert_eq!(reply.status, if from == to { 422 } else { 201 });
                if from == to {
                    return Ok(());
                }
                let made = reply.json(201);
                self.model.payments.push(Paid {
                    id: made["id"].as_str().unwrap().to_owned(),
                    from,
                    to,
                    minor,
                    captured: 0,
                    refunded: 0,
                    captures_at_once: is_captured,
                    status: "pending",
                });
                let last = self.model.payments.len() - 1;
                if is_authorized {
                    self.model.authorize(last);
                }
                self.compare_payment(last, &made)
            }
            Step::Change {
                payment,
                request,
                minor,
            } => {
                if self.model.payments.is_empty() {
                    return Ok(());
                }
                let place = payment.index(self.model.payments.len());
                self.change(&key, place, request, minor).await
            }
        }
    }

    async fn change(
        &mut self,
        key: &str,
        place: usize,
        request: &str,
        minor: Option<i64>,
    ) -> Result<(), TestCaseError> {
        let path = format!("{PAYMENTS}/{}", self.model.payments[place].id);
        let takes_amount = ["capture", "refund"].contains(&request);
        let body = match minor.filter(|_| takes_amount) {
            Some(minor) => json!({"amount": decimal(minor)}),
            None => Value::Null,
        };
        let reply = self
            .accounts
            .bank
            .post_as(key, &format!("{path}/{request}"), &body)
            .await;
        let expected = match request {
            "authorize" => self.model.authorize(place),
            "capture" => self.model.capture(place, minor),
            "refund" => self.model.refund(place, minor),
            _ => self.model.cancel(place),
        };
        prop_assert_eq!(reply.status, expected, "{} {}: {}", request, path, reply.text());
        self.compare_payment(place, &self.accounts.bank.get(&path).await.json(200))
    }

    fn compare_payment(&self, place: usize, found: &Value) -> Result<(), TestCaseError> {
        let paid = &self.model.payments[place];
        prop_assert_eq!(found["status"].as_str().unwrap(), paid.status);
        for (name, minor) in [
            ("captured_amount", paid.captured),
            ("refunded_amount", paid.refunded),
        ] {
            prop_assert_eq!(found[name].as_str().unwrap(), decimal(minor));
        }
        Ok(())
    }
}

async fn follow(number: u32, accounts: Accounts<'_>, steps: &[Step]) -> Result<(), TestCaseError> {
    let model = Model {
        purses: Purses::opened(),
        payments: Vec::new(),
    };
    let mut case = Case {
        number,
        accounts,
        model,
    };
    for (place, step) in steps.iter().enumerate() {
        case.step(place, step).await?;
    }
    case.accounts.compare(&case.model.purses).await
}

async fn any_sequence_is_as_the_model_says(bank: &Bank) {
    follow_each(bank, SEQUENCES, steps(), async |number, accounts, steps| {
        follow(number, accounts, &steps).await
    })
    .await;
}
