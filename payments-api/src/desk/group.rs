//! A group of orders, decided on one after another: each as if it were alone, after those before it.

use std::collections::HashMap;

use jiff::Timestamp;
use service::{Ids, Problem};
use store::{AnswerKey, Footprint, LoadedMovements, MovementWrite, StoredAnswer};

use super::{Declined, NamedOrder, Outcome, Session};
use crate::answers::{self, Answer, Answered};
use crate::idempotency::Named;
use crate::refusal::Refusal;

/// Decides on a group: what to write, and what each is told.
pub(super) fn decide(
    orders: &[NamedOrder],
    mut loaded: LoadedMovements,
    foreseen: Footprint,
    now: Timestamp,
    ids: &dyn Ids,
) -> (MovementWrite, Vec<Result<Outcome, Problem>>) {
    let mut given = Given {
        known: std::mem::take(&mut loaded.answers)
            .into_iter()
            .map(|answer| (answer.key.clone(), answer))
            .collect(),
        new: Vec::new(),
    };
    let mut session = Session::open(loaded, foreseen, now, ids);
    let outcomes = orders
        .iter()
        .map(|asked| one(asked, &mut session, &mut given, now))
        .collect();
    let mut write = session.close();
    write.answers = given.written();
    (write, outcomes)
}

/// The answers under the keys of the group.
struct Given {
    known: HashMap<AnswerKey, StoredAnswer>,
    /// Those that this group gave.
    new: Vec<AnswerKey>,
}

impl Given {
    fn written(mut self) -> Vec<StoredAnswer> {
        let new = self.new.iter();
        new.filter_map(|key| self.known.remove(key)).collect()
    }

    fn again(&self, named: &Named) -> Option<Result<Outcome, Problem>> {
        let stored = self.known.get(&named.key)?;
        if stored.fingerprint != named.fingerprint {
            return Some(Ok(first_time(Err(reused()))));
        }
        Some(match answers::read(&stored.content) {
            Ok(answer) => Ok(Outcome::Answered(Answered {
                answer,
                replayed: true,
            })),
            Err(error) => {
                let key = &stored.key.key;
                Err(Problem::internal(format!(
                    "the answer under {key:?} is broken: {error}"
                )))
            }
        })
    }

    fn keep(&mut self, named: &Named, answer: &Answer, created_at: Timestamp) -> Result<(), String> {
        let stored = StoredAnswer {
            key: named.key.clone(),
            fingerprint: named.fingerprint,
            content: answers::write(answer)?,
            created_at,
        };
        self.new.push(named.key.clone());
        self.known.insert(named.key.clone(), stored);
        Ok(())
    }
}

fn first_time(answer: Answer) -> Outcome {
    Outcome::Answered(Answered {
        answer,
        replayed: false,
    })
}

const REUSED: &str = "idempotency_key_reused";

/// 422: the key is another request's.
pub(crate) fn reused() -> Refusal {
    let detail = "The Idempotency-Key was used before for a request that says something else.";
    Refusal::of(REUSED, detail).at("Idempotency-Key")
}

fn one(
    NamedOrder { order, named, origin }: &NamedOrder,
    session: &mut Session<'_>,
    given: &mut Given,
    now: Timestamp,
) -> Result<Outcome, Problem> {
    let named = named.as_ref();
    if let Some(outcome) = named.and_then(|named| given.again(named)) {
        return outcome;
    }
    let answer = match session.all_or_nothing(|session| order.carry_out(session)) {
        Ok(success) => {
            session.send_out(origin);
            Ok(success)
        }
        // Whose key it is does not change when something else is asked for under it: that answer is not kept there.
        Err(Declined::Refused(refusal)) if refusal.code() == REUSED => {
            return Ok(first_time(Err(refusal)));
        }
        Err(Declined::Refused(refusal)) => Err(refusal),
        Err(Declined::Posted(transaction_id)) => return Ok(Outcome::Posted(transaction_id)),
        Err(Declined::Fault(message)) => return Err(Problem::internal(message)),
    };
    if let Some(named) = named {
        given.keep(named, &answer, now).map_err(Problem::internal)?;
    }
    Ok(first_time(answer))
}
