//! Stepping a plan, sentence by sentence of what the language promises.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod aborts;
#[path = "../support/catalogue.rs"]
mod catalogue;
mod compensation;
mod conditions;
mod failures;
mod joins;
mod play;
mod templates;
