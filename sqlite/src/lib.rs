//! One SQLite file: a single writer that groups commits, a few readers, one process.
//!
//! This crate owns how a file is opened, locked, migrated, written and read. It knows nothing of what is stored:
//! tables and statements belong to those who use it.
//!
//! # How it works
//!
//! - A [`Database`] holds an exclusive lock on `<file>.lock` for as long as it lives, so that one process at a time
//!   serves the file; a second one is refused by name.
//! - Writing jobs are sent to one thread. It takes what waits, runs each job in its own savepoint, commits once for
//!   all of them and then answers: under load, many jobs share one `fsync`; an idle database adds no delay.
//! - Reading jobs run on a few read-only connections, each in a snapshot of its own, beside the writer.
//!
//! # What a job must keep to
//!
//! - It neither begins nor commits nor rolls back; it may use savepoints of its own.
//! - It waits for nothing: while it runs, nobody else writes.
//! - Its tables have no deferred foreign keys. Those are checked at the commit, which a whole group shares, so that
//!   one job would fail its neighbours.

mod connection;
mod database;
mod error;
mod lock;
mod migrations;
mod options;
mod read_only;
mod readers;
mod stats;
mod writer;

pub use database::{Database, Submitted};
pub use error::{Cause, Error, JobError, OpenError, ReadError, Unavailable, WriteError};
pub use migrations::{Migration, MigrationPolicy, pending};
pub use options::{CommitHook, OpenOptions};
pub use read_only::ReadOnly;
pub use stats::Stats;
