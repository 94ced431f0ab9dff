//! The way to the payments API for the browser application, which may talk to its own origin alone.
//!
//! What is asked below `/api/v1` and is none of the composer's own operations is asked of the payments API, and answered as
//! it answers. Nothing is decided here, and nothing is sent twice: a request whose outcome is not known is its client's to
//! repeat, under the same `Idempotency-Key`.

mod forwarding;
mod headers;

use std::time::Duration;

use poem::http::Method;
use reqwest::{Client, Url};
use service::Setup;

/// What is forwarded. Where the composer has an operation of its own, that one answers.
const PATHS: &str = "/api/v1/*path";
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

const CONNECT_DEADLINE: Duration = Duration::from_millis(500);
/// How long an answer may be silent. A request that waits for its equal is answered within ten seconds.
const SILENCE_DEADLINE: Duration = Duration::from_secs(30);

/// Where the payments API is.
#[derive(Debug, Clone)]
pub struct PaymentsDoor {
    client: Client,
    /// Without a slash at its end.
    base: String,
}

/// Why a payments API cannot be asked at an address.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsUrlError {
    /// It is not an address that is spoken to.
    #[error("`{found}` is not the payments API's address (expected e.g. `http://127.0.0.1:8002`): {reason}")]
    Invalid {
        /// What was given.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
}

impl PaymentsDoor {
    /// The payments API at `base_url`, such as `http://127.0.0.1:8002`.
    ///
    /// # Errors
    /// [`PaymentsUrlError`] if this is not the address of an HTTP server.
    pub fn new(base_url: &str) -> Result<Self, PaymentsUrlError> {
        let invalid = |reason: String| PaymentsUrlError::Invalid {
            found: base_url.to_owned(),
            reason,
        };
        let url = Url::parse(base_url).map_err(|error| invalid(error.to_string()))?;
        if url.scheme() != "http" {
            return Err(invalid(format!("`{}` is not spoken here", url.scheme())));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it ends in a query or a fragment".to_owned()));
        }
        // A neighbour, like the composer to the router: no proxy in between, and what it redirects to is the client's.
        let client = Client::builder()
            .connect_timeout(CONNECT_DEADLINE)
            .read_timeout(SILENCE_DEADLINE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Ok(Self {
            client: client.build()?,
            base: url.as_str().trim_end_matches('/').to_owned(),
        })
    }

    /// Where its operations are described.
    pub(crate) fn docs(&self) -> String {
        format!("{}/docs", self.base)
    }
}

/// Adds the routes that lead there.
pub(crate) fn mount(setup: Setup, door: &PaymentsDoor) -> Setup {
    setup.at(PATHS, METHODS, forwarding::to(door))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_of_an_http_server_is_one() {
        for good in [
            "http://127.0.0.1:8002",
            "http://payments:8002/",
            "http://host/below/",
        ] {
            assert!(!PaymentsDoor::new(good).unwrap().base.ends_with('/'), "{good}");
        }
        for bad in [
            "",
            "payments:8002",
            "https://payments",
            "http://host?x=1",
            "http://host#x",
        ] {
            let error = PaymentsDoor::new(bad).unwrap_err();
            assert!(error.to_string().contains("expected e.g."), "{bad}: {error}");
        }
    }
}
