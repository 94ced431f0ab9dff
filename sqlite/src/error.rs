//! What can go wrong, sorted by what the caller can do about it.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why a file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file, its folder or its lock could not be reached.
    #[error("cannot open {}: {source}", path.display())]
    Io {
        /// The file at fault.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another process, or this one, has the file open.
    #[error(
        "{} is in use by {holder}: SQLite serves one process; stop it, or use PostgreSQL and RabbitMQ for several",
        path.display()
    )]
    InUse {
        /// The database file.
        path: PathBuf,
        /// Who has it, as far as is known: `process 123`.
        holder: String,
    },
    /// SQLite refused the file.
    #[error("SQLite cannot open {}: {source}", path.display())]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file's system cannot do write-ahead logging, without which readers and the writer would block each other.
    #[error(
        "{} needs journal mode `wal` but got `{mode}`: put it on a local disk",
        path.display()
    )]
    NotWal {
        /// The database file.
        path: PathBuf,
        /// The mode that SQLite fell back to.
        mode: String,
    },
    /// A newer binary has migrated the file.
    #[error(
        "{} was written by a newer moneyflow: it is at schema {at}, this binary knows up to {known}",
        path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema version of the file.
        at: u32,
        /// The newest version that this binary knows; 0 when it knows none.
        known: u32,
    },
    /// A migration was changed after the file had received it.
    #[error(
        "{}: migration {version} ({name}) differs from the one that was applied; restore it and add a new migration",
        path.display()
    )]
    Edited {
        /// The database file.
        path: PathBuf,
        /// The migration's version in the file.
        version: u32,
        /// Its name in the file.
        name: String,
    },
    /// The file lacks migrations, and they were not to be applied.
    #[error("{} lacks {missing} migration(s): run `moneyflow migrate`", path.display())]
    Unmigrated {
        /// The database file.
        path: PathBuf,
        /// How many are missing.
        missing: usize,
    },
    /// A migration failed. The file is as it was before that one.
    #[error("{}: migration {version} ({name}) failed: {source}", path.display())]
    Migration {
        /// The database file.
        path: PathBuf,
        /// The migration's version.
        version: u32,
        /// The migration's name.
        name: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The binary's own list of migrations is out of order.
    #[error("migration {version} is listed after {previous}: versions must ascend, from 1")]
    Unordered {
        /// The version that stands too late.
        version: u32,
        /// The one before it; 0 at the start of the list.
        previous: u32,
    },
}

/// Why a job was not done. `E` is the job's own error.
#[derive(Debug, thiserror::Error)]
pub enum Error<E> {
    /// The job returned this error, and what it had written was undone. Constraint violations are here.
    #[error("{0}")]
    Job(E),
    /// The database cannot do it now (busy, disk full, input or output failed); nothing was stored. Try again.
    #[error("the database is unavailable, nothing was stored: {0}")]
    Unavailable(Unavailable),
    /// The file is damaged, or is no database. A person must look at it; trying again does not help.
    #[error("the database file is damaged: {0}")]
    Corrupt(String),
    /// The job panicked, and what it had written was undone.
    #[error("a database job panicked: {0}")]
    Panicked(String),
    /// The database was closed before the job was taken on; nothing was stored.
    #[error("the database is closed")]
    Closed,
}

/// Why the database cannot do something now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unavailable {
    /// What kind of trouble it is.
    pub cause: Cause,
    /// What SQLite said.
    pub message: String,
}

/// What kind of trouble keeps a database from doing something: what an operator would do differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Another program, such as a backup, holds a lock on the file.
    Busy,
    /// The disk or the memory is full.
    NoRoom,
    /// Anything else.
    Other,
}

/// Why a write was not done.
pub type WriteError<E> = Error<E>;

/// Why a read was not done.
pub type ReadError<E> = Error<E>;

/// The error that a job returns: it takes in SQLite's errors, and can show them again, so that a full disk in the
/// middle of a job is told apart from a refusal by the job.
pub trait JobError: From<rusqlite::Error> + Send + 'static {
    /// The SQLite error that this one stands for, if it does.
    fn sqlite(&self) -> Option<&rusqlite::Error>;
}

impl JobError for rusqlite::Error {
    fn sqlite(&self) -> Option<&rusqlite::Error> {
        Some(self)
    }
}

/// A failure of the database itself, which no job is to blame for.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    Unavailable(Unavailable),
    Corrupt(String),
}

impl Fault {
    pub(crate) fn unavailable(cause: Cause, message: String) -> Self {
        Self::Unavailable(Unavailable { cause, message })
    }

    /// The fault that an error inside a job stands for, or `None` if it is the job's own affair.
    pub(crate) fn in_job(error: &rusqlite::Error) -> Option<Self> {
        let code = error.sqlite_error()?;
        match code.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Some(Self::Corrupt(error.to_string())),
            ErrorCode::SystemIoFailure if is_damage(code.extended_code) => {
                Some(Self::Corrupt(error.to_string()))
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                Some(Self::unavailable(Cause::Busy, error.to_string()))
            }
            ErrorCode::DiskFull | ErrorCode::OutOfMemory => {
                Some(Self::unavailable(Cause::NoRoom, error.to_string()))
            }
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OperationInterrupted
            | ErrorCode::OperationAborted => Some(Self::unavailable(Cause::Other, error.to_string())),
            _ => None,
        }
    }

    /// The fault that an error at a group's boundary (begin, savepoint, commit) stands for.
    pub(crate) fn at_boundary(error: &rusqlite::Error) -> Self {
        Self::in_job(error).unwrap_or_else(|| Self::unavailable(Cause::Other, error.to_string()))
    }
}

impl<E> From<Fault> for Error<E> {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unavailable(unavailable) => Self::Unavailable(unavailable),
            Fault::Corrupt(reason) => Self::Corrupt(reason),
        }
    }
}

/// What a job's error means to its caller.
pub(crate) fn classify<E: JobError>(error: E) -> Error<E> {
    match error.sqlite().and_then(Fault::in_job) {
        Some(fault) => fault.into(),
        None => Error::Job(error),
    }
}

/// The text of a panic, which is a string unless someone went out of their way.
pub(crate) fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let literal = payload.downcast_ref::<&str>().map(ToString::to_string);
    literal
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

/// Input and output errors by which the file system itself reports damaged data.
fn is_damage(extended_code: i32) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_DATA};
    matches!(extended_code, SQLITE_IOERR_CORRUPTFS | SQLITE_IOERR_DATA)
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn failure(extended_code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None)
    }

    #[test]
    fn tells_faults_of_the_database_from_refusals_of_a_job() {
        for code in [
            ffi::SQLITE_BUSY,
            ffi::SQLITE_FULL,
            ffi::SQLITE_IOERR,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_READONLY,
        ] {
            assert!(matches!(classify(failure(code)), Error::Unavailable(_)), "{code}");
        }
        for code in [
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_NOTADB,
            ffi::SQLITE_IOERR_CORRUPTFS,
            ffi::SQLITE_IOERR_DATA,
        ] {
            assert!(matches!(classify(failure(code)), Error::Corrupt(_)), "{code}");
        }
        for code in [
            ffi::SQLITE_CONSTRAINT_UNIQUE,
            ffi::SQLITE_ERROR,
            ffi::SQLITE_TOOBIG,
            ffi::SQLITE_MISMATCH,
        ] {
            assert!(matches!(classify(failure(code)), Error::Job(_)), "{code}");
        }
        assert!(matches!(
            classify(rusqlite::Error::QueryReturnedNoRows),
            Error::Job(_)
        ));
    }

    #[test]
    fn says_what_keeps_it_from_working() {
        let cause = |code| match classify(failure(code)) {
            Error::Unavailable(Unavailable { cause, .. }) => Some(cause),
            _ => None,
        };
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_BUSY_SNAPSHOT, ffi::SQLITE_LOCKED] {
            assert_eq!(cause(code), Some(Cause::Busy), "{code}");
        }
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_NOMEM] {
            assert_eq!(cause(code), Some(Cause::NoRoom), "{code}");
        }
        assert_eq!(cause(ffi::SQLITE_IOERR), Some(Cause::Other));
    }

    #[test]
    fn a_commit_that_fails_for_any_reason_stored_nothing() {
        assert!(matches!(
            Fault::at_boundary(&failure(ffi::SQLITE_CONSTRAINT_FOREIGNKEY)),
            Fault::Unavailable(_)
        ));
    }
}
