//! One line in the log per request: what was asked, what was answered, how long it took.

use std::{sync::Arc, time::Instant};

use poem::{
    Endpoint, Middleware, Request, Response, Result,
    http::{Method, StatusCode},
};

use crate::errors::PathTemplate;

/// The middleware that writes the line.
pub(crate) struct AccessLog {
    /// Paths, as documented, whose successes are too many to be of interest: they go to `debug`.
    pub(crate) hot_paths: Arc<[String]>,
}

impl<E: Endpoint> Middleware<E> for AccessLog {
    type Output = Logged<E>;

    fn transform(&self, inner: E) -> Logged<E> {
        Logged {
            inner,
            hot_paths: Arc::clone(&self.hot_paths),
        }
    }
}

/// What [`AccessLog`] makes of an endpoint.
pub(crate) struct Logged<E> {
    inner: E,
    hot_paths: Arc<[String]>,
}

impl<E: Endpoint> Endpoint for Logged<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let mut line = Line {
            method: request.method().clone(),
            path: request.uri().path().into(),
            started: Instant::now(),
            status: None,
            is_hot: false,
        };
        let response = self.inner.get_response(request).await;
        line.status = Some(response.status());
        if let Some(PathTemplate(template)) = response.data() {
            line.path = Arc::clone(template);
        }
        line.is_hot = self.hot_paths.iter().any(|path| **path == *line.path);
        Ok(response)
    }
}

/// Written when it is dropped, so that a request whose client went away is not passed over: then the
/// handler is dropped before it has answered.
struct Line {
    method: Method,
    path: Arc<str>,
    started: Instant,
    status: Option<StatusCode>,
    is_hot: bool,
}

impl Drop for Line {
    fn drop(&mut self) {
        let (method, path) = (self.method.as_str(), &*self.path);
        let latency_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let Some(status) = self.status else {
            tracing::info!(method, path, latency_us, "the client went away before its answer");
            return;
        };
        let code = status.as_u16();
        if status.is_server_error() {
            tracing::warn!(method, path, status = code, latency_us, "answered");
        } else if self.is_hot && status.is_success() {
            tracing::debug!(method, path, status = code, latency_us, "answered");
        } else {
            tracing::info!(method, path, status = code, latency_us, "answered");
        }
    }
}
