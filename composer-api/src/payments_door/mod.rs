//! The way to the payments API for the browser application, which may talk to its own origin alone.
//!
//! What is asked below `/api/v1` is asked of the payments API, and answered as it answers. Nothing is decided here, and nothing is sent twice: a request whose outcome is not known is its client's to
//! repeat, under the same `Idempotency-Key`.

mod forwarding;
mod headers;

use std::time::Duration;

use poem::http::Method;
use service::{Acquaintance, Neighbour, NeighbourError, Setup};

/// What is forwarded: the composer has no operation of its own there.
const PATHS: &str = "/api/v1/*path";
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// How long an answer may be silent. A request that waits for its equal is answered within ten seconds.
const SILENCE_DEADLINE: Duration = Duration::from_secs(30);

/// Where the payments API is.
#[derive(Debug, Clone)]
pub struct PaymentsDoor(Neighbour);

impl PaymentsDoor {
    /// The payments API at `base_url`, such as `http://127.0.0.1:8002`.
    ///
    /// # Errors
    /// [`NeighbourError`] if this is not the address of an HTTP server.
    pub fn new(base_url: &str) -> Result<Self, NeighbourError> {
        let known = Acquaintance {
            name: "payments API",
            example: "http://127.0.0.1:8002",
            silence_deadline: SILENCE_DEADLINE,
        };
        Neighbour::at(base_url, known).map(Self)
    }

    /// Where its operations are described.
    pub(crate) fn docs(&self) -> String {
        self.0.url("/docs")
    }
}

/// Adds the routes that lead there.
pub(crate) fn mount(setup: Setup, door: &PaymentsDoor) -> Setup {
    setup.at(PATHS, METHODS, forwarding::to(door))
}
