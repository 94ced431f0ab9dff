//! What a statement on the queue's file can come to, and what that is to a caller of the port.

use sqlite::{Error, JobError};

use crate::error::{PublishError, QueueError};

/// Why a job on the queue's file failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Damaged(String),
}

impl Failure {
    /// A row that is not what it must be.
    pub(super) fn damaged(row_id: i64, found: &str) -> Self {
        Self::Damaged(format!("row {row_id} of table messages: {found}"))
    }
}

impl JobError for Failure {
    fn sqlite(&self) -> Option<&rusqlite::Error> {
        match self {
            Self::Sqlite(error) => Some(error),
            Self::Damaged(_) => None,
        }
    }
}

impl From<Error<Failure>> for QueueError {
    fn from(error: Error<Failure>) -> Self {
        match error {
            Error::Unavailable(unavailable) => Self::Unavailable {
                reason: unavailable.message,
            },
            Error::Closed => Self::Closed,
            // Our own statements neither refuse nor panic on data that they themselves have stored.
            Error::Job(_) | Error::Corrupt(_) | Error::Panicked(_) => Self::Corrupt {
                reason: error.to_string(),
            },
        }
    }
}

impl From<&Error<Failure>> for PublishError {
    fn from(error: &Error<Failure>) -> Self {
        Self::Unavailable {
            reason: error.to_string(),
        }
    }
}
