//! Errors on their way out: from what PostgreSQL and its driver say to what a caller of the store can do.

use std::fmt::Display;

use store::{Outage, StoreError};

/// Why a unit of work failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// PostgreSQL or its driver said no.
    Database(sqlx::Error),
    /// The unit itself said no.
    Store(StoreError),
}

impl Fault {
    /// The data breaks a rule of the store: trying it again is of no use.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::Store(StoreError::Refused {
            message: message.into(),
        })
    }

    /// It cannot be done now.
    pub(crate) fn unavailable(outage: Outage, message: impl Into<String>) -> Self {
        Self::Store(StoreError::Unavailable {
            outage,
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

    /// Tells a lock that took too long from other contention.
    pub(crate) fn or_locked(self) -> Self {
        match &self {
            Self::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03") => {
                Self::unavailable(Outage::Locked, error.message())
            }
            _ => self,
        }
    }

    /// Whether it is a row that exists already, by the name of the constraint.
    pub(crate) fn violates(&self, constraint: &str) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().as_deref() == Some("23505") && error.constraint() == Some(constraint)
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
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
            Fault::Database(sqlx::Error::Database(error)) => {
                said_by_postgres(error.code().as_deref().unwrap_or_default(), error.message())
            }
            Fault::Database(error) => said_by_driver(&error),
        }
    }
}

/// Why a unit of work was undone: a fault, or a rejection `R` that is part of the answer.
#[derive(Debug)]
pub(crate) enum Failure<R> {
    /// The request was rejected; what the unit wrote until then is undone.
    Rejected(R),
    /// It could not be carried out.
    Fault(Fault),
}

impl<R> From<Fault> for Failure<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<R> From<sqlx::Error> for Failure<R> {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// What an error of this SQLSTATE means: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn said_by_postgres(state: &str, message: &str) -> StoreError {
    let message = format!("{message} (SQLSTATE {state})");
    let outage = match state {
        // Data exceptions, constraints, and limits such as the length of an index entry; P0001 is what a trigger raises
        // that says no more. These say what they think of the data, and will say so again.
        _ if state.starts_with("22") || state.starts_with("23") || state.starts_with("54") => {
            return StoreError::Refused { message };
        }
        "P0001" => return StoreError::Refused { message },
        "XX001" | "XX002" => return damaged(message),
        // Shutdown, crash, not started yet, sessions ended for idling: the connection is gone.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Outage::Connection,
        _ if state.starts_with("08") => Outage::Connection,
        // A serialization failure, a deadlock, a lock that took too long.
        "40001" | "40P01" | "55P03" => Outage::Contention,
        // Disk full, out of memory, too many connections.
        _ if state.starts_with("53") => Outage::Exhausted,
        _ => Outage::Other,
    };
    StoreError::Unavailable { outage, message }
}

fn said_by_driver(error: &sqlx::Error) -> StoreError {
    use sqlx::Error as E;
    let message = error.to_string();
    match error {
        E::Encode(_) | E::InvalidArgument(_) => StoreError::Refused { message },
        E::Decode(_) | E::ColumnDecode { .. } | E::ColumnNotFound(_) | E::TypeNotFound { .. } => {
            damaged(message)
        }
        E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolClosed | E::WorkerCrashed | E::BeginFailed => {
            StoreError::Unavailable {
                outage: Outage::Connection,
                message,
            }
        }
        E::PoolTimedOut => StoreError::Unavailable {
            outage: Outage::Exhausted,
            message,
        },
        _ => StoreError::Unavailable {
            outage: Outage::Other,
            message,
        },
    }
}

fn damaged(message: String) -> StoreError {
    StoreError::Corrupt {
        table: "the database",
        row: "as a whole".to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outage(state: &str) -> Option<Outage> {
        match said_by_postgres(state, "what was said") {
            StoreError::Unavailable { outage, message } => {
                assert_eq!(message, format!("what was said (SQLSTATE {state})"));
                Some(outage)
            }
            _ => None,
        }
    }

    #[test]
    fn what_the_data_is_to_blame_for_is_refused() {
        for state in [
            "22P02", "22003", "22021", "23505", "23514", "23001", "54000", "P0001",
        ] {
            assert!(
                matches!(said_by_postgres(state, ""), StoreError::Refused { .. }),
                "{state}"
            );
        }
    }

    #[test]
    fn outages_are_told_apart() {
        for (states, expected) in [
            (&["08006", "57P01", "57P03", "25P03"][..], Outage::Connection),
            (&["40001", "40P01", "55P03"], Outage::Contention),
            (&["53100", "53200", "53300"], Outage::Exhausted),
            (&["57014", "42P01", "25006", "XX000", ""], Outage::Other),
        ] {
            for state in states {
                assert_eq!(outage(state), Some(expected), "{state}");
            }
        }
    }

    #[test]
    fn damage_is_corrupt() {
        for state in ["XX001", "XX002"] {
            assert!(
                matches!(said_by_postgres(state, ""), StoreError::Corrupt { .. }),
                "{state}"
            );
        }
    }

    #[test]
    fn the_driver_knows_what_a_connection_is() {
        for (error, expected) in [
            (sqlx::Error::PoolClosed, Outage::Connection),
            (
                sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into()),
                Outage::Connection,
            ),
            (sqlx::Error::PoolTimedOut, Outage::Exhausted),
            (sqlx::Error::RowNotFound, Outage::Other),
        ] {
            let said = error.to_string();
            let StoreError::Unavailable { outage, .. } = Fault::Database(error).into() else {
                panic!("{said}");
            };
            assert_eq!(outage, expected, "{said}");
        }
    }
}
