//! Every state of a payment, with everything that can be asked of it: what is allowed, and what is refused.

use ledger::{Payment, PaymentChange, PaymentState};
use serde_json::{Value, json};
use service::{Clock as _, Ids as _, SystemIds};
use store::{MovementIntent, MovementWrite, StoredPaymentEvent};

use crate::support::{Bank, PAYMENTS, act, on_every_kind, paid, payment};

on_every_kind!(
    every_request_is_allowed_or_refused_in_every_state,
    a_change_is_answered_once_under_a_key,
);

const REQUESTS: [&str; 4] = ["authorize", "capture", "refund", "cancel"];

/// Where each request leads to from each state; everything else is refused.
const WAYS: [(PaymentState, &str, &str); 6] = [
    (PaymentState::Pending, "authorize", "captured"),
    (PaymentState::Pending, "cancel", "cancelled"),
    (PaymentState::Authorized, "capture", "captured"),
    (PaymentState::Authorized, "cancel", "cancelled"),
    (PaymentState::Captured, "refund", "refunded"),
    (PaymentState::PartiallyRefunded, "refund", "refunded"),
];

struct Parties<'b> {
    bank: &'b Bank,
    alice: String,
    bob: String,
}

impl Parties<'_> {
    /// A payment that got there, by its id.
    async fn at(&self, state: PaymentState, key: &str) -> String {
        let Self { bank, alice, bob } = self;
        let mut body = payment(alice, bob, "1");
        match state {
            PaymentState::Pending
            | PaymentState::Cancelled
            | PaymentState::Processing
            | PaymentState::Failed => body["authorization"] = json!("manual"),
            PaymentState::Authorized => body["capture"] = json!("manual"),
            PaymentState::Declined => body["amount"] = json!("1000000"),
            PaymentState::Captured | PaymentState::PartiallyRefunded | PaymentState::Refunded => {}
        }
        let made = paid(bank, key, &body).await;
        let id = made["id"].as_str().unwrap().to_owned();
        match state {
            PaymentState::Cancelled => drop(act(bank, &id, "cancel", &Value::Null).await.json(200)),
            PaymentState::PartiallyRefunded => {
                drop(
                    act(bank, &id, "refund", &json!({"amount": "0.40"}))
                        .await
                        .json(200),
                );
            }
            PaymentState::Refunded => drop(act(bank, &id, "refund", &Value::Null).await.json(200)),
            // Nothing leads there until there is a provider.
            PaymentState::Processing => self.bring(&id, &[PaymentChange::Process]).await,
            PaymentState::Failed => {
                self.bring(&id, &[PaymentChange::Process, PaymentChange::Fail])
                    .await;
            }
            _ => {}
        }
        assert_eq!(self.status(&id).await, state.name());
        id
    }

    /// Lets things happen to a payment, past the API.
    async fn bring(&self, payment_id: &str, changes: &[PaymentChange]) {
        let (payment_id, changes) = (payment_id.parse().unwrap(), changes.to_vec());
        let now = self.bank.clock.now();
        let mut intent = MovementIntent::default();
        intent.payments.insert(payment_id);
        let decide = move |loaded: store::LoadedMovements| {
            let mut payment = loaded.payments.into_iter().next().unwrap();
            let happened = changes.into_iter().map(|change| {
                let event = payment.life.apply(change).unwrap();
                (event, payment.life)
            });
            let happened: Vec<(ledger::PaymentEvent, Payment)> = happened.collect();
            let events = happened.into_iter().map(|(event, life)| StoredPaymentEvent {
                id: SystemIds.next(),
                payment_id,
                company_id: payment.company_id,
                number: life.figures().events,
                event,
                transaction_id: None,
                reason: None,
                request: None,
                created_at: now,
            });
            MovementWrite {
                payment_events: events.collect(),
                changed_payments: vec![payment],
                ..MovementWrite::default()
            }
        };
        let done = self.bank.store.move_money(intent, Box::new(decide)).await;
        done.unwrap();
    }

    async fn status(&self, payment_id: &str) -> String {
        let found = self.bank.get(&format!("{PAYMENTS}/{payment_id}")).await.json(200);
        found["status"].as_str().unwrap().to_owned()
    }
}

async fn parties(bank: &Bank) -> Parties<'_> {
    Parties {
        bank,
        alice: bank.account("alice", "100").await,
        bob: bank.account("bob", "0").await,
    }
}

async fn every_request_is_allowed_or_refused_in_every_state(bank: &Bank) {
    let parties = parties(bank).await;
    for from in PaymentState::ALL {
        for request in REQUESTS {
            let name = format!("{}-{request}", from.name());
            let id = parties.at(from, &name).await;
            let events = format!("{PAYMENTS}/{id}/events");
            let before = bank.get(&events).await.json(200);
            let reply = act(bank, &id, request, &Value::Null).await;
            let way = WAYS
                .iter()
                .find(|(state, of, _)| (*state, *of) == (from, request));
            if let Some((_, _, to)) = way {
                assert_eq!(reply.json(200)["status"], *to, "{name}");
                assert_eq!(parties.status(&id).await, *to, "{name}");
            } else {
                assert_eq!(reply.problem(409).0, "invalid_state_transition", "{name}");
                assert_eq!(parties.status(&id).await, from.name(), "{name}");
                assert_eq!(bank.get(&events).await.json(200), before, "{name}");
            }
        }
    }
    bank.verify().await;
}

async fn a_change_is_answered_once_under_a_key(bank: &Bank) {
    let parties = parties(bank).await;
    for (state, request, to) in WAYS {
        let id = parties.at(state, &format!("{}-{request}", state.name())).await;
        let path = format!("{PAYMENTS}/{id}/{request}");
        let key = format!("{id}-{request}");
        let first = bank.post_as(&key, &path, &Value::Null).await;
        assert_eq!(first.json(200)["status"], to);
        let again = bank.post_as(&key, &path, &Value::Null).await;
        assert!(again.is_replayed());
        assert_eq!(again.json(200), first.json(200));
        let other = bank.post_as(&format!("{key}-2"), &path, &Value::Null).await;
        assert_eq!(other.problem(409).0, "invalid_state_transition");
    }
    bank.verify().await;
}
