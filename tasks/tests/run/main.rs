//! Runs of plans on desks: effects, failures, compensation, what a desk needs to know, simulations.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "../support/mod.rs"]
mod support;

mod books;
mod compensation;
mod effects;
mod failures;
mod holds;
mod needs;
mod outputs;
mod random;
mod references;
mod simulation;
