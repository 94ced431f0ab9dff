//! Rules, versions, runs and the tasks' catalogue over REST.
//!
//! This room owns the composer's HTTP interface: what is asked, what is answered, and what is refused why. One file
//! per operation. It knows the store and the tasks by their traits, and nothing of queues, of the router, of the
//! orchestrator, or of any database: those who put the program together hand all that in, in [`ComposerDeps`].
//!
//! Invariants:
//!
//! - Nothing that a company wrote (a rule, an event, an output) goes through serde's derives on the way in, or is
//!   written anew on the way out: a document is checked by `rules`, and stored JSON is embedded as text.
//! - Of accounts, payments and the ledger nothing is known here but where they are answered ([`PaymentsDoor`]); a run
//!   shows the ledger transactions that it posted.
//! - What is refused changed nothing. What is written is written, and announced, also when the client hangs up.

mod catalogue;
mod companies;
mod condition;
mod dead_letters;
mod endpoint;
mod notices;
mod partitions;
mod payment_rules;
mod payments_door;
mod problems;
mod publications;
mod queue_depth;
mod runs;
mod sse;
mod statistics;
mod tags;
mod ui;

pub use api_types::QueueFigures;
pub use endpoint::{ComposerDeps, endpoint};
pub use notices::{Notices, Published, Subscription};
pub use payments_door::PaymentsDoor;
pub use queue_depth::QueueDepth;
pub use ui::{Ui, UiFile};

use service::{Moment, Refused};
