//! Makes a [`Problem`] of every error that the HTTP library raises by itself, and of every panic.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt as _;
use poem::{
    Endpoint, Error, IntoResponse as _, Middleware, PathPattern, Request, Response, Result,
    error::{GetDataError, MethodNotAllowedError, NotFoundError, ParseJsonError, ReadBodyError},
    http::{Method, StatusCode},
};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};

use crate::{
    BODY_LIMIT_BYTES, FieldError, Problem, fault::in_plain_words, limits, problem::shortened, routes::Routes,
    site, uri,
};

/// The path as it is documented, on every answer of a documented route.
#[derive(Debug, Clone)]
pub(crate) struct PathTemplate(pub(crate) Arc<str>);

/// The middleware that answers every error as a problem. It stands right around the routes.
pub(crate) struct CatchAll {
    pub(crate) routes: Arc<Routes>,
    pub(crate) body_limit_bytes: usize,
}

impl<E: Endpoint> Middleware<E> for CatchAll {
    type Output = Caught<E>;

    fn transform(&self, inner: E) -> Caught<E> {
        Caught {
            inner,
            routes: Arc::clone(&self.routes),
            body_limit_bytes: self.body_limit_bytes,
        }
    }
}

/// What [`CatchAll`] makes of an endpoint.
pub(crate) struct Caught<E> {
    inner: E,
    routes: Arc<Routes>,
    body_limit_bytes: usize,
}

impl<E: Endpoint> Endpoint for Caught<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let checked = uri::check(request.method(), request.uri()).and_then(|()| site::check(&request));
        let checked = checked.and_then(|()| limits::expect_plain(&request));
        let request = match checked.and_then(|()| limits::limited(request, self.body_limit_bytes)) {
            Ok(request) => request,
            Err(problem) => return Ok(problem.into_response()),
        };
        let method = request.method().clone();
        // A handler's state is its own: a panic leaves nothing of the request behind that is used again.
        let Ok(answer) = AssertUnwindSafe(self.inner.call(request)).catch_unwind().await else {
            // What it was and where, the panic hook has logged.
            return Ok(Problem::failed().into_response());
        };
        let (mut response, pattern) = match answer {
            Ok(output) => {
                let response = output.into_response();
                let pattern = response.data::<PathPattern>().cloned();
                (response, pattern)
            }
            Err(error) => {
                let pattern = error.data::<PathPattern>().cloned();
                (self.answer(error, &method, pattern.as_ref()), pattern)
            }
        };
        if let Some(template) = pattern.and_then(|pattern| self.routes.template(&pattern.0)) {
            response.set_data(PathTemplate(template));
        }
        Ok(response)
    }
}

impl<E> Caught<E> {
    /// What was made to be answered is answered as it is; the rest becomes a problem.
    fn answer(&self, error: Error, method: &Method, pattern: Option<&PathPattern>) -> Response {
        if error.is_from_response() || error.is::<Problem>() {
            return error.into_response();
        }
        let pattern = pattern.map_or("", |pattern| &*pattern.0);
        let problem = self
            .of_routing(&error, method, pattern)
            .or_else(|| self.of_parameter(&error, pattern))
            .or_else(|| of_body(&error))
            .unwrap_or_else(|| of_status(&error));
        problem.into_response()
    }

    fn of_routing(&self, error: &Error, method: &Method, pattern: &str) -> Option<Problem> {
        if error.is::<NotFoundError>() {
            let detail = "Nothing is found at this path. What there is, `/docs` shows.";
            return Some(Problem::not_found("not_found", detail));
        }
        error.is::<MethodNotAllowedError>().then(|| {
            let detail = format!("`{method}` is not offered at this path.");
            Problem::method_not_allowed(detail, self.routes.allowed(pattern))
        })
    }

    fn of_parameter(&self, error: &Error, pattern: &str) -> Option<Problem> {
        let (name, reason) = if let Some(ParsePathError { name, reason }) = error.downcast_ref() {
            (self.routes.parameter(pattern, name).unwrap_or(name), reason)
        } else {
            let ParseParamError { name, reason } = error.downcast_ref()?;
            (*name, reason)
        };
        // A cursor is nobody's to write: that it is broken is told apart, so that a client starts over.
        let (code, inner) = if name == "cursor" {
            ("invalid_cursor", "invalid_cursor")
        } else {
            ("invalid_parameter", "invalid")
        };
        let reason = in_plain_words(reason);
        let detail = format!("The parameter `{name}` cannot be read: {reason}");
        Some(Problem::bad_request(code, detail).with_errors([FieldError::new(name, inner, reason)]))
    }
}

fn of_body(error: &Error) -> Option<Problem> {
    if let Some(ParseRequestPayloadError { reason }) = error.downcast_ref() {
        return Some(Problem::bad_request("invalid_request", shortened(reason, 300)));
    }
    if error.is::<ContentTypeError>() {
        return Some(Problem::unsupported_media_type(shortened(error, 300)));
    }
    if let Some(ParseJsonError::Parse(fault)) = error.downcast_ref() {
        return Some(Problem::bad_request("malformed_json", fault.to_string()));
    }
    match error.downcast_ref()? {
        ReadBodyError::PayloadTooLarge => Some(Problem::too_large(BODY_LIMIT_BYTES)),
        ReadBodyError::Io(fault) => Some(limits::refuse(fault)),
        ReadBodyError::BodyHasBeenTaken | ReadBodyError::Utf8(_) => None,
    }
}

/// The rest, by its status: a fault of ours says nothing, one of the caller's what was wrong.
fn of_status(error: &Error) -> Problem {
    let status = error.status();
    if error.is::<AuthorizationError>() || status == StatusCode::UNAUTHORIZED {
        return Problem::unauthorized("unauthorized", "Sign in, or send a valid API key.", "Bearer");
    }
    if error.is::<GetDataError>() || !status.is_client_error() {
        return Problem::internal(error.to_string());
    }
    let code = match status {
        StatusCode::BAD_REQUEST => "invalid_request",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::UNPROCESSABLE_ENTITY => "unprocessable",
        _ => "refused",
    };
    Problem::other(status, code, shortened(error, 300))
}
