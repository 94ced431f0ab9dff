//! What there should be after everything that was answered. Effects on balances may come in any order, those on one thing in
//! one only.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use super::Answered;
use super::requests::{Leg, Operation};
use crate::sequences::{Purses, decimal};

struct Paid {
    leg: Leg,
    status: String,
    captured: i64,
    refunded: i64,
}

pub(super) struct Model {
    pub(super) purses: Purses,
    /// Each transfer, and what was taken back of it.
    transfers: BTreeMap<String, (Leg, i64)>,
    /// Those that were not settled.
    holds: BTreeMap<String, Leg>,
    payments: BTreeMap<String, Paid>,
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

fn status(payment: &Value) -> String {
    payment["status"].as_str().unwrap().to_owned()
}

impl Model {
    pub(super) fn of(answers: &[Answered]) -> Result<Self, TestCaseError> {
        let mut model = Self {
            purses: Purses::opened(),
            transfers: BTreeMap::new(),
            holds: BTreeMap::new(),
            payments: BTreeMap::new(),
        };
        let mut done: Vec<&Answered> = answers.iter().filter(|answered| answered.status < 300).collect();
        done.sort_by_key(|answered| answered.asked.operation);
        for answered in done {
            model.apply(answered)?;
        }
        for account in 0..model.purses.balances.len() {
            prop_assert!(model.purses.has(account, 0), "more was taken than was there");
        }
        Ok(model)
    }

    /// Each payment's id, with its status, and what was captured and refunded of it.
    pub(super) fn payments(&self) -> impl Iterator<Item = (&String, [String; 3])> {
        self.payments.iter().map(|(id, paid)| {
            let amounts = [paid.captured, paid.refunded].map(decimal);
            let [captured, refunded] = amounts;
            (id, [paid.status.clone(), captured, refunded])
        })
    }

    fn apply(&mut self, answered: &Answered) -> Result<(), TestCaseError> {
        let (asked, body) = (&answered.asked, &answered.body);
        let leg = asked.legs[0];
        let thing = asked.thing.clone().unwrap_or_default();
        match asked.operation {
            Operation::Transfer => self.transfer(leg, body),
            Operation::Batch => {
                for (leg, result) in asked.legs.iter().zip(body["results"].as_array().unwrap()) {
                    if result["status"] == "posted" {
                        self.transfer(*leg, &result["transfer"]);
                    }
                }
            }
            Operation::PlaceHold => {
                self.purses.pending[leg.from] += leg.minor;
                self.holds.insert(id(body), leg);
            }
            Operation::CaptureHold => {
                let held = self.settle_hold(&thing)?;
                prop_assert!(leg.minor <= held.minor);
                self.purses.shift(held.from, held.to, leg.minor);
            }
            Operation::ReleaseHold => {
                self.settle_hold(&thing)?;
            }
            Operation::Reverse => {
                let (transfer, reversed) = self.transfers.get_mut(&thing).unwrap();
                *reversed += leg.minor;
                prop_assert!(*reversed <= transfer.minor, "more was taken back than was moved");
                self.purses.shift(transfer.to, transfer.from, leg.minor);
            }
            Operation::Pay => {
                let paid = Paid {
                    leg,
                    status: "pending".to_owned(),
                    captured: 0,
                    refunded: 0,
                };
                self.payments.insert(id(body), paid);
                self.begin(&id(body), status(body));
            }
            Operation::Guard => {}
            Operation::Authorize => {
                prop_assert_eq!(&self.payments[&thing].status, "pending");
                self.begin(&thing, status(body));
            }
            Operation::Capture | Operation::Cancel | Operation::Refund => {
                self.change(asked.operation, &thing, leg.minor)?;
            }
        }
        Ok(())
    }

    fn transfer(&mut self, leg: Leg, made: &Value) {
        self.transfers.insert(id(made), (leg, 0));
        self.purses.shift(leg.from, leg.to, leg.minor);
    }

    fn settle_hold(&mut self, hold: &str) -> Result<Leg, TestCaseError> {
        let removed = self.holds.remove(hold);
        let Some(leg) = removed else {
            return Err(TestCaseError::fail(format!("hold {hold} was settled twice")));
        };
        self.purses.pending[leg.from] -= leg.minor;
        Ok(leg)
    }

    /// What becomes of a payment at first.
    fn begin(&mut self, payment: &str, status: String) {
        let paid = self.payments.get_mut(payment).unwrap();
        let Leg { from, to, minor } = paid.leg;
        match status.as_str() {
            "authorized" => self.purses.pending[from] += minor,
            "captured" => {
                paid.captured = minor;
                self.purses.shift(from, to, minor);
            }
            _ => {}
        }
        paid.status = status;
    }

    fn change(&mut self, operation: Operation, payment: &str, minor: i64) -> Result<(), TestCaseError> {
        let paid = self.payments.get_mut(payment).unwrap();
        let leg = paid.leg;
        if paid.status == "authorized" {
            self.purses.pending[leg.from] -= leg.minor;
        }
        let status = match (operation, paid.status.as_str()) {
            (Operation::Capture, "authorized") if minor <= leg.minor => {
                paid.captured = minor;
                self.purses.shift(leg.from, leg.to, minor);
                "captured"
            }
            (Operation::Cancel, "pending" | "authorized") => "cancelled",
            (Operation::Refund, "captured" | "partially_refunded")
                if paid.refunded + minor <= paid.captured =>
            {
                paid.refunded += minor;
                self.purses.shift(leg.to, leg.from, minor);
                if paid.refunded == paid.captured {
                    "refunded"
                } else {
                    "partially_refunded"
                }
            }
            (operation, status) => {
                return Err(TestCaseError::fail(format!(
                    "{operation:?} of {payment}, {status}"
                )));
            }
        };
        status.clone_into(&mut paid.status);
        Ok(())
    }
}
