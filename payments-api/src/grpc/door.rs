//! The way in and out of every call: to its service by name, within its deadline, correlated, logged.

use std::collections::HashMap;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use service::correlation::{CORRELATION_HEADER, Correlation};
use service::{Ids, Problem};
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{HeaderValue, Request, Response, StatusCode, header};
use tonic::server::NamedService;
use tonic::{Code, Status};

use super::{status, timeout};

/// Calls whose successes are too many to be of interest: they go to `debug`.
const HOT_PATHS: [&str; 2] = [
    "/payment.v1.PaymentService/AuthorizePayment",
    "/grpc.health.v1.Health/Check",
];

/// A service, whatever its type.
type Call = dyn Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Send + Sync;

/// The services that there are, by name.
#[derive(Default)]
pub(super) struct Services(HashMap<&'static str, Box<Call>>);

impl Services {
    /// The same, with one more.
    pub(super) fn with<S>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let call = move |request| {
            // A generated service is always ready.
            let answer = service.clone().call(request);
            async { answer.await.unwrap_or_else(|never| match never {}) }.boxed()
        };
        self.0.insert(S::NAME, Box::new(call));
        self
    }

    async fn call(&self, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path().strip_prefix('/');
        let name = path.and_then(|path| path.split_once('/'));
        match name.and_then(|(service, _)| self.0.get(service)) {
            Some(call) => call(request).await,
            None => Status::unimplemented("There is no such service here.").into_http(),
        }
    }
}

/// The way in and out.
#[derive(Clone)]
pub(super) struct Door {
    services: Arc<Services>,
    ids: Arc<dyn Ids>,
}

impl Door {
    pub(super) fn new(services: Services, ids: Arc<dyn Ids>) -> Self {
        let services = Arc::new(services);
        Self { services, ids }
    }

    /// Answers a call.
    pub(super) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let correlation = Correlation::of(request.headers(), &*self.ids);
        let id = HeaderValue::from_str(correlation.id.as_str());
        let mut response = correlation.around(self.logged(request)).await;
        if let Ok(id) = id {
            response.headers_mut().insert(CORRELATION_HEADER, id);
        }
        response
    }

    async fn logged(&self, request: Request<Body>) -> Response<Body> {
        let mut line = Line {
            path: request.uri().path().to_owned(),
            started: Instant::now(),
            code: None,
        };
        let response = self.within_its_deadline(request).await;
        line.code = Some(code(&response));
        response
    }

    async fn within_its_deadline(&self, request: Request<Body>) -> Response<Body> {
        if !is_grpc(&request) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return response;
        }
        let limit = match timeout::of(request.headers()) {
            Ok(limit) => limit,
            Err(status) => return status.into_http(),
        };
        let answer = self.whatever_happens(request);
        match limit {
            None => answer.await,
            Some(limit) => {
                let in_time = tokio::time::timeout(limit, answer).await;
                in_time.unwrap_or_else(|_| timeout::over().into_http())
            }
        }
    }

    async fn whatever_happens(&self, request: Request<Body>) -> Response<Body> {
        let answer = AssertUnwindSafe(self.services.call(request)).catch_unwind().await;
        let Ok(response) = answer else {
            return status::of(&Problem::internal("a call panicked")).into_http();
        };
        // What tonic calls a message that is too large; nothing else here is out of range.
        match response.extensions().get::<Status>() {
            Some(status) if status.code() == Code::OutOfRange => {
                Status::resource_exhausted(status.message()).into_http()
            }
            _ => response,
        }
    }
}

fn is_grpc(request: &Request<Body>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// How a call was answered. The status of one that goes well follows its message.
fn code(response: &Response<Body>) -> Code {
    if response.status() != StatusCode::OK {
        return Code::Unknown;
    }
    let code = response.headers().get(Status::GRPC_STATUS);
    code.map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()))
}

/// Written when it is dropped, so that a call whose client went away is not passed over.
struct Line {
    path: String,
    started: Instant,
    code: Option<Code>,
}

impl Drop for Line {
    fn drop(&mut self) {
        let path = &*self.path;
        let latency_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let Some(code) = self.code else {
            tracing::info!(path, latency_us, "the client went away before its answer");
            return;
        };
        let status = tracing::field::debug(code);
        match code {
            Code::Internal | Code::Unavailable | Code::DataLoss => {
                tracing::warn!(path, status, latency_us, "answered");
            }
            Code::Ok if HOT_PATHS.contains(&path) => tracing::debug!(path, status, latency_us, "answered"),
            _ => tracing::info!(path, status, latency_us, "answered"),
        }
    }
}
