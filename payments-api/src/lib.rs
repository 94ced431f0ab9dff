//! Accounts, transfers, holds, payments and the ledger over REST, and payments over gRPC: what merchants' systems call
//! directly, on the ledger that rules post to.
//!
//! This room owns the payments API's interface: what is asked, what is answered, what is refused why, and that the
//! same request sent again is answered the same and moves nothing. One file per operation. It knows the store by its
//! traits, of queues only which partition a company belongs to, and nothing of rules' runs, of other services, or of any
//! database.
//!
//! Invariants:
//!
//! - Money moves in one place: the desk. Requests that arrive while others are being committed go together, in one
//!   database transaction; a refused one among them changes nothing of the others.
//! - An answer under a key is stored in the database transaction of its effect, or neither is.
//! - A request that was taken is carried out to its end, also when its client hangs up.

mod accounts;
mod amount;
mod answers;
mod chaining;
mod companies;
mod csv;
mod desk;
mod endpoint;
mod ends;
pub mod grpc;
mod holds;
mod idempotency;
mod ledger;
mod optional;
mod payments;
mod problems;
mod reconciliation;
mod refusal;
mod spans;
mod tags;
mod texts;
mod transfers;

pub use endpoint::{Background, Limits, PaymentsApi, PaymentsDeps, start};
pub use payments::{Provider, ProviderAnswer, ProviderError, ProviderRequest};

use service::{Moment, Refused};
