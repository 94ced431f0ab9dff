//! What can go wrong with a broker, and what that is to a caller of the port.

use std::sync::Arc;

use crate::error::{PublishError, QueueError};

/// Why a queue on a broker was not opened. None of these shows a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is not that of a broker that this program can talk to.
    #[error("the queue's URL cannot be used: {0}")]
    Address(String),
    /// Nobody answers there, or not to these credentials.
    #[error("cannot connect to RabbitMQ at {broker}: {reason}")]
    Unreachable {
        /// Where it was looked for.
        broker: String,
        /// What the network or the broker said.
        reason: String,
    },
    /// What exists there differs from what this program needs, or may not be declared.
    #[error("RabbitMQ at {broker} refuses {object}: {reason}. {advice}")]
    Topology {
        /// Which broker.
        broker: String,
        /// The queue or exchange.
        object: String,
        /// The broker's own words, which name the argument and both of its values.
        reason: String,
        /// What to do about it.
        advice: &'static str,
    },
}

/// Why something was not done, in words that may be shown: shared, for everybody who waited for it.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// It may work later.
    Unavailable(Arc<str>),
    /// The queue was closed, for good.
    Closed,
}

impl Trouble {
    pub(super) fn unavailable(reason: impl Into<Arc<str>>) -> Self {
        Self::Unavailable(reason.into())
    }

    pub(super) fn timeout(what: &str) -> Self {
        Self::unavailable(format!("the broker did not answer in time: {what}"))
    }
}

impl From<lapin::Error> for Trouble {
    fn from(error: lapin::Error) -> Self {
        Self::unavailable(error.to_string())
    }
}

impl From<Trouble> for QueueError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unavailable(reason) => Self::Unavailable {
                reason: reason.to_string(),
            },
            Trouble::Closed => Self::Closed,
        }
    }
}

impl From<Trouble> for PublishError {
    fn from(trouble: Trouble) -> Self {
        let reason = match trouble {
            Trouble::Unavailable(reason) => reason.to_string(),
            Trouble::Closed => QueueError::Closed.to_string(),
        };
        Self::Unavailable { reason }
    }
}
