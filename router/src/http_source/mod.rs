//! The published rules, over HTTP from the composer.

mod server_sent;

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, future, stream};
use queue::CompanySnapshot;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use self::server_sent::{Decoder, ServerSent};
use crate::source::{Changes, Fetched, Publication, PublishedRule, RuleSource, SourceError};

const CONNECT_DEADLINE: Duration = Duration::from_millis(500);
/// How long a publication may take to arrive.
const FETCH_DEADLINE: Duration = Duration::from_secs(3);
/// How long the notices may be silent. The composer sends something every ten seconds.
const SILENCE_DEADLINE: Duration = Duration::from_secs(25);
/// How large a publication may be.
const MAX_PUBLICATION_BYTES: usize = 64 << 20;

/// Asks the composer.
#[derive(Debug, Clone)]
pub struct HttpRuleSource {
    client: Client,
    /// Without a slash at its end.
    base: String,
}

/// Why a composer cannot be asked at an address.
#[derive(Debug, thiserror::Error)]
pub enum BaseUrlError {
    /// It is not an address that is spoken to.
    #[error("`{found}` is not the composer's address (expected e.g. `http://127.0.0.1:8000`): {reason}")]
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

impl HttpRuleSource {
    /// The composer at `base_url`, such as `http://127.0.0.1:8000`.
    ///
    /// # Errors
    /// [`BaseUrlError`] if this is not the address of an HTTP server.
    pub fn new(base_url: &str) -> Result<Self, BaseUrlError> {
        let invalid = |reason: String| BaseUrlError::Invalid {
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
        // The composer is a neighbour: a proxy that the environment names is for the world.
        let client = Client::builder()
            .connect_timeout(CONNECT_DEADLINE)
            .read_timeout(SILENCE_DEADLINE)
            .no_proxy();
        Ok(Self {
            client: client.build()?,
            base: url.as_str().trim_end_matches('/').to_owned(),
        })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, SourceError> {
        request.send().await.map_err(unavailable)
    }
}

#[async_trait]
impl RuleSource for HttpRuleSource {
    async fn published_rules(&self, company_id: Uuid, known: Option<&str>) -> Result<Fetched, SourceError> {
        let url = format!("{}/companies/{company_id}/published-rules", self.base);
        let request = self.client.get(url).timeout(FETCH_DEADLINE);
        let request = match known {
            Some(etag) => request.header(header::IF_NONE_MATCH, etag),
            None => request,
        };
        let response = self.send(request).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED => Ok(Fetched::Unchanged),
            StatusCode::NOT_FOUND => not_found(response).await,
            StatusCode::OK => {
                let etag = etag_of(&response)?;
                let publication = publication_of(&body_of(response).await?)?;
                Ok(Fetched::Changed { etag, publication })
            }
            status => Err(refused(status)),
        }
    }

    async fn changes(&self) -> Result<Changes, SourceError> {
        let url = format!("{}/published-rules/stream", self.base);
        let request = self.client.get(url).header(header::ACCEPT, "text/event-stream");
        let connecting = tokio::time::timeout(FETCH_DEADLINE, self.send(request));
        let late = |_| SourceError::Unavailable("no answer in time".to_owned());
        let response = connecting.await.map_err(late)??;
        match response.status() {
            StatusCode::OK => Ok(changes_of(response)),
            status => Err(refused(status)),
        }
    }
}

/// Ends with the connection, and with whatever cannot be understood: then a notice may have been missed.
fn changes_of(response: Response) -> Changes {
    let chunks = response.bytes_stream();
    let events = chunks.scan(Decoder::default(), |decoder, chunk| {
        let events = chunk
            .map_err(|error| error.to_string())
            .and_then(|chunk| decoder.feed(&chunk));
        future::ready(
            events
                .inspect_err(|reason| tracing::debug!(reason, "the notices end"))
                .ok(),
        )
    });
    let published = events
        .flat_map(stream::iter)
        .filter(|event| future::ready(event.name == "published"));
    let notices = published.scan((), |(), event| future::ready(company_of(&event)));
    notices.boxed()
}

fn company_of(event: &ServerSent) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct Notice {
        company_id: Uuid,
    }
    match serde_json::from_str::<Notice>(&event.data) {
        Ok(notice) => Some(notice.company_id),
        Err(error) => {
            tracing::warn!(%error, data = event.data, "a notice of published rules cannot be read");
            None
        }
    }
}

fn etag_of(response: &Response) -> Result<String, SourceError> {
    let etag = response
        .headers()
        .get(header::ETAG)
        .and_then(|etag| etag.to_str().ok());
    etag.map(str::to_owned)
        .ok_or_else(|| unreadable("it has no entity tag"))
}

async fn body_of(mut response: Response) -> Result<Bytes, SourceError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
        if body.len().saturating_add(chunk.len()) > MAX_PUBLICATION_BYTES {
            return Err(unreadable(format!(
                "it is larger than {MAX_PUBLICATION_BYTES} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Not found is the company, if the composer says so; anything else is the wrong server, or its proxy.
async fn not_found(response: Response) -> Result<Fetched, SourceError> {
    #[derive(Deserialize)]
    struct Refusal {
        code: String,
    }
    let body = body_of(response).await?;
    match serde_json::from_slice::<Refusal>(&body) {
        Ok(refusal) if refusal.code == "unknown_company" => Ok(Fetched::UnknownCompany),
        _ => Err(refused(StatusCode::NOT_FOUND)),
    }
}

/// What the composer answers; members that it adds are passed over.
#[derive(Deserialize)]
struct Wire<'w> {
    company: CompanySnapshot,
    #[serde(borrow)]
    rules: Vec<WireRule<'w>>,
    revision: u64,
}

#[derive(Deserialize)]
struct WireRule<'w> {
    rule_id: Uuid,
    name: String,
    version: u32,
    /// As text, so that it is read like any document: to the digit, and as deep as it was when it was saved.
    #[serde(borrow)]
    document: &'w RawValue,
}

fn publication_of(body: &[u8]) -> Result<Publication, SourceError> {
    let wire: Wire<'_> = serde_json::from_slice(body).map_err(unreadable)?;
    let rules = wire
        .rules
        .into_iter()
        .map(WireRule::read)
        .collect::<Result<_, _>>()?;
    Ok(Publication {
        company: wire.company,
        rules,
        revision: wire.revision,
    })
}

impl WireRule<'_> {
    fn read(self) -> Result<PublishedRule, SourceError> {
        let document = rules::json::parse(self.document.get().as_bytes()).map_err(unreadable)?;
        let Self {
            rule_id,
            name,
            version,
            ..
        } = self;
        Ok(PublishedRule {
            rule_id,
            name,
            version,
            document,
        })
    }
}

fn unavailable(error: reqwest::Error) -> SourceError {
    // The address may hold a password.
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(source) = next {
        reason = format!("{reason}: {source}");
        next = source.source();
    }
    SourceError::Unavailable(reason)
}

fn unreadable(reason: impl std::fmt::Display) -> SourceError {
    SourceError::Unreadable(reason.to_string())
}

fn refused(status: StatusCode) -> SourceError {
    let reason = format!("the composer answered {}", status.as_u16());
    if status.is_client_error() {
        SourceError::Unreadable(reason)
    } else {
        SourceError::Unavailable(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_of_an_http_server_is_one() {
        for good in [
            "http://127.0.0.1:8000",
            "http://composer:8000/",
            "http://host/below/",
        ] {
            assert!(!HttpRuleSource::new(good).unwrap().base.ends_with('/'), "{good}");
        }
        for bad in [
            "",
            "composer:8000",
            "127.0.0.1:8000",
            "https://composer",
            "http://host?x=1",
            "http://host#x",
        ] {
            let error = HttpRuleSource::new(bad).unwrap_err();
            assert!(error.to_string().contains("expected e.g."), "{bad}: {error}");
        }
    }

    #[test]
    fn a_publication_is_read_to_the_digit_and_to_its_depth() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(128), "}".repeat(128));
        let company = r#"{"company_id":"00000000-0000-0000-0000-000000000001","name":"Ana","plan":null,"region":"BR","currency":"BRL","since":1}"#;
        let rule = format!(
            r#"{{"rule_id":"00000000-0000-0000-0000-000000000002","name":"default","version":3,"document":{deep}}}"#
        );
        let body = format!(r#"{{"company":{company},"rules":[{rule}],"revision":7,"more":[]}}"#);
        let publication = publication_of(body.as_bytes()).unwrap();
        assert_eq!(
            (publication.revision, publication.company.region.as_deref()),
            (7, Some("BR"))
        );
        assert_eq!(publication.rules[0].document.to_string(), deep);

        let exact = body.replace(&deep, r#"{"n":120.00,"$serde_json::private::Number":"1"}"#);
        let publication = publication_of(exact.as_bytes()).unwrap();
        assert_eq!(
            publication.rules[0].document.to_string(),
            r#"{"n":120.00,"$serde_json::private::Number":"1"}"#
        );
        assert!(publication_of(b"{}").is_err());
        assert!(publication_of(body.replace(&deep, r#"{"a":1,"a":2}"#).as_bytes()).is_err());
    }
}
