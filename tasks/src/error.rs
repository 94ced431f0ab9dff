//! Why a task failed.

use ledger::{AmountError, MoneyError, Rejection, SplitError, TransactionError};
use rules::NodeError;

/// Why a task failed: its node settles as `failure` with this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TaskError {
    /// A stable name of the fault.
    pub code: &'static str,
    /// What happened and what was expected, in a sentence.
    pub message: String,
    /// Whether trying again may help; only ever so for tasks that call the outside.
    pub retryable: bool,
}

impl TaskError {
    /// A failure that trying again does not help.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retryable: false,
        }
    }

    /// A parameter that cannot be used.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new("invalid_input", message)
    }

    /// An amount that cannot be used.
    pub fn invalid_amount(message: impl Into<String>) -> Self {
        Self::new("invalid_amount", message)
    }
}

impl From<TaskError> for NodeError {
    fn from(error: TaskError) -> Self {
        Self {
            code: error.code.to_owned(),
            message: error.message,
        }
    }
}

impl From<AmountError> for TaskError {
    fn from(error: AmountError) -> Self {
        Self::invalid_amount(error.to_string())
    }
}

impl From<MoneyError> for TaskError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::InvalidRate { .. } => Self::invalid_input(format!("`rate` is wrong: {error}")),
            _ => Self::invalid_amount(error.to_string()),
        }
    }
}

impl From<SplitError> for TaskError {
    fn from(error: SplitError) -> Self {
        Self::new("invalid_shares", error.to_string())
    }
}

impl From<TransactionError> for TaskError {
    fn from(error: TransactionError) -> Self {
        Self::new("invalid_transaction", error.to_string())
    }
}

impl From<Rejection> for TaskError {
    fn from(rejection: Rejection) -> Self {
        Self::new(rejection.code(), rejection.to_string())
    }
}
