//! `GET /runs`: what ran.

use api_types::{Page, Run, RunStatus};
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::{Cursor, Limit, Problem};
use store::RunFilter;
use uuid::Uuid;
use views::lists;

use super::shape;
use crate::{Moment, Refused, endpoint::State, problems, tags::Chapter};

/// How long the name of an event may be.
const MAX_EVENT_ID_CHARS: usize = 255;

pub(super) struct ListRuns(pub(super) State);

#[OpenApi(tag = "Chapter::Runs")]
impl ListRuns {
    /// List runs
    ///
    /// Those stored last first, without their events, nodes and transactions. With `from` or `to`, those accepted last
    /// first.
    #[oai(path = "/runs", method = "get", operation_id = "list_runs")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those that stand so.
        status: Query<Option<RunStatus>>,
        /// Only those of this rule.
        rule_id: Query<Option<Uuid>>,
        /// Only those of this event.
        event_id: Query<Option<String>>,
        /// Only those whose events were accepted from this moment on; the list then stands in the order of acceptance.
        from: Query<Option<Moment>>,
        /// Only those whose events were accepted before this moment; the list then stands in the order of acceptance.
        to: Query<Option<Moment>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<Run>>, Refused> {
        let filter = RunFilter {
            company_id: company_id.0,
            status: status.0.map(shape::stored_status),
            rule_id: rule_id.0,
            event_id: event_id.0.map(named).transpose()?,
            accepted_from: from.0.map(|Moment(from)| from),
            accepted_before: to.0.map(|Moment(to)| to),
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self
            .0
            .store
            .list_runs(filter, page)
            .await
            .map_err(problems::of_store)?;
        Ok(Json(lists::page(found, |run| Ok(shape::listed(run)))?))
    }
}

/// What an event can be called: databases do not hold every text.
fn named(event_id: String) -> Result<String, Problem> {
    let fits =
        (1..=MAX_EVENT_ID_CHARS).contains(&event_id.chars().count()) && !event_id.contains(char::is_control);
    let reason =
        format!("an event's id has 1 to {MAX_EVENT_ID_CHARS} characters, none of them a control character.");
    fits.then_some(event_id)
        .ok_or_else(|| problems::invalid_parameter("event_id", &reason))
}
