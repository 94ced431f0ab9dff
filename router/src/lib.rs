//! The router: webhooks in, enriched events out to the queue.
//!
//! An event is read, found new or a duplicate, matched with the published rules of its company, and published with
//! those rules pinned. It is answered once the queue has it on disk, and not before.
//!
//! The router keeps nothing on disk. What it knows of rules comes from a [`RuleSource`] and is served stale while
//! that is away; what it knows of duplicates is a bounded memory, and the unique key behind the queue is the truth.
//! It knows nothing of stores, of the ledger's books, or of how a run goes on.

mod answer;
mod api;
mod batch;
mod endpoint;
mod event_schema;
mod health;
mod http_source;
mod intake;
mod problems;
mod rules_cache;
mod source;

pub use endpoint::{RouterConfig, RouterDeps, endpoint};
pub use health::QueueHealth;
pub use http_source::HttpRuleSource;
pub use source::{Changes, Fetched, Publication, PublishedRule, RuleSource, SourceError};
