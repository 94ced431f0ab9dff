//! The payments API through HTTP and gRPC, over the stores on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, also in the functions that tests share"
)]

mod accounts;
mod amounts;
mod announcements;
mod batches;
mod bodies;
mod conservation;
mod crowd;
mod exchanges;
mod expectations;
mod grpc;
mod grpc_faults;
mod grpc_serving;
mod grpc_support;
mod hold_model;
mod holds;
mod idempotency;
mod ledger_views;
mod locks;
mod openapi;
mod payment_model;
mod payment_states;
mod payments;
mod reconciliations;
mod reversals;
mod sequences;
mod statements;
mod support;
mod transfers;
