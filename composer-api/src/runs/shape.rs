//! What a run looks like.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use service::Problem;
use store::{OutboxEvent, RunDetails, RunRecord};
use uuid::Uuid;

use crate::{json_text::JsonText, ledger_views::LedgerTransaction, time::Time};

/// A run, as lists show it.
#[derive(Debug, Object, Serialize)]
pub(super) struct Run {
    /// Its id.
    id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// The rule.
    rule_id: Uuid,
    /// The rule's name when the event was accepted.
    rule_name: String,
    /// The version that it was pinned to when the event was accepted.
    rule_version: u32,
    /// The event, by the name that the company knows it by.
    event_id: String,
    /// Where it stands.
    status: RunStatus,
    /// Why it ended so, if not well.
    #[oai(nullable)]
    error: Option<RunError>,
    /// What binds it to the request that brought the event.
    correlation_id: String,
    /// When the event was accepted.
    accepted_at: Time,
    /// When it was first stepped.
    started_at: Time,
    /// When it ended.
    #[oai(nullable)]
    finished_at: Option<Time>,
}

/// A run with all that belongs to it.
#[derive(Debug, Object, Serialize)]
pub(super) struct RunWithDetails {
    #[oai(flatten)]
    #[serde(flatten)]
    run: Run,
    /// The event, as it came; null once it was erased.
    #[oai(nullable)]
    event: Option<JsonText>,
    /// Its nodes by id: `{state, output, error, attempts, comparisons}`.
    nodes: JsonText,
    /// The ledger transactions that it posted, in order.
    transactions: Vec<LedgerTransaction>,
    /// The events that it sent out, in order.
    events: Vec<SentEvent>,
}

/// Why a run did not end well.
#[derive(Debug, Object, Serialize)]
pub(super) struct RunError {
    /// The kind of fault, stable.
    code: String,
    /// What happened, in a sentence.
    message: String,
    /// The node where it happened, if it was at one.
    #[oai(nullable)]
    node_id: Option<String>,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(super) enum RunStatus {
    /// Being stepped.
    Running,
    /// A call, a timer or an approval is out.
    Waiting,
    /// Every node settled, and no failure went unhandled.
    Succeeded,
    /// A failure or error went unhandled.
    Failed,
    /// A task ended it on purpose.
    Aborted,
    /// A person ended it.
    Cancelled,
    /// What it did is being undone.
    Compensating,
    /// Something that it did could not be undone: a person has to look.
    CompensationFailed,
}

/// An event that a run sent out.
#[derive(Debug, Object, Serialize)]
pub(super) struct SentEvent {
    /// Its id.
    id: Uuid,
    /// Its place among the company's events, from 1.
    number: u64,
    /// Its type, such as `invoice.generated`.
    #[oai(rename = "type")]
    #[serde(rename = "type")]
    event_type: String,
    /// What it says.
    data: JsonText,
    /// The node that sent it.
    node_id: String,
    /// When it was made.
    created_at: Time,
}

impl From<RunRecord> for Run {
    fn from(run: RunRecord) -> Self {
        Self {
            id: run.id,
            company_id: run.company_id,
            rule_id: run.rule_id,
            rule_name: run.rule_name,
            rule_version: run.rule_version,
            event_id: run.event_id,
            status: run.status.into(),
            error: run.error.map(RunError::from),
            correlation_id: run.correlation_id,
            accepted_at: Time(run.accepted_at),
            started_at: Time(run.started_at),
            finished_at: run.finished_at.map(Time),
        }
    }
}

impl RunWithDetails {
    /// A run as it is read.
    ///
    /// # Errors
    /// 500 if something of it that is stored as JSON is not.
    pub(super) fn of(details: RunDetails) -> Result<Self, Problem> {
        let RunDetails {
            mut run,
            event,
            transactions,
            events,
        } = details;
        let place = |what: &str| format!("{what} of run {}", run.id);
        let event = event
            .map(|event| JsonText::stored_bytes(&event, || place("the event")))
            .transpose()?;
        let nodes = std::mem::take(&mut run.nodes);
        let nodes = JsonText::stored(nodes, || format!("the nodes of run {}", run.id))?;
        Ok(Self {
            run: run.into(),
            event,
            nodes,
            transactions: transactions
                .into_iter()
                .map(LedgerTransaction::of)
                .collect::<Result<_, _>>()?,
            events: events.into_iter().map(SentEvent::of).collect::<Result<_, _>>()?,
        })
    }
}

impl SentEvent {
    fn of(event: OutboxEvent) -> Result<Self, Problem> {
        let id = event.id;
        Ok(Self {
            id,
            number: event.number,
            event_type: event.event_type,
            data: JsonText::stored(event.data, || format!("the data of event {id}"))?,
            node_id: event.node_id,
            created_at: Time(event.created_at),
        })
    }
}

impl From<store::RunError> for RunError {
    fn from(
        store::RunError {
            code,
            message,
            node_id,
        }: store::RunError,
    ) -> Self {
        Self {
            code,
            message,
            node_id,
        }
    }
}

/// Both ways, for runs that are shown and for filters.
macro_rules! statuses {
    ($($status:ident),*) => {
        impl From<store::RunStatus> for RunStatus {
            fn from(status: store::RunStatus) -> Self {
                match status {
                    $(store::RunStatus::$status => Self::$status,)*
                }
            }
        }

        impl From<RunStatus> for store::RunStatus {
            fn from(status: RunStatus) -> Self {
                match status {
                    $(RunStatus::$status => Self::$status,)*
                }
            }
        }
    };
}

statuses!(
    Running,
    Waiting,
    Succeeded,
    Failed,
    Aborted,
    Cancelled,
    Compensating,
    CompensationFailed
);

#[cfg(test)]
mod tests {
    use poem_openapi::types::ToJSON as _;

    use super::*;

    #[test]
    fn a_status_is_written_as_it_is_stored() {
        for stored in store::RunStatus::ALL {
            let status = RunStatus::from(stored);
            assert_eq!(status.to_json().unwrap(), stored.as_str());
            assert_eq!(serde_json::to_value(status).unwrap(), stored.as_str());
            assert_eq!(store::RunStatus::from(status), stored);
        }
    }
}
