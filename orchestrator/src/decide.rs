//! The middle of a batch: every run, in the order of the queue, in memory, over what was loaded.

use std::collections::{BTreeMap, HashMap};

use store::{BatchWrite, ClaimOutcome, Counter, CounterKey, DeadLetter, Footprint, Loaded, RunStatus};
use tasks::{Desk, KnownTransaction, Needs, RunSubject};
use uuid::Uuid;

use crate::prepare::{Prepared, PreparedRun, dead_letter};
use crate::records;
use crate::{CommittedRun, Deps};

/// How often a run is tried again, in a round that is lost, with what it was found to need. What it did until then
/// stays on the desk, so the more often, the less what it then needs has to do with what it will need.
const MAX_TRIES: usize = 16;

/// What was decided.
pub(crate) enum Decided {
    /// To write, and to tell of once it is committed.
    Write(Box<BatchWrite>, Vec<CommittedRun>),
    /// More is needed than was loaded.
    Widen(Needs),
}

/// What the runs of a batch may touch, learned by running them on a dry desk.
pub(crate) fn foresee(events: &[std::sync::Arc<Prepared>], deps: &Deps) -> Needs {
    let mut desk = Desk::dry();
    for event in events {
        for run in &event.runs {
            let mut new_id = run.ids.replay(&*deps.ids);
            // A dry desk never lacks anything.
            let _ = tasks::run(
                &deps.tasks,
                subject(event, run),
                &BTreeMap::new(),
                &mut desk,
                &mut new_id,
            );
        }
    }
    desk.touched()
}

/// What to ask the store for.
pub(crate) fn footprint(events: &[std::sync::Arc<Prepared>], needs: &Needs) -> Footprint {
    let outboxes = events
        .iter()
        .map(|event| key(event.company.company_id, Counter::Outbox));
    let invoices = needs
        .invoice_numbers
        .iter()
        .map(|company_id| key(*company_id, Counter::Invoice));
    Footprint {
        accounts: needs.accounts.clone(),
        holds: needs.holds.clone(),
        references: needs.references.clone(),
        counters: outboxes.chain(invoices).collect(),
    }
}

fn key(company_id: Uuid, counter: Counter) -> CounterKey {
    CounterKey { company_id, counter }
}

fn subject<'s>(event: &'s Prepared, run: &'s PreparedRun) -> RunSubject<'s> {
    RunSubject {
        plan: &run.plan,
        event: &event.event,
        company: &event.company,
        run_id: run.pinned.run_id,
        rule_id: run.pinned.rule_id,
        rule_version: run.pinned.version,
        accepted_at: event.claim.accepted_at,
    }
}

/// A batch while it is decided on.
struct Deciding<'d> {
    deps: &'d Deps,
    desk: Desk,
    outbox: HashMap<Uuid, u64>,
    counters_before: HashMap<CounterKey, u64>,
    missing: Needs,
    write: BatchWrite,
    committed: Vec<CommittedRun>,
}

/// Runs every event that is fresh. Says what to write, or what was missing: then the whole batch has been
/// looked at, so that one more round usually suffices.
pub(crate) fn decide(
    events: &[std::sync::Arc<Prepared>],
    needs: &Needs,
    loaded: Loaded,
    deps: &Deps,
) -> Decided {
    let outcomes = loaded.claims.clone();
    let mut deciding = Deciding::new(loaded, needs, deps);
    for (event, outcome) in events.iter().zip(outcomes) {
        match outcome {
            ClaimOutcome::Fresh => event.runs.iter().for_each(|run| deciding.run(event, run)),
            ClaimOutcome::Repeated => {}
            ClaimOutcome::Conflicting => deciding.write.dead_letters.push(reused(event, deps)),
        }
    }
    deciding.finish()
}

impl<'d> Deciding<'d> {
    fn new(loaded: Loaded, needs: &Needs, deps: &'d Deps) -> Self {
        let mut desk = Desk::enforcing();
        desk.foresee(needs);
        loaded
            .accounts
            .into_iter()
            .for_each(|account| desk.load_account(account));
        loaded.holds.into_iter().for_each(|hold| desk.load_hold(hold));
        for known in loaded.references {
            let transaction = KnownTransaction {
                id: known.transaction_id,
                content_hash: known.content_hash,
            };
            desk.load_transaction(known.company_id, known.reference, transaction);
        }
        let mut outbox = HashMap::new();
        for (CounterKey { company_id, counter }, last) in &loaded.counters {
            match counter {
                Counter::Invoice => desk.load_invoice_number(*company_id, *last),
                Counter::Outbox => {
                    outbox.insert(*company_id, *last);
                }
            }
        }
        Self {
            deps,
            desk,
            outbox,
            counters_before: loaded.counters.into_iter().collect(),
            missing: Needs::default(),
            write: BatchWrite::default(),
            committed: Vec::new(),
        }
    }

    fn run(&mut self, event: &Prepared, run: &PreparedRun) {
        for _ in 0..MAX_TRIES {
            let started_at = self.deps.clock.now();
            let mut new_id = run.ids.replay(&*self.deps.ids);
            let subject = subject(event, run);
            match tasks::run(
                &self.deps.tasks,
                subject,
                &BTreeMap::new(),
                &mut self.desk,
                &mut new_id,
            ) {
                Ok(finished) => {
                    let outbox = self.outbox.entry(event.company.company_id).or_insert(0);
                    let moment = records::Moment {
                        started_at,
                        finished_at: self.deps.clock.now(),
                    };
                    let record =
                        records::record(event, run, finished, moment, outbox, self.deps, &mut self.write);
                    self.committed.push(record);
                    return;
                }
                // This round is lost. Going on as if the rest were empty finds what else is missing.
                Err(needs) => {
                    self.desk.foresee(&needs);
                    self.missing.merge(needs);
                }
            }
        }
    }

    fn finish(mut self) -> Decided {
        if self.missing != Needs::default() {
            return Decided::Widen(self.missing);
        }
        for changed in self.desk.books().changed() {
            let list = if changed.is_new {
                &mut self.write.opened_accounts
            } else {
                &mut self.write.changed_accounts
            };
            list.push(changed.account.clone());
        }
        for changed in self.desk.books().changed_holds() {
            let list = if changed.is_new {
                &mut self.write.placed_holds
            } else {
                &mut self.write.changed_holds
            };
            list.push(changed.hold.clone());
        }
        let invoices = self
            .desk
            .invoice_numbers()
            .map(|(company_id, last)| (key(company_id, Counter::Invoice), last));
        let outbox = self
            .outbox
            .iter()
            .map(|(company_id, last)| (key(*company_id, Counter::Outbox), *last));
        let before = &self.counters_before;
        let mut moved: Vec<(CounterKey, u64)> = invoices
            .chain(outbox)
            .filter(|(key, last)| before.get(key).copied().unwrap_or(0) != *last)
            .collect();
        moved.sort_unstable();
        self.write.counters = moved;
        Decided::Write(Box::new(self.write), self.committed)
    }
}

/// The dead letter of an event whose id another has: the first wins.
fn reused(event: &Prepared, deps: &Deps) -> DeadLetter {
    let event_id = event.claim.event_id.clone();
    let detail = format!("another event was accepted before under the id {event_id:?}");
    dead_letter(&event.delivery, Some(event_id), "event_id_reused", detail, deps)
}

/// Stores an event's runs as failed, with nothing else: for an event whose effects the store refuses.
pub(crate) fn fail(event: &Prepared, loaded: &Loaded, reason: &str, deps: &Deps) -> Decided {
    let mut write = BatchWrite::default();
    let mut committed = Vec::new();
    match loaded.claims.first() {
        Some(ClaimOutcome::Fresh) => {
            for run in &event.runs {
                committed.push(records::record_refused(event, run, reason, deps, &mut write));
            }
        }
        Some(ClaimOutcome::Conflicting) => write.dead_letters.push(reused(event, deps)),
        Some(ClaimOutcome::Repeated) | None => {}
    }
    debug_assert!(committed.iter().all(|run| run.status == RunStatus::Failed));
    Decided::Write(Box::new(write), committed)
}
