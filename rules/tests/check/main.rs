//! What is found in a document: every fault at once, each at its place.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]
#![expect(clippy::needless_pass_by_value, reason = "`json!` reads better without `&`")]

mod conditions;
mod documents;
mod example;
mod fuzz;
mod graph;
mod hostile;
mod members;
mod paths;
mod round_trip;
#[expect(dead_code, reason = "here documents are checked, and none is run")]
#[path = "../support/mod.rs"]
mod support;
mod tasks;
mod warnings;
