//! The chapters of the API's documentation.

use poem_openapi::Tags;

/// The chapter that an operation stands in.
#[derive(Tags)]
pub(crate) enum Chapter {
    /// Saving, checking, trying out and publishing rules.
    Rules,
    /// Whose rules, runs and accounts these are.
    Companies,
    /// What events made of rules.
    Runs,
    /// What nodes can do.
    Tasks,
    /// Messages that could not become runs.
    #[oai(rename = "Dead letters")]
    DeadLetters,
    /// Counts, latencies and amounts over time.
    Statistics,
    /// Who runs what events start.
    Workers,
}
