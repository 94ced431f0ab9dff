//! The store on SQLite.
//!
//! This room owns the SQL of the embedded kind of store: a module per aggregate, each with its statements, its private
//! row shapes and its implementation of the aggregate's trait. How the file is opened, locked, committed and read is
//! the `sqlite` room's; what is promised is the `store` room's. It knows nothing of rules, tasks or services.
//!
//! Every write is one job on the file's single writer thread, so jobs follow one another and need no locks: the order
//! of locks that [`store::Batches`] states is kept as the order of reading. Reads run beside the writer, each in one
//! snapshot.
//!
//! The schema is in `migrations/sqlite/store`. Entries name their transaction and their account by row number; the
//! numbers never leave this room.

mod account_details;
mod accounts;
mod answers;
mod as_of;
mod batch;
mod chain;
mod claims;
mod companies;
mod counters;
mod dead_letters;
mod entries;
mod entry_lists;
mod fault;
mod file;
mod holds;
mod ledger_report;
mod ledger_view;
mod movements;
mod outbox;
mod pages;
mod partitions;
mod payment_events;
mod payment_lists;
mod payments;
mod query;
mod relay;
mod rule_rows;
mod rules;
mod run_lists;
mod run_rows;
mod runs;
mod schema;
mod statistics;
mod transactions;
mod transfer_batches;
mod trial_balance;
mod value;
mod walk;
mod write;

pub use file::{Options, SqliteStore, pending};
pub use schema::MIGRATIONS;
pub use sqlite::{CommitHook, Migration, MigrationPolicy, OpenError};
