//! The store on PostgreSQL, 15 or newer.
//!
//! This room owns the SQL of the production kind of store: a module per aggregate, each with its statements, its private
//! row shapes and its implementation of the aggregate's trait. What is promised is the `store` room's. It knows nothing
//! of rules, tasks or services. The schema is in `migrations/postgres`.
//!
//! # How it writes
//!
//! - Every unit of work is one database transaction in a task of its own (`unit`), so that a caller who goes away never
//!   leaves half of it behind, on a connection that goes back to the pool.
//! - A batch is a fixed number of statements, whatever its size: rows go in as arrays, through `UNNEST`.
//! - Order of locks, everywhere: the partition's lease, claims (by company and event), counters, holds, accounts (each in
//!   the order of its key). Who keeps to it waits, but never in a circle.
//! - Isolation is READ COMMITTED. What must not change is locked, and read by a statement that begins after the locks
//!   before it were had: a statement that waited still sees the rows of the moment when it began.
//!
//! # What it leaves to the caller
//!
//! Nothing is tried again here. [`store::StoreError`] says what a caller can do.

mod account_details;
mod accounts;
mod answers;
mod as_of;
mod batch;
mod chain;
mod changes;
mod claims;
mod companies;
mod connect;
mod counters;
mod dead_letters;
mod entries;
mod entry_lists;
mod fault;
mod holds;
mod kept;
mod ledger_report;
mod ledger_view;
mod limit;
mod locks;
mod migrate;
mod movements;
mod outbox;
mod outbox_rows;
mod pages;
mod partitions;
mod payment_events;
mod payment_lists;
mod payments;
mod peer;
mod rule_rows;
mod rules;
mod run_lists;
mod run_rows;
mod runs;
mod statement;
mod statistics;
mod transactions;
mod transfer_batches;
mod trial_balance;
mod turns;
mod unit;
mod value;
mod walk;
mod write;

pub use connect::{MigrationPolicy, OpenError, Options, PostgresStore, pending};
pub use limit::BulkInsert;
pub use migrate::{MIGRATIONS, Migration};
pub use peer::OneByOne;
