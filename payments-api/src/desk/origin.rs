//! What an order comes from: the thread through everything that one request causes.

use service::{CorrelationId, Ids, correlation};

/// The request that an order comes from, as the events that it sends out name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) correlation_id: String,
    pub(crate) traceparent: Option<String>,
}

impl Origin {
    /// The request that this task is answering. Outside of one, such as in background work, it is one of its own.
    pub(super) fn here(ids: &dyn Ids) -> Self {
        let correlation_id = correlation::current().unwrap_or_else(|| CorrelationId::new(ids));
        let traceparent = correlation::current_trace();
        Self {
            correlation_id: correlation_id.as_str().to_owned(),
            traceparent: traceparent.map(|trace| trace.as_str().to_owned()),
        }
    }
}
