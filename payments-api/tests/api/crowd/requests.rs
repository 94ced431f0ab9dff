//! What callers ask for, of whatever there is by then.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::sequences::{ACCOUNTS, decimal};
use crate::support::{PAYMENTS, payment, transfer};

const TRANSFERS: &str = "/api/v1/transfers";
const HOLDS: &str = "/api/v1/holds";

/// An amount in cents from one account to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) minor: i64,
}

/// What a request asks for. In this order the effects on one thing come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Transfer,
    Batch,
    PlaceHold,
    Pay,
    Authorize,
    CaptureHold,
    ReleaseHold,
    Capture,
    Cancel,
    Reverse,
    Refund,
    /// To freeze or unfreeze an account.
    Guard,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Transfer(Leg),
    Batch {
        is_atomic: bool,
        legs: Vec<Leg>,
    },
    PlaceHold(Leg),
    Pay {
        leg: Leg,
        is_authorized: bool,
        is_captured: bool,
    },
    /// Something that is to happen to a thing, of which so much is asked, where any is.
    Change {
        operation: Operation,
        thing: Index,
        minor: i64,
    },
    Guard {
        account: usize,
        request: &'static str,
    },
}

fn leg() -> impl Strategy<Value = Leg> {
    (0..ACCOUNTS, 0..ACCOUNTS, 1..90_i64).prop_map(|(from, to, minor)| Leg { from, to, minor })
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let batch = (any::<bool>(), proptest::collection::vec(leg(), 1..4));
    let paying = (leg(), any::<bool>(), any::<bool>());
    let operation = prop_oneof![
        2 => Just(Operation::Authorize),
        3 => Just(Operation::CaptureHold),
        2 => Just(Operation::ReleaseHold),
        3 => Just(Operation::Capture),
        2 => Just(Operation::Cancel),
        3 => Just(Operation::Reverse),
        4 => Just(Operation::Refund),
    ];
    let changing = (operation, any::<Index>(), 1..60_i64);
    let guarding = (
        0..ACCOUNTS,
        prop_oneof![1 => Just("freeze"), 3 => Just("unfreeze")],
    );
    let step = prop_oneof![
        3 => leg().prop_map(Step::Transfer),
        2 => batch.prop_map(|(is_atomic, legs)| Step::Batch { is_atomic, legs }),
        4 => leg().prop_map(Step::PlaceHold),
        5 => paying.prop_map(|(leg, is_authorized, is_captured)| Step::Pay { leg, is_authorized, is_captured }),
        16 => changing.prop_map(|(operation, thing, minor)| Step::Change { operation, thing, minor }),
        1 => guarding.prop_map(|(account, request)| Step::Guard { account, request }),
    ];
    proptest::collection::vec(step, 4..24)
}

/// A request, and what it is about.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) operation: Operation,
    /// What it would move: one leg, or those of a batch. Of a change it says the amount alone.
    pub(super) legs: Vec<Leg>,
    /// The thing that is to be changed.
    pub(super) thing: Option<String>,
    pub(super) path: String,
    pub(super) body: Value,
}

/// The ids of what was made so far, by whomever.
#[derive(Debug, Default)]
pub(super) struct Everything {
    transfers: Vec<String>,
    holds: Vec<String>,
    payments: Vec<String>,
}

impl Everything {
    /// What a step asks for, unless there is nothing yet that it could be asked of.
    pub(super) fn ask(&self, step: &Step, accounts: &[String]) -> Option<Asked> {
        let moved = |leg: &Leg| transfer(&accounts[leg.from], &accounts[leg.to], decimal(leg.minor));
        let new = |operation, leg: Leg, path: &str, body| Asked {
            operation,
            legs: vec![leg],
            thing: None,
            path: path.to_owned(),
            body,
        };
        Some(match step {
            Step::Transfer(leg) => new(Operation::Transfer, *leg, TRANSFERS, moved(leg)),
            Step::PlaceHold(leg) => new(Operation::PlaceHold, *leg, HOLDS, moved(leg)),
            Step::Batch { is_atomic, legs } => Asked {
                operation: Operation::Batch,
                legs: legs.clone(),
                thing: None,
                path: format!("{TRANSFERS}/batch"),
                body: json!({"atomic": is_atomic, "transfers": legs.iter().map(moved).collect::<Vec<_>>()}),
            },
            Step::Pay {
                leg,
                is_authorized,
                is_captured,
            } => {
                let mode = |is_automatic: &bool| if *is_automatic { "automatic" } else { "manual" };
                let mut body = payment(&accounts[leg.from], &accounts[leg.to], &decimal(leg.minor));
                body["authorization"] = json!(mode(is_authorized));
                body["capture"] = json!(mode(is_captured));
                new(Operation::Pay, *leg, PAYMENTS, body)
            }
            Step::Change {
                operation,
                thing,
                minor,
            } => self.change(*operation, *thing, *minor)?,
            Step::Guard { account, request } => {
                let leg = Leg {
                    from: *account,
                    to: *account,
                    minor: 0,
                };
                let path = format!("/api/v1/accounts/{}/{request}", accounts[*account]);
                new(Operation::Guard, leg, &path, Value::Null)
            }
        })
    }

    fn change(&self, operation: Operation, thing: Index, minor: i64) -> Option<Asked> {
        let amount = json!({"amount": decimal(minor)});
        let (things, path, request, body) = match operation {
            Operation::Authorize => (&self.payments, PAYMENTS, "authorize", Value::Null),
            Operation::Capture => (&self.payments, PAYMENTS, "capture", amount),
            Operation::Cancel => (&self.payments, PAYMENTS, "cancel", Value::Null),
            Operation::Refund => (&self.payments, PAYMENTS, "refund", amount),
            Operation::CaptureHold => (&self.holds, HOLDS, "capture", amount),
            Operation::ReleaseHold => (&self.holds, HOLDS, "release", Value::Null),
            _ => {
                let body = json!({"amount": decimal(minor), "reason": "a mistake"});
                (&self.transfers, TRANSFERS, "reverse", body)
            }
        };
        if things.is_empty() {
            return None;
        }
        let id = things[thing.index(things.len())].clone();
        Some(Asked {
            operation,
            legs: vec![Leg {
                from: 0,
                to: 0,
                minor,
            }],
            path: format!("{path}/{id}/{request}"),
            thing: Some(id),
            body,
        })
    }

    /// Notes what was made.
    pub(super) fn note(&mut self, asked: &Asked, status: u16, body: &Value) {
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        match (asked.operation, status) {
            (Operation::Transfer, 201) => self.transfers.push(id(body)),
            (Operation::PlaceHold, 201) => self.holds.push(id(body)),
            (Operation::Pay, 201) => self.payments.push(id(body)),
            (Operation::Batch, 201) => {
                let posted = body["results"].as_array().unwrap().iter();
                let posted = posted.filter(|result| result["status"] == "posted");
                self.transfers
                    .extend(posted.map(|result| id(&result["transfer"])));
            }
            _ => {}
        }
    }
}
