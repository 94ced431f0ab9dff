//! What must hold, checked at every step.
//!
//! - Every event that is new has exactly one run for each rule that it is pinned to, and nothing else has any. The runs of
//!   a company do what they would have done one after another, in the order in which their messages were published:
//!   they end alike, post the same entries with the same balances, and send the same events under the same numbers.
//! - A batch commits under the lease of its partition. The ledger verifies after every batch.
//! - A message is acknowledged only once its event is claimed, or it is a dead letter. Dead letters are those messages
//!   that must be, for the reason that they must.
//! - The bus is sent only what is committed, and hears each company's events in order, second copies dropped. An event is
//!   noted as sent only once the bus has it.
//! - In the end the queue is empty and all of this has happened.

mod bus;
mod end;
mod possessions;
mod reference;
mod telling;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use queue::{Message, partition_of};
use store::{BatchEnd, PartitionLease, SentUpTo};
use tasks::Tasks;
use uuid::Uuid;

use self::reference::{Fate, Reference};
use self::telling::tell_stored;
use crate::{MemoryQueue, MemoryStore, Tables};

/// What does not hold, in words.
pub(crate) type Violation = String;

type Judged = Result<(), Violation>;

/// Watches what is done to the store and the queue.
pub(crate) struct Judge {
    store: Arc<MemoryStore>,
    queue: MemoryQueue,
    state: Mutex<State>,
}

struct State {
    reference: Reference,
    /// How many published messages the reference has followed.
    followed: usize,
    /// How many stored runs were compared, of all companies and of each.
    compared: usize,
    compared_of: BTreeMap<Uuid, usize>,
    /// How many events of the bus were looked at.
    heard: usize,
    /// How many messages had been published when somebody first asked for a letter to be put back.
    asked_for: BTreeMap<Uuid, usize>,
    /// The number of each company's last event that the bus has heard.
    heard_of: BTreeMap<Uuid, u64>,
    violation: Option<Violation>,
}

/// What a batch was, for those who judge it.
#[derive(Debug, Clone)]
pub(crate) struct BatchSummary {
    /// The leases that it named.
    pub(crate) leases: Vec<PartitionLease>,
    /// The companies of its claims.
    pub(crate) companies: Vec<Uuid>,
}

impl fmt::Display for BatchSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = self.companies.len();
        write!(formatter, "a batch of {events} under")?;
        for PartitionLease { partition, epoch } in &self.leases {
            write!(formatter, " {partition}:{epoch}")?;
        }
        Ok(())
    }
}

impl Judge {
    /// Watches a store and a queue to which nothing was done yet, but that companies and rules were saved.
    pub(crate) fn new(tasks: Arc<Tasks>, store: Arc<MemoryStore>, queue: MemoryQueue) -> Self {
        let state = State {
            reference: Reference::new(tasks, store.clone()),
            followed: 0,
            compared: 0,
            compared_of: BTreeMap::new(),
            asked_for: BTreeMap::new(),
            heard: 0,
            heard_of: BTreeMap::new(),
            violation: None,
        };
        Self {
            store,
            queue,
            state: Mutex::new(state),
        }
    }

    /// The first thing that did not hold.
    pub(crate) fn violation(&self) -> Option<Violation> {
        self.lock().violation.clone()
    }

    /// Something went wrong that nobody else sees.
    pub(crate) fn report(&self, violation: Violation) {
        self.lock().violation.get_or_insert(violation);
    }

    /// A batch ended so, just now.
    pub(crate) fn after_batch(&self, batch: &BatchSummary, end: BatchEnd) {
        self.judge(|state| {
            let is_committed = end == BatchEnd::Committed;
            if is_committed {
                self.check_ledger()?;
            }
            self.store.inspect(|tables| {
                if is_committed {
                    check_leases(tables, batch)?;
                }
                state.compare_runs(tables)?;
                state.check_letters(tables)
            })
        });
    }

    /// A dead letter was kept.
    pub(crate) fn after_letter(&self) {
        self.judge(|state| self.store.inspect(|tables| state.check_letters(tables)));
    }

    /// Somebody asked for a letter to be put back.
    pub(crate) fn after_request(&self, letter_id: Uuid) {
        self.judge(|state| {
            state.asked_for.entry(letter_id).or_insert(state.followed);
            Ok(())
        });
    }

    /// A letter was noted to be back on the queue.
    pub(crate) fn after_requeue(&self, letter_id: Uuid) {
        self.judge(|state| {
            let body = self
                .store
                .inspect(|tables| Some(tables.letters.get(&letter_id)?.body.clone()));
            let asked_for = state.asked_for.get(&letter_id).copied().unwrap_or(0);
            let is_back = |message: &Message| Some(&message.body) == body.as_ref();
            let since = |published: &[Message]| published.iter().skip(asked_for).any(is_back);
            if self.queue.inspect_published(since) {
                return Ok(());
            }
            Err(format!(
                "letter {letter_id} is noted to be back on the queue, and is not"
            ))
        });
    }

    /// Messages were acknowledged.
    pub(crate) fn after_ack(&self, messages: &[Message]) {
        self.judge(|state| {
            self.store.inspect(|tables| {
                let mut lost = messages
                    .iter()
                    .filter(|message| !state.is_settled(tables, message.id));
                lost.next().map_or(Ok(()), |message| {
                    let id = message.id;
                    Err(format!(
                        "message {id} was acknowledged, and nothing of it is stored"
                    ))
                })
            })
        });
    }

    /// Events were sent to the bus.
    pub(crate) fn after_send(&self) {
        self.judge(|state| {
            let heard = state.heard;
            let sent = self
                .queue
                .inspect_sent(|sent| sent.get(heard..).unwrap_or_default().to_vec());
            self.store.inspect(|tables| state.hear(tables, &sent))
        });
    }

    /// Events were noted as sent.
    pub(crate) fn after_mark(&self, sent: &[SentUpTo]) {
        self.judge(|state| state.check_marks(sent));
    }

    fn check_ledger(&self) -> Judged {
        // The store in memory never waits.
        match store::verify_ledger(self.store.as_ref()).now_or_never() {
            Some(Ok(audit)) => audit
                .difference
                .map_or(Ok(()), |difference| Err(difference.to_string())),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the ledger could not be read at once".to_owned()),
        }
    }

    /// Follows what was published since, and judges, unless something was found already.
    fn judge(&self, judge: impl FnOnce(&mut State) -> Judged) {
        let mut state = self.lock();
        if state.violation.is_some() {
            return;
        }
        self.queue.inspect_published(|published| state.follow(published));
        if let Err(violation) = judge(&mut state) {
            state.violation = Some(violation);
        }
    }

    /// What is kept of a judgement that panicked is that it was wrong.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The batch was its partitions', under the leases that are good now.
fn check_leases(tables: &Tables, batch: &BatchSummary) -> Judged {
    for lease in &batch.leases {
        let now = tables.partitions.get(&lease.partition).map(|row| row.epoch);
        if now != Some(lease.epoch) {
            let partition = lease.partition;
            return Err(format!(
                "{batch} was committed, though the epoch of {partition} is {now:?}"
            ));
        }
    }
    let is_covered = |company_id: &Uuid| {
        let partition = partition_of(company_id.as_bytes()).number();
        batch.leases.iter().any(|lease| lease.partition == partition)
    };
    let stray = batch.companies.iter().find(|id| !is_covered(id));
    stray.map_or(Ok(()), |company_id| {
        Err(format!(
            "{batch} was committed with company {company_id}, whose partition is none of them"
        ))
    })
}

impl State {
    fn follow(&mut self, published: &[Message]) {
        for message in published.get(self.followed..).unwrap_or_default() {
            self.reference.follow(message);
        }
        self.followed = published.len();
    }

    /// Compares the runs that were stored since with those that should have been.
    fn compare_runs(&mut self, tables: &Tables) -> Judged {
        for run in tables.runs.get(self.compared..).unwrap_or_default() {
            let transactions = tables
                .transactions_of_run(run.id)
                .map(|posted| &posted.transaction);
            let stored = tell_stored(run, transactions, tables.events_of_run(run.id));
            let place = self.compared_of.entry(run.company_id).or_default();
            let expected = self
                .reference
                .runs
                .get(&run.company_id)
                .and_then(|runs| runs.get(*place));
            if expected != Some(&stored) {
                let expected =
                    expected.map_or_else(|| "  no run".to_owned(), |telling| telling.0.join("\n  "));
                let stored = stored.0.join("\n  ");
                return Err(format!("expected\n  {expected}\nbut stored is\n  {stored}"));
            }
            *place += 1;
        }
        self.compared = tables.runs.len();
        Ok(())
    }

    /// Every dead letter is one that should be.
    fn check_letters(&self, tables: &Tables) -> Judged {
        for letter in tables.letters.values() {
            let fate = self.reference.fates.get(&letter.id);
            if !matches!(fate, Some(Fate::DeadLetter(reason)) if *reason == letter.reason) {
                let (id, reason, detail) = (letter.id, &letter.reason, &letter.detail);
                return Err(format!(
                    "message {id} became a dead letter ({reason}: {detail}), but should be {fate:?}"
                ));
            }
        }
        Ok(())
    }

    /// Whether what should come of a message is stored.
    fn is_settled(&self, tables: &Tables, message_id: Uuid) -> bool {
        match self.reference.fates.get(&message_id) {
            Some(Fate::Claimed { company_id, event_id }) => {
                tables.claims.contains_key(&(*company_id, event_id.clone()))
            }
            Some(Fate::DeadLetter(_)) => tables.letters.contains_key(&message_id),
            None => false,
        }
    }
}
