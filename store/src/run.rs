//! Runs: one execution of one version of a rule for one event.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{OutboxEvent, Page, PageRequest, StoreError, StoredTransaction};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunStatus {
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
    /// Its compensations are being run.
    Compensating,
    /// A compensation failed for good: a person has to look.
    CompensationFailed,
}

impl RunStatus {
    /// All of them, in the order above.
    pub const ALL: [Self; 8] = [
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Failed,
        Self::Aborted,
        Self::Cancelled,
        Self::Compensating,
        Self::CompensationFailed,
    ];

    /// The status as it is written in JSON and in databases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Cancelled => "cancelled",
            Self::Compensating => "compensating",
            Self::CompensationFailed => "compensation_failed",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Why a run ended otherwise than `succeeded`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RunError {
    /// A stable name of the fault.
    pub code: String,
    /// What happened, in a sentence.
    pub message: String,
    /// The node where it happened, if it was at one.
    pub node_id: Option<String>,
}

/// A run, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Its id (`UUIDv7`), made when the event was accepted.
    pub id: Uuid,
    /// The claim on the event that started it.
    pub claim_id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// The event, by the name that the company knows it by.
    pub event_id: String,
    /// The rule.
    pub rule_id: Uuid,
    /// The rule's name when the event was accepted.
    pub rule_name: String,
    /// The version that it was pinned to.
    pub rule_version: u32,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it ended so.
    pub error: Option<RunError>,
    /// The states, outputs and traces of its nodes, as a JSON object by node id.
    pub nodes: String,
    /// The correlation id of the request that brought the event.
    pub correlation_id: String,
    /// The W3C trace context of that request, if there was one.
    pub traceparent: Option<String>,
    /// When the router accepted the event.
    pub accepted_at: Timestamp,
    /// When it was first stepped.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// A run with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDetails {
    /// The run.
    pub run: RunRecord,
    /// The event, as its bytes came; none once it was erased.
    pub event: Option<Bytes>,
    /// The ledger transactions that it posted, in order.
    pub transactions: Vec<StoredTransaction>,
    /// The events that it sent out, in order.
    pub events: Vec<OutboxEvent>,
}

/// Which runs to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunFilter {
    /// Only this company's.
    pub company_id: Option<Uuid>,
    /// Only those that stand so.
    pub status: Option<RunStatus>,
    /// Only those of this rule.
    pub rule_id: Option<Uuid>,
    /// Only those of this event.
    pub event_id: Option<String>,
    /// Only those whose events were accepted from this moment on.
    pub accepted_from: Option<Timestamp>,
    /// Only those whose events were accepted before this moment.
    pub accepted_before: Option<Timestamp>,
}

impl RunFilter {
    /// Whether it asks for a stretch of time: such a list stands in the order of acceptance.
    pub fn is_by_time(&self) -> bool {
        self.accepted_from.or(self.accepted_before).is_some()
    }
}

/// What is shown of a rule's last runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentRun {
    /// The run.
    pub id: Uuid,
    /// Its rule.
    pub rule_id: Uuid,
    /// Where it stands.
    pub status: RunStatus,
    /// When the router accepted the event.
    pub accepted_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// A place in the order in which runs were stored or changed. Meaningful only to the store that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeCursor(pub u64);

/// Runs that were stored or changed after a cursor, in that order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunChanges {
    /// The runs as they are now.
    pub runs: Vec<RunRecord>,
    /// Where to go on from.
    pub cursor: ChangeCursor,
}

/// Runs, as stored. They are written by [`Batches`](crate::Batches) alone.
#[async_trait]
pub trait Runs {
    /// Lists runs, newest first: those stored last stand first, so that pages stand still while runs arrive.
    /// Where the filter asks for a stretch of time, those accepted last stand first, and those accepted at one moment
    /// as they were stored. Their `nodes` may be left empty.
    async fn list_runs(&self, filter: RunFilter, page: PageRequest) -> Result<Page<RunRecord>, StoreError>;

    /// The runs of each of these rules that were stored last, at most `per_rule` of each: rule by rule, in the order in
    /// which the rules are named, and newest first.
    async fn recent_runs(&self, rule_ids: Vec<Uuid>, per_rule: u32) -> Result<Vec<RecentRun>, StoreError>;

    /// Reads one run with all that belongs to it.
    async fn find_run(&self, run_id: Uuid) -> Result<Option<RunDetails>, StoreError>;

    /// What changed after `after`, oldest change first, at most `limit` runs; with no `after`, nothing but
    /// the cursor of the present. Without a company, of all companies.
    async fn run_changes(
        &self,
        company_id: Option<Uuid>,
        after: Option<ChangeCursor>,
        limit: u32,
    ) -> Result<RunChanges, StoreError>;
}
