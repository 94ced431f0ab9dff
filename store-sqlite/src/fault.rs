//! Errors on their way out: from SQLite's words to what a caller of the store can do.

use std::fmt::Display;

use rusqlite::ErrorCode;
use store::{Outage, StoreError};

/// Why a job failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite said no.
    Sqlite(rusqlite::Error),
    /// The job itself said no.
    Store(StoreError),
}

impl Fault {
    /// The data breaks a rule of the store: trying it again is of no use.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::Store(StoreError::Refused {
            message: message.into(),
        })
    }

    /// A stored row breaks an invariant.
    pub(crate) fn corrupt(table: &'static str, row: &dyn Display, message: &dyn Display) -> Self {
        Self::Store(StoreError::Corrupt {
            table,
            row: row.to_string(),
            message: message.to_string(),
        })
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Sqlite(error) => said_by_sqlite(&error),
        }
    }
}

/// Why a job was undone: a fault, or a rejection `R` that is part of the answer.
#[derive(Debug)]
pub(crate) enum Failure<R> {
    /// The request was rejected; what the job wrote until then is undone.
    Rejected(R),
    /// It could not be carried out.
    Fault(Fault),
}

impl<R> From<Fault> for Failure<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<R> From<rusqlite::Error> for Failure<R> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl<R: Send + 'static> sqlite::JobError for Failure<R> {
    fn sqlite(&self) -> Option<&rusqlite::Error> {
        match self {
            Self::Fault(Fault::Sqlite(error)) => Some(error),
            Self::Fault(Fault::Store(_)) | Self::Rejected(_) => None,
        }
    }
}

/// Splits what became of a job into its answer, a rejection and a failure of the store.
pub(crate) fn sort<T, R>(result: Result<T, sqlite::Error<Failure<R>>>) -> Result<Result<T, R>, StoreError> {
    match result {
        Ok(answer) => Ok(Ok(answer)),
        Err(sqlite::Error::Job(Failure::Rejected(rejection))) => Ok(Err(rejection)),
        Err(sqlite::Error::Job(Failure::Fault(fault))) => Err(fault.into()),
        Err(sqlite::Error::Unavailable(sqlite::Unavailable { cause, message })) => {
            Err(StoreError::Unavailable {
                outage: outage(cause),
                message,
            })
        }
        Err(sqlite::Error::Corrupt(message)) => Err(damaged(message)),
        // What made the job panic is in the data that it was given: smaller batches find it.
        Err(sqlite::Error::Panicked(message)) => Err(StoreError::Refused {
            message: format!("handling the data panicked: {message}"),
        }),
        Err(sqlite::Error::Closed) => Err(StoreError::Unavailable {
            outage: Outage::Connection,
            message: "the database is closed".to_owned(),
        }),
    }
}

fn outage(cause: sqlite::Cause) -> Outage {
    match cause {
        sqlite::Cause::Busy => Outage::Contention,
        sqlite::Cause::NoRoom => Outage::Exhausted,
        sqlite::Cause::Other => Outage::Other,
    }
}

/// What is left to say of an error that is not the database's own trouble, which the `sqlite` room has sorted out.
fn said_by_sqlite(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqliteFailure(failure, said) => {
            let message = said.clone().unwrap_or_else(|| failure.to_string());
            match failure.code {
                ErrorCode::ConstraintViolation => StoreError::Refused {
                    message: name_constraint(message),
                },
                ErrorCode::TooBig | ErrorCode::TypeMismatch => StoreError::Refused { message },
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => damaged(message),
                _ => unavailable(message),
            }
        }
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::InvalidColumnType(..) => damaged(error.to_string()),
        rusqlite::Error::ToSqlConversionFailure(_) => StoreError::Refused {
            message: error.to_string(),
        },
        _ => unavailable(error.to_string()),
    }
}

fn unavailable(message: String) -> StoreError {
    StoreError::Unavailable {
        outage: Outage::Other,
        message,
    }
}

fn damaged(message: String) -> StoreError {
    StoreError::Corrupt {
        table: "the database",
        row: "file".to_owned(),
        message,
    }
}

/// SQLite names a unique constraint by its columns (`UNIQUE constraint failed: runs.id`). The schema's names follow
/// from them: `runs_id_key`.
fn name_constraint(message: String) -> String {
    let Some(columns) = message.strip_prefix("UNIQUE constraint failed: ") else {
        return message;
    };
    let table = columns.split('.').next().unwrap_or_default();
    let names = columns
        .split(", ")
        .filter_map(|column| column.split_once('.'))
        .map(|(_, name)| name);
    let name: String = std::iter::once(table)
        .chain(names)
        .flat_map(|part| [part, "_"])
        .collect();
    format!("it exists already: unique constraint {name}key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_constraints_are_called_by_their_names() {
        let named = |message: &str| name_constraint(message.to_owned());
        assert_eq!(
            named("UNIQUE constraint failed: transactions.company_id, transactions.reference"),
            "it exists already: unique constraint transactions_company_id_reference_key"
        );
        assert_eq!(
            named("CHECK constraint failed: holds_id_is_uuid"),
            "CHECK constraint failed: holds_id_is_uuid"
        );
    }

    fn sorted(error: sqlite::Error<Failure<&'static str>>) -> Result<Result<(), &'static str>, StoreError> {
        sort(Err(error))
    }

    #[test]
    fn a_rejection_is_an_answer() {
        assert_eq!(
            sorted(sqlite::Error::Job(Failure::Rejected("stale"))),
            Ok(Err("stale"))
        );
    }

    #[test]
    fn faults_are_sorted_by_what_the_caller_can_do() {
        for (cause, expected) in [
            (sqlite::Cause::Busy, Outage::Contention),
            (sqlite::Cause::NoRoom, Outage::Exhausted),
            (sqlite::Cause::Other, Outage::Other),
        ] {
            let message = "disk full".to_owned();
            let unavailable = sqlite::Unavailable { cause, message };
            let Err(StoreError::Unavailable { outage, .. }) = sorted(sqlite::Error::Unavailable(unavailable))
            else {
                panic!("{cause:?} is an outage");
            };
            assert_eq!(outage, expected);
        }
        let closed = sorted(sqlite::Error::Closed);
        assert!(matches!(
            closed,
            Err(StoreError::Unavailable {
                outage: Outage::Connection,
                ..
            })
        ));
        let damaged = sorted(sqlite::Error::Corrupt("malformed".to_owned()));
        assert!(matches!(damaged, Err(StoreError::Corrupt { .. })));
        // What made the job panic is in its data.
        let panicked = sorted(sqlite::Error::Panicked("index".to_owned()));
        assert!(matches!(panicked, Err(StoreError::Refused { .. })));
    }

    #[test]
    fn sqlite_refuses_data_and_fails_otherwise() {
        let said = |code| {
            let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            sorted(sqlite::Error::Job(error.into()))
        };
        for code in [
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
            rusqlite::ffi::SQLITE_TOOBIG,
        ] {
            assert!(matches!(said(code), Err(StoreError::Refused { .. })), "{code}");
        }
        assert!(matches!(
            said(rusqlite::ffi::SQLITE_ERROR),
            Err(StoreError::Unavailable { .. })
        ));
        let broken = rusqlite::Error::InvalidColumnType(0, "id".to_owned(), rusqlite::types::Type::Null);
        assert!(matches!(
            sorted(sqlite::Error::Job(broken.into())),
            Err(StoreError::Corrupt { .. })
        ));
    }
}
