//! What a run looks like.

use api_types::{Run, RunDetails, RunError, RunStatus, SentEvent, Time};
use service::Problem;
use store::{OutboxEvent, RunRecord};
use views::stored_json;

/// A run as lists show it.
pub(super) fn listed(run: RunRecord) -> Run {
    Run {
        id: run.id,
        company_id: run.company_id,
        rule_id: run.rule_id,
        rule_name: run.rule_name,
        rule_version: run.rule_version,
        event_id: run.event_id,
        status: status(run.status),
        error: run.error.map(error),
        correlation_id: run.correlation_id,
        accepted_at: Time::from(run.accepted_at),
        started_at: Time::from(run.started_at),
        finished_at: run.finished_at.map(Time::from),
    }
}

/// A run as it is read.
///
/// # Errors
/// 500 if something of it that is stored as JSON is not.
pub(super) fn details(found: store::RunDetails) -> Result<RunDetails, Problem> {
    let store::RunDetails {
        mut run,
        event,
        transactions,
        events,
    } = found;
    let place = |what: &str| format!("{what} of run {}", run.id);
    let event = event
        .map(|event| stored_json::object_in(&event, || place("the event")))
        .transpose()?;
    let nodes = std::mem::take(&mut run.nodes);
    let nodes = stored_json::object(nodes, || format!("the nodes of run {}", run.id))?;
    Ok(RunDetails {
        run: listed(run),
        event,
        nodes,
        transactions: transactions
            .into_iter()
            .map(views::ledger::transaction)
            .collect::<Result<_, _>>()?,
        events: events.into_iter().map(sent).collect::<Result<_, _>>()?,
    })
}

fn sent(event: OutboxEvent) -> Result<SentEvent, Problem> {
    let id = event.id;
    let node_id = event.source.node_id();
    let node_id = node_id.map(str::to_owned);
    let node_id = node_id.ok_or_else(|| Problem::internal(format!("event {id} was sent by no node")))?;
    Ok(SentEvent {
        id,
        number: event.number,
        event_type: event.event_type,
        data: stored_json::object(event.data, || format!("the data of event {id}"))?,
        node_id,
        created_at: Time::from(event.created_at),
    })
}

fn error(error: store::RunError) -> RunError {
    let store::RunError {
        code,
        message,
        node_id,
    } = error;
    RunError {
        code,
        message,
        node_id,
    }
}

/// Both ways, for runs that are shown and for filters.
macro_rules! statuses {
    ($($status:ident),* $(,)?) => {
        /// A status as the API shows it.
        pub(crate) fn status(stored: store::RunStatus) -> RunStatus {
            match stored {
                $(store::RunStatus::$status => RunStatus::$status,)*
            }
        }

        /// The status that a filter asks for.
        pub(super) fn stored_status(asked: RunStatus) -> store::RunStatus {
            match asked {
                $(RunStatus::$status => store::RunStatus::$status,)*
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
    CompensationFailed,
);

#[cfg(test)]
mod tests {
    use poem_openapi::types::ToJSON as _;

    use super::*;

    #[test]
    fn a_status_is_written_as_it_is_stored() {
        for stored in store::RunStatus::ALL {
            let shown = status(stored);
            assert_eq!(shown.to_json().unwrap(), stored.as_str());
            assert_eq!(serde_json::to_value(shown).unwrap(), stored.as_str());
            assert_eq!(shown.as_str(), stored.as_str());
            assert_eq!(stored_status(shown), stored);
        }
    }
}
