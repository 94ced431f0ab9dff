//! The composer's API, over the store on SQLite.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in the functions that tests share"
)]

mod companies;
mod dead_letters;
mod openapi;
mod partitions;
mod payments_door;
mod publishing;
mod requests;
mod rules;
mod runs;
mod shapes;
mod simulation;
mod statistics;
mod streams;
mod support;
mod ui;
