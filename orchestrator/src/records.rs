//! From a finished run to what is stored of it.

use jiff::Timestamp;
use ledger::Direction;
use rules::Execution;
use serde_json::Value;
use store::{
    BatchWrite, EventSource, NewTransaction, OutboxEvent, RunError, RunRecord, RunStatus, StoredEntry,
    StoredTransaction,
};
use tasks::{PostedTransaction, Run, SentEvent};
use uuid::Uuid;

use crate::prepare::{Prepared, PreparedRun};
use crate::{CommittedRun, Deps};

/// When a run was stepped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Timestamp,
}

/// Adds a finished run to what is written. `outbox` is the last number of the company's outgoing events.
pub(crate) fn record(
    event: &Prepared,
    run: &PreparedRun,
    finished: Run<'_>,
    moment: Moment,
    outbox: &mut u64,
    deps: &Deps,
    write: &mut BatchWrite,
) -> CommittedRun {
    let status = match finished.end.status {
        tasks::RunStatus::Succeeded => RunStatus::Succeeded,
        tasks::RunStatus::Failed => RunStatus::Failed,
        tasks::RunStatus::Aborted => RunStatus::Aborted,
        tasks::RunStatus::CompensationFailed => RunStatus::CompensationFailed,
    };
    let error = finished.end.fault.map(|fault| RunError {
        code: fault.code,
        message: fault.message,
        node_id: Some(fault.node_id).filter(|node_id| !node_id.is_empty()),
    });
    write.runs.push(run_record(
        event,
        run,
        status,
        error,
        nodes_text(&finished.execution),
        moment,
    ));
    for posted in finished.transactions {
        write
            .transactions
            .push(transaction(event, run, posted, moment.finished_at, deps));
    }
    for sent in finished.events {
        *outbox = outbox.saturating_add(1);
        write
            .events
            .push(outbox_event(event, run, sent, *outbox, moment.finished_at, deps));
    }
    committed(event, run, status, moment.finished_at)
}

/// Adds a run that failed because the store refuses what it would do.
pub(crate) fn record_refused(
    event: &Prepared,
    run: &PreparedRun,
    reason: &str,
    deps: &Deps,
    write: &mut BatchWrite,
) -> CommittedRun {
    let now = deps.clock.now();
    let error = RunError {
        code: "refused_by_store".to_owned(),
        message: reason.to_owned(),
        node_id: None,
    };
    let nodes = nodes_text(&Execution::skipped(&run.plan));
    let moment = Moment {
        started_at: now,
        finished_at: now,
    };
    write.runs.push(run_record(
        event,
        run,
        RunStatus::Failed,
        Some(error),
        nodes,
        moment,
    ));
    committed(event, run, RunStatus::Failed, now)
}

fn committed(event: &Prepared, run: &PreparedRun, status: RunStatus, at: Timestamp) -> CommittedRun {
    CommittedRun {
        run_id: run.pinned.run_id,
        company_id: event.company.company_id,
        status,
        accepted_at: event.claim.accepted_at,
        committed_at: at,
    }
}

fn run_record(
    event: &Prepared,
    run: &PreparedRun,
    status: RunStatus,
    error: Option<RunError>,
    nodes: String,
    moment: Moment,
) -> RunRecord {
    RunRecord {
        id: run.pinned.run_id,
        claim_id: event.claim.id,
        company_id: event.company.company_id,
        event_id: event.claim.event_id.clone(),
        rule_id: run.pinned.rule_id,
        rule_name: run.pinned.rule_name.clone(),
        rule_version: run.pinned.version,
        status,
        error,
        nodes,
        correlation_id: event.correlation_id.clone(),
        traceparent: event.traceparent.clone(),
        accepted_at: event.claim.accepted_at,
        started_at: moment.started_at,
        finished_at: Some(moment.finished_at),
    }
}

fn nodes_text(execution: &Execution<'_>) -> String {
    // Records hold texts and JSON values only, and those always serialise.
    serde_json::to_string(&execution.nodes()).unwrap_or_else(|_| "{}".to_owned())
}

fn transaction(
    event: &Prepared,
    run: &PreparedRun,
    posted: PostedTransaction,
    created_at: Timestamp,
    deps: &Deps,
) -> NewTransaction {
    let company_id = event.company.company_id;
    let transaction = StoredTransaction {
        id: posted.id,
        company_id,
        reference: posted.reference,
        run_id: Some(run.pinned.run_id),
        node_id: Some(posted.node_id),
        description: posted.draft.description().map(str::to_owned),
        metadata: Value::Object(posted.draft.metadata().clone()).to_string(),
        reverses: posted.draft.reverses(),
        entries: Vec::new(),
        created_at,
    };
    let transaction = transaction.with_entries(posted.entries, || deps.ids.next());
    debug_assert!(is_balanced(&transaction.entries));
    NewTransaction {
        transaction,
        content_hash: posted.content_hash,
    }
}

/// Debits equal credits: the ledger has made sure of it, and nothing here may undo that.
fn is_balanced(entries: &[StoredEntry]) -> bool {
    let mut sums = std::collections::HashMap::new();
    for entry in entries {
        let sign = if entry.direction == Direction::Debit {
            1
        } else {
            -1
        };
        *sums.entry(entry.amount.currency()).or_insert(0_i128) += sign * i128::from(entry.amount.minor());
    }
    sums.values().all(|sum| *sum == 0)
}

fn outbox_event(
    event: &Prepared,
    run: &PreparedRun,
    sent: SentEvent,
    number: u64,
    created_at: Timestamp,
    deps: &Deps,
) -> OutboxEvent {
    OutboxEvent {
        id: deps.ids.next(),
        company_id: event.company.company_id,
        number,
        partition: event.outbox_partition,
        event_type: sent.event_type,
        data: Value::Object(sent.data).to_string(),
        source: EventSource::Node {
            run_id: run.pinned.run_id,
            node_id: sent.node_id,
        },
        correlation_id: event.correlation_id.clone(),
        traceparent: event.traceparent.clone(),
        created_at,
    }
}

/// Says of runs when the database had them.
pub(crate) fn stamp(runs: &mut [CommittedRun], now: Timestamp) {
    for run in runs {
        run.committed_at = now;
    }
}

/// The ids of runs, for a log line.
pub(crate) fn ids(event: &Prepared) -> Vec<Uuid> {
    event.runs.iter().map(|run| run.pinned.run_id).collect()
}
