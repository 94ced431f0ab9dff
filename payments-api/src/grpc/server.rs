//! Serving: HTTP/2 on hyper, in the way in which HTTP/1.1 is served.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use service::{Check, End, Ids, Protocol};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic_health::pb::health_server::HealthServer;
use tonic_reflection::server::{Builder, Error};

use super::door::{Door, Services};
use super::health::{HealthService, Readiness};
use super::proto;
use super::proto::payment_service_server::PaymentServiceServer;
use super::service::Payments;
use crate::endpoint::State;

/// How large a message may be: all that one may say takes a few kilobytes.
const MESSAGE_LIMIT_BYTES: usize = 64 << 10;
/// How large the metadata of a call may be.
const METADATA_LIMIT_BYTES: u32 = 16 << 10;
/// How many calls one connection may have under way; the rest wait at the client.
const CALLS_PER_CONNECTION: u32 = 256;
/// How long a client may take to say something at all.
const GREETING: Duration = Duration::from_secs(30);
/// How often a silent client is asked whether it is still there, and how long it may take to say so.
const KEEP_ALIVE: (Duration, Duration) = (Duration::from_mins(1), Duration::from_secs(20));

/// `payment.v1.PaymentService` and what stands beside it, ready to be served.
pub struct Grpc {
    pub(crate) state: State,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) check: Arc<dyn Check>,
}

/// Serves until `shutdown` is cancelled. From then on the health is `NOT_SERVING`, no call is taken, and those under way have
/// `grace` to finish; what is left then is cut off. The future gives how many connections were.
///
/// # Errors
/// The description of the services is none, which would be our fault.
pub fn serve(
    grpc: Grpc,
    listener: TcpListener,
    shutdown: CancellationToken,
    grace: Duration,
) -> Result<impl Future<Output = usize> + Send + use<>, Error> {
    let readiness = Arc::new(Readiness::new(grpc.check, shutdown.clone()));
    let services = services(grpc.state, &readiness)?;
    let door = Door::new(services, grpc.ids);
    Ok(async move {
        let serving = service::serve_protocol(listener, Http2 { door }, shutdown, grace);
        let (cut_off, ()) = tokio::join!(serving, readiness.keep_looking());
        cut_off
    })
}

fn services(state: State, readiness: &Arc<Readiness>) -> Result<Services, Error> {
    type PaymentsServer = PaymentServiceServer<Payments>;
    let payments = PaymentsServer::new(Payments(state)).max_decoding_message_size(MESSAGE_LIMIT_BYTES);
    let health = HealthService {
        readiness: Arc::clone(readiness),
        names: [PaymentsServer::NAME].into(),
    };
    Ok(Services::default()
        .with(payments)
        .with(HealthServer::new(health).max_decoding_message_size(MESSAGE_LIMIT_BYTES))
        .with(
            described()
                .build_v1()?
                .max_decoding_message_size(MESSAGE_LIMIT_BYTES),
        )
        .with(
            described()
                .build_v1alpha()?
                .max_decoding_message_size(MESSAGE_LIMIT_BYTES),
        ))
}

/// What reflection tells: everything that is served.
fn described() -> Builder<'static> {
    Builder::configure()
        .register_encoded_file_descriptor_set(proto::DESCRIPTION)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

#[derive(Clone)]
struct Http2 {
    door: Door,
}

impl Protocol for Http2 {
    async fn serve(self, stream: TcpStream, peer: SocketAddr, end: End) {
        let greeting = tokio::time::timeout(GREETING, stream.readable());
        if !matches!(end.unless_told(greeting).await, Some(Ok(Ok(())))) {
            return;
        }
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let door = self.door.clone();
            async move { Ok::<_, Infallible>(door.answer(request.map(Body::new)).await) }
        });
        let (interval, patience) = KEEP_ALIVE;
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(CALLS_PER_CONNECTION)
            .max_header_list_size(METADATA_LIMIT_BYTES)
            .keep_alive_interval(interval)
            .keep_alive_timeout(patience)
            .serve_connection(TokioIo::new(stream), service);
        if let Some(Err(error)) = end.of(connection, http2::Connection::graceful_shutdown).await {
            tracing::debug!(%error, %peer, "a connection broke off");
        }
    }
}
