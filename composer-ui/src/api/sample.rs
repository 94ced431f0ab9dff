//! What the API answers, for tests.

use api_types::{Run, RunStatus};
use uuid::Uuid;

/// A run of the rule nil.
pub(crate) fn run(number: u128, status: RunStatus) -> Run {
    let (id, rule) = (Uuid::from_u128(number), Uuid::nil());
    let text = format!(
        r#"{{"id":"{id}","company_id":"{rule}","rule_id":"{rule}","rule_name":"default","rule_version":1,
        "event_id":"e","status":"{}","error":null,"correlation_id":"c","accepted_at":"2026-01-01T00:00:00Z",
        "started_at":"2026-01-01T00:00:00Z","finished_at":null}}"#,
        status.as_str()
    );
    serde_json::from_str(&text).unwrap()
}
