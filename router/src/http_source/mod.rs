//! The published rules, over HTTP from the composer.

mod server_sent;

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, future, stream};
use queue::CompanySnapshot;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use service::{Acquaintance, Neighbour, NeighbourError, neighbour};
use uuid::Uuid;

use self::server_sent::{Decoder, ServerSent};
use crate::source::{Changes, Fetched, Publication, PublishedRule, RuleSource, SourceError};

/// How long a publication may take to arrive.
const FETCH_DEADLINE: Duration = Duration::from_secs(3);
/// How long the notices may be silent. The composer sends something every ten seconds.
const SILENCE_DEADLINE: Duration = Duration::from_secs(25);
/// How large a publication may be.
const MAX_PUBLICATION_BYTES: usize = 64 << 20;

/// Asks the composer.
#[derive(Debug, Clone)]
pub struct HttpRuleSource(Neighbour);

impl HttpRuleSource {
    /// The composer at `base_url`, such as `http://127.0.0.1:8000`.
    ///
    /// # Errors
    /// [`NeighbourError`] if this is not the address of an HTTP server.
    pub fn new(base_url: &str) -> Result<Self, NeighbourError> {
        let known = Acquaintance {
            name: "composer",
            example: "http://127.0.0.1:8000",
            silence_deadline: SILENCE_DEADLINE,
        };
        Neighbour::at(base_url, known).map(Self)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, SourceError> {
        request.send().await.map_err(unavailable)
    }
}

#[async_trait]
impl RuleSource for HttpRuleSource {
    async fn published_rules(&self, company_id: Uuid, known: Option<&str>) -> Result<Fetched, SourceError> {
        let path = format!("/companies/{company_id}/published-rules");
        let request = self.0.request(Method::GET, &path).timeout(FETCH_DEADLINE);
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
        let request = self.0.request(Method::GET, "/published-rules/stream");
        let request = request.header(header::ACCEPT, "text/event-stream");
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
    SourceError::Unavailable(neighbour::reason(error))
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
