//! What every HTTP service shares, so that all of them answer alike: time and ids, `problem+json`,
//! strict bodies, correlation, health, the OpenAPI document, pages, entity tags, telemetry, serving, and asking each other.
//!
//! A service hands its `poem_openapi::OpenApi` to [`mount`] and the result to [`serve`]. This room
//! knows nothing of what the services are about: no rules, no ledger, no storage.

mod access_log;
pub mod body;
pub mod clock;
pub mod correlation;
mod docs;
mod documented;
mod errors;
pub mod etag;
mod fault;
pub mod health;
mod hoisting;
pub mod ids;
mod limits;
mod moment;
pub mod neighbour;
pub mod openapi;
pub mod page;
mod parameters;
mod paths;
pub mod problem;
mod reading;
mod refused;
pub mod reply;
mod routes;
pub mod server;
mod shape;
mod site;
pub mod telemetry;
mod uri;

pub use body::{BODY_LIMIT_BYTES, Document, FreeObject, Strict};
pub use clock::{Clock, ManualClock, SystemClock};
pub use correlation::{Correlation, CorrelationId, TraceParent};
pub use etag::{EntityTag, IfMatch, IfNoneMatch};
pub use health::{Check, Down};
pub use ids::{Ids, SeededIds, SystemIds, read_id};
pub use moment::Moment;
pub use neighbour::{Acquaintance, Neighbour, NeighbourError};
pub use openapi::{Setup, mount};
pub use page::{Cursor, Limit, Page, page_of};
pub use parameters::Known;
pub use paths::ByPath;
pub use problem::{FieldError, Problem};
pub use refused::Refused;
pub use reply::RawJson;
pub use server::{BindError, End, Protocol, bind, serve, serve_protocol};
pub use telemetry::LogFormat;
