//! The thread through everything that one request causes: `X-Correlation-Id` and `traceparent`.
//!
//! [`Correlate`] takes the id or makes one, hands it to handlers by the extractor [`CorrelationId`],
//! puts it on the answer, into problems and on the tracing span of the request. [`Correlation`] does so for other protocols.

use std::{
    fmt::{self, Display},
    sync::Arc,
};

use poem::{
    Endpoint, FromRequest, Middleware, Request, RequestBody, Response, Result,
    http::{HeaderMap, HeaderName, HeaderValue},
};
use tracing::Instrument as _;

use crate::{Ids, Problem};

/// The header that carries a [`CorrelationId`].
pub const CORRELATION_HEADER: HeaderName = HeaderName::from_static("x-correlation-id");
/// The header that carries a [`TraceParent`].
pub const TRACEPARENT_HEADER: HeaderName = HeaderName::from_static("traceparent");

const MAX_ID_BYTES: usize = 128;

tokio::task_local! {
    static CURRENT: Correlation;
}

/// The correlation id of the request that this task is answering; `None` outside of one, also in
/// tasks that were spawned from it.
pub fn current() -> Option<CorrelationId> {
    CURRENT.try_with(|current| current.id.clone()).ok()
}

/// The caller's place in its trace, of the request that this task is answering.
pub fn current_trace() -> Option<TraceParent> {
    CURRENT.try_with(|current| current.traceparent.clone()).ok()?
}

/// What binds a request to everything that it causes: 1 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// Takes `text` if it is 1 to 128 visible ASCII characters.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_ID_BYTES).contains(&text.len());
        (fits && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(text.into()))
    }

    /// A new one.
    pub fn new(ids: &dyn Ids) -> Self {
        Self(ids.next().to_string().into())
    }

    /// As it stands in headers and messages.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        only(headers, &CORRELATION_HEADER).and_then(Self::parse)
    }
}

impl Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> FromRequest<'a> for CorrelationId {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let id = request.extensions().get::<Self>().cloned();
        Ok(id.ok_or_else(|| Problem::internal("a handler runs outside of the correlation middleware"))?)
    }
}

/// The caller's place in its trace: a valid `traceparent` (W3C Trace Context, level 1).
///
/// Handlers take `Option<TraceParent>`: what is missing or invalid is `None`, as the standard wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent(Arc<str>);

impl TraceParent {
    /// Takes `text` if it is a valid `traceparent`, of this version or a later one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let version = hex_of(2, fields.next()?)?;
        let (trace, parent) = (hex_of(32, fields.next()?)?, hex_of(16, fields.next()?)?);
        hex_of(2, fields.next()?)?;
        let known = version != "ff" && (version != "00" || fields.next().is_none());
        let named = [trace, parent]
            .iter()
            .all(|id| id.bytes().any(|digit| digit != b'0'));
        let bounded = text.len() <= MAX_ID_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
        (known && named && bounded).then(|| Self(text.into()))
    }

    /// As it stands in headers and messages.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        only(headers, &TRACEPARENT_HEADER).and_then(Self::parse)
    }
}

fn hex_of(len: usize, field: &str) -> Option<&str> {
    let lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (field.len() == len && field.bytes().all(lower)).then_some(field)
}

impl Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> FromRequest<'a> for TraceParent {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self::of(request.headers()).ok_or_else(|| {
            Problem::bad_request(
                "invalid_traceparent",
                "This call needs a valid `traceparent` header.",
            )
        })?)
    }
}

/// The header's value if there is exactly one, in visible ASCII: of two, none can be trusted.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() {
        None
    } else {
        first.to_str().ok()
    }
}

/// What one request belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation {
    /// Its id: the caller's, or a new one.
    pub id: CorrelationId,
    traceparent: Option<TraceParent>,
}

impl Correlation {
    /// What a request with these headers belongs to.
    pub fn of(headers: &HeaderMap, ids: &dyn Ids) -> Self {
        Self {
            id: CorrelationId::of(headers).unwrap_or_else(|| CorrelationId::new(ids)),
            traceparent: TraceParent::of(headers),
        }
    }

    /// Answers the request: [`current`] is its id meanwhile, and what is logged bears it.
    pub async fn around<F: Future>(self, answer: F) -> F::Output {
        let traceparent = self.traceparent.as_ref().map(tracing::field::display);
        // At the highest level, so that no filter that lets an error through drops what it belongs to.
        let span = tracing::error_span!("request", correlation_id = self.id.as_str(), traceparent);
        CURRENT.scope(self, answer.instrument(span)).await
    }
}

/// The middleware that gives every request its [`CorrelationId`]. It stands outermost.
pub struct Correlate {
    ids: Arc<dyn Ids>,
}

impl Correlate {
    /// New correlation ids come from `ids`.
    pub fn new(ids: Arc<dyn Ids>) -> Self {
        Self { ids }
    }
}

impl<E: Endpoint> Middleware<E> for Correlate {
    type Output = Correlated<E>;

    fn transform(&self, inner: E) -> Correlated<E> {
        Correlated {
            inner,
            ids: Arc::clone(&self.ids),
        }
    }
}

/// What [`Correlate`] makes of an endpoint.
pub struct Correlated<E> {
    inner: E,
    ids: Arc<dyn Ids>,
}

impl<E: Endpoint> Endpoint for Correlated<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let correlation = Correlation::of(request.headers(), &*self.ids);
        let id = correlation.id.clone();
        request.extensions_mut().insert(id.clone());
        let mut response = correlation.around(self.inner.get_response(request)).await;
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert(CORRELATION_HEADER, value);
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correlation_id_is_visible_and_short() {
        assert_eq!(CorrelationId::parse("a~!9").unwrap().as_str(), "a~!9");
        assert!(CorrelationId::parse(&"x".repeat(128)).is_some());
        for text in ["", "a b", "a\tb", "ä", "a\u{7f}", &"x".repeat(129)] {
            assert_eq!(CorrelationId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_traceparent_is_what_the_standard_says() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let parent = "00f067aa0ba902b7";
        let valid = [
            format!("00-{trace}-{parent}-01"),
            format!("cc-{trace}-{parent}-09-more"),
        ];
        for text in valid {
            assert_eq!(TraceParent::parse(&text).unwrap().as_str(), text);
        }
        let invalid = [
            String::new(),
            format!("ff-{trace}-{parent}-01"),
            format!("00-{trace}-{parent}-01-more"),
            format!("00-{trace}-{parent}"),
            format!("00-{}-{parent}-01", "0".repeat(32)),
            format!("00-{trace}-{}-01", "0".repeat(16)),
            format!("00-{}-{parent}-01", trace.to_uppercase()),
            format!("0-{trace}-{parent}-01"),
            format!("00-{trace}-{parent}-0g"),
        ];
        for text in invalid {
            assert_eq!(TraceParent::parse(&text), None, "{text:?}");
        }
    }
}
