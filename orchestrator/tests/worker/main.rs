//! The worker, from the queue to the store: what is published, run, stored and acknowledged.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod batches;
mod compensation;
mod dead_letters;
mod end_to_end;
mod footprint;
mod groups;
mod halving;
mod health;
mod order;
mod outages;
mod partitions;
mod relaying;
mod repeats;
mod several_rules;
mod sharing;
mod stopping;
mod support;
mod unreadable;
