//! What every service answers when it does not do what was asked: `application/problem+json`.
//!
//! RFC 9457, with a stable `code`, the request's correlation id and, for validation, each fault with
//! its JSON Pointer. No other module renders an error.

use std::{error::Error, fmt::Display, time::Duration};

use poem::http::{HeaderName, HeaderValue, StatusCode, header};

mod rendering;

pub use api_types::FieldError;

pub(crate) use rendering::documented;

/// The media type of a rendered [`Problem`].
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A refusal or a failure, ready to be answered. Handlers return it, or `?` it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} {}: {}", .0.status.as_u16(), .0.code, .0.detail)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log, never for the client.
    cause: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (errors, headers) = (Vec::new(), Vec::new());
        Self(Box::new(Parts {
            status,
            code,
            detail: detail.into(),
            errors,
            headers,
            cause: None,
        }))
    }

    /// 400: the request is malformed.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: who is asking is not known. `challenge` says how to sign in (`Bearer`).
    pub fn unauthorized(code: &'static str, detail: impl Into<String>, challenge: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// 403: who is asking may not.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: what is asked for does not exist, or not for who is asking.
    pub fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 405: the path exists, the method does not. `allowed` is the `Allow` header, where it is known.
    pub fn method_not_allowed(detail: impl Into<String>, allowed: Option<HeaderValue>) -> Self {
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
        match allowed {
            Some(methods) => problem.with_header(header::ALLOW, methods),
            None => problem,
        }
    }

    /// 408: the request did not arrive in time. The connection is closed: the rest of it may follow.
    pub fn request_timeout(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", detail)
            .with_header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// 409: what is stored already stands against the request.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 412: what the request was based on has changed meanwhile.
    pub fn precondition_failed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, code, detail)
    }

    /// 413: the body has more than `limit_bytes`.
    pub fn too_large(limit_bytes: usize) -> Self {
        let detail = format!("The body is larger than the {limit_bytes} bytes that are accepted here.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    }

    /// 415: the body is of a kind that is not read here.
    pub fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            detail,
        )
    }

    /// 421: the request is for another server; this one is reached from its own machine alone.
    pub(crate) fn misdirected(host: &str) -> Self {
        let detail = format!(
            "This server is reached from its own machine alone, and answers there to `localhost` and to addresses such as \
             `127.0.0.1`, not to `{}`. A proxy in front of it must ask it by one of these.",
            shortened(host, 80)
        );
        Self::new(StatusCode::MISDIRECTED_REQUEST, "misdirected_request", detail)
    }

    /// 422: the request is well formed and refused.
    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429: too many requests; the next may come after `retry_after`.
    pub fn too_many(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).with_retry_after(retry_after)
    }

    /// 503: something that is needed is away; it is worth trying again after `retry_after`.
    pub fn unavailable(code: &'static str, detail: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).with_retry_after(retry_after)
    }

    /// 500: a fault of ours. The cause, with its sources, goes to the log when the answer is rendered,
    /// and nowhere else.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut problem = Self::failed();
        problem.0.cause = Some(with_sources(cause.into().as_ref()));
        problem
    }

    /// 500, where the cause is in the log already.
    pub(crate) fn failed() -> Self {
        let detail = "The request failed on our side. It may have taken effect: look before you send it \
                      again, and quote the correlation id when you ask about it.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", detail)
    }

    /// Any other status, for what the HTTP library refuses by itself.
    pub(crate) fn other(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(status, code, detail)
    }

    /// Adds the faults, each in its place.
    #[must_use]
    pub fn with_errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.0.errors.extend(errors);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Adds `Retry-After`, in whole seconds, rounded up, at least one.
    #[must_use]
    fn with_retry_after(self, wait: Duration) -> Self {
        let whole = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        self.with_header(header::RETRY_AFTER, HeaderValue::from(whole.max(1)))
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The kind of problem, stable.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened this time.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Logs why it is a fault of ours, if it is: whoever answers it does, once.
    pub fn log(&self) {
        if let Some(cause) = &self.0.cause {
            tracing::error!(code = self.0.code, cause, "a request failed");
        }
    }

    /// The faults with their places.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }
}

fn with_sources(cause: &dyn Error) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

/// What a caller sent, shortened for a sentence about it.
pub(crate) fn shortened(text: impl Display, limit_chars: usize) -> String {
    let text = text.to_string();
    match text.char_indices().nth(limit_chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_logged_with_its_sources() {
        #[derive(Debug, thiserror::Error)]
        #[error("reading the rule")]
        struct Outer(#[source] std::io::Error);
        let problem = Problem::internal(Outer(std::io::Error::other("disk is gone")));
        assert_eq!(problem.0.cause.as_deref(), Some("reading the rule: disk is gone"));
    }

    #[test]
    fn retry_after_is_whole_seconds_rounded_up() {
        let seconds = |wait| {
            let problem = Problem::unavailable("queue_unavailable", "", wait);
            let (name, value) = problem.0.headers.first().unwrap();
            assert_eq!(name, "retry-after");
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(seconds(Duration::ZERO), "1");
        assert_eq!(seconds(Duration::from_secs(2)), "2");
        assert_eq!(seconds(Duration::from_millis(2_001)), "3");
    }

    #[test]
    fn long_texts_are_shortened_between_characters() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöü", 2), "äö…");
    }
}
