//! Events on their way out.

use jiff::Timestamp;
use uuid::Uuid;

/// An event that a run sent out, numbered within its company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEvent {
    /// Its id (`UUIDv7`): consumers drop a second copy by it.
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Its place among the company's events, from 1, without gaps.
    pub number: u64,
    /// Its type, such as `invoice.generated`.
    pub event_type: String,
    /// What it says, as a JSON object.
    pub data: String,
    /// The run that sent it.
    pub run_id: Uuid,
    /// The node that sent it.
    pub node_id: String,
    /// The correlation id of the request that brought the event which started the run.
    pub correlation_id: String,
    /// When it was made.
    pub created_at: Timestamp,
}
