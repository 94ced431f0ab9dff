//! A gRPC server on a port of its own, and calls to it.

use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use payments_api::grpc::Grpc;
use payments_api::grpc::proto::payment_service_client::PaymentServiceClient;
use payments_api::grpc::proto::{AuthorizePaymentRequest, AuthorizePaymentResponse, PaymentStatus};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response, Uri};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// How long requests under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(30);

/// A server. It goes on until it is stopped, or the test is over.
pub(crate) struct GrpcServer {
    address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<usize>,
}

impl GrpcServer {
    pub(crate) async fn of(grpc: Grpc) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let serving = payments_api::grpc::serve(grpc, listener, stop.clone(), GRACE);
        let server = tokio::spawn(serving.unwrap());
        Self {
            address,
            stop,
            server,
        }
    }

    /// Tells it to stop.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits for its end: how many connections had to be cut off.
    pub(crate) async fn ended(self) -> usize {
        self.server.await.unwrap()
    }

    pub(crate) async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Connection(sender)
    }

    pub(crate) async fn client(&self) -> PaymentServiceClient<Connection> {
        PaymentServiceClient::with_origin(self.connect().await, self.origin())
    }

    pub(crate) fn origin(&self) -> Uri {
        format!("http://{}", self.address).parse().unwrap()
    }
}

/// A connection, without a deadline of its own: what a caller is told in time, the server told it.
#[derive(Debug, Clone)]
pub(crate) struct Connection(SendRequest<Body>);

impl Service<Request<Body>> for Connection {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.send_request(request).boxed()
    }
}

/// A payment in reais, in cents.
pub(crate) fn paying(key: &str, from: &str, to: &str, amount_cents: i64) -> AuthorizePaymentRequest {
    AuthorizePaymentRequest {
        idempotency_key: key.to_owned(),
        payer_account_id: from.to_owned(),
        payee_account_id: to.to_owned(),
        amount_cents,
        currency: "BRL".to_owned(),
        ..AuthorizePaymentRequest::default()
    }
}

/// An answer, with whether it was given before.
pub(crate) async fn authorize(
    client: &mut PaymentServiceClient<Connection>,
    request: AuthorizePaymentRequest,
) -> Result<(AuthorizePaymentResponse, bool), Status> {
    let response = client.authorize_payment(request).await?;
    let replayed = response.metadata().contains_key("idempotency-replayed");
    let answer = response.into_inner();
    let declined = answer.status() == PaymentStatus::Declined;
    assert_eq!(answer.error.is_some(), declined, "{answer:?}");
    Ok((answer, replayed))
}

/// That a call is refused with this code and reason, which names these members.
#[track_caller]
pub(crate) fn assert_refused<T: std::fmt::Debug>(
    answer: Result<T, Status>,
    code: Code,
    reason: &str,
    members: &[&str],
) {
    let status = answer.unwrap_err();
    let details = status.get_error_details();
    let info = details.error_info().map(|info| (&*info.reason, &*info.domain));
    let faults = details.bad_request().map(|request| &*request.field_violations);
    let named: Vec<&str> = faults
        .unwrap_or_default()
        .iter()
        .map(|fault| {
            assert!(
                !fault.description.is_empty() && !fault.reason.is_empty(),
                "{fault:?}"
            );
            &*fault.field
        })
        .collect();
    assert_eq!(
        (status.code(), info, &*named),
        (code, Some((reason, "moneyflow")), members),
        "{status:?}"
    );
}
