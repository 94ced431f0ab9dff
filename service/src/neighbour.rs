//! Another of our services, asked over HTTP: where it is, and the client that asks it.
//!
//! A neighbour is reached directly: a proxy that the environment names is for the world. It is asked for what is meant, so
//! what it redirects to is not followed.

use std::{error::Error as _, time::Duration};

use poem::http::Method;
use reqwest::{Client, RequestBuilder, Url, redirect};

const CONNECT_DEADLINE: Duration = Duration::from_millis(500);

/// A service at an address.
#[derive(Debug, Clone)]
pub struct Neighbour {
    client: Client,
    /// Without a slash at its end.
    base: String,
}

/// How a neighbour is called, and how long it may be silent.
#[derive(Debug, Clone, Copy)]
pub struct Acquaintance {
    /// Its name in a sentence: `composer`, say.
    pub name: &'static str,
    /// An address that it could have.
    pub example: &'static str,
    /// How long an answer may be silent.
    pub silence_deadline: Duration,
}

/// Why a neighbour cannot be asked at an address.
#[derive(Debug, thiserror::Error)]
pub enum NeighbourError {
    /// It is not an address that is spoken to.
    #[error("`{found}` is not the {name}'s address (expected e.g. `{example}`): {reason}")]
    Invalid {
        /// Whose address it should be.
        name: &'static str,
        /// One that it could have.
        example: &'static str,
        /// What was given.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
}

impl Neighbour {
    /// The neighbour at `base_url`, such as `http://127.0.0.1:8000`. It is not asked yet.
    ///
    /// # Errors
    /// [`NeighbourError`] if this is not the address of an HTTP server.
    pub fn at(base_url: &str, known: Acquaintance) -> Result<Self, NeighbourError> {
        let base = base(base_url).map_err(|reason| NeighbourError::Invalid {
            name: known.name,
            example: known.example,
            found: base_url.to_owned(),
            reason,
        })?;
        let client = Client::builder()
            .connect_timeout(CONNECT_DEADLINE)
            .read_timeout(known.silence_deadline)
            .redirect(redirect::Policy::none())
            .no_proxy();
        Ok(Self {
            client: client.build()?,
            base,
        })
    }

    /// The address of something there: `path` begins with a slash, and may have a query.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A request for something there; see [`url`](Self::url).
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }
}

fn base(base_url: &str) -> Result<String, String> {
    let url = Url::parse(base_url).map_err(|error| error.to_string())?;
    if url.scheme() != "http" {
        return Err(format!("`{}` is not spoken here", url.scheme()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it ends in a query or a fragment".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Why a neighbour did not answer, down to the cause. The address is left out: it may hold a password.
pub fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        reason = format!("{reason}: {source}");
        next = source.source();
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPOSER: Acquaintance = Acquaintance {
        name: "composer",
        example: "http://127.0.0.1:8000",
        silence_deadline: Duration::from_secs(1),
    };

    #[test]
    fn only_the_address_of_an_http_server_is_one() {
        for (good, url) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/runs?limit=1"),
            ("http://composer:8000/", "http://composer:8000/runs?limit=1"),
            ("http://host/below/", "http://host/below/runs?limit=1"),
        ] {
            let neighbour = Neighbour::at(good, COMPOSER).unwrap();
            assert_eq!(neighbour.url("/runs?limit=1"), url);
        }
        for bad in [
            "",
            "composer:8000",
            "127.0.0.1:8000",
            "https://composer",
            "http://host?x=1",
            "http://host#x",
        ] {
            let error = Neighbour::at(bad, COMPOSER).unwrap_err().to_string();
            let expected =
                format!("`{bad}` is not the composer's address (expected e.g. `http://127.0.0.1:8000`): ");
            assert!(error.starts_with(&expected), "{error}");
        }
    }

    #[tokio::test]
    async fn a_reason_goes_down_to_the_cause_and_keeps_the_address_to_itself() {
        let listener = crate::bind("127.0.0.1", 0).await.unwrap();
        let nobody = listener.local_addr().unwrap();
        drop(listener);
        let neighbour = Neighbour::at(&format!("http://ana:secret@{nobody}"), COMPOSER).unwrap();
        let refused = neighbour.request(Method::GET, "/").send().await.unwrap_err();
        let reason = reason(refused);
        assert!(reason.contains("refused"), "{reason}");
        assert!(!reason.contains("secret"), "{reason}");
    }
}
