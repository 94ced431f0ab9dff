//! Serving: binding apart from serving, bounded connections, slow clients cut off, an end in time.
//!
//! HTTP/1.1 on hyper directly, not by poem's own server: that one spins when no file descriptor is
//! left, and waits for ever for headers that never come.

use std::{convert::Infallible, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::{
    Endpoint, EndpointExt as _, IntoEndpoint, Response,
    endpoint::BoxEndpoint,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a client may take for the head of a request; also how long a connection may lie idle.
const HEAD_DEADLINE: Duration = Duration::from_secs(30);
/// How large the head of a request may be.
const HEAD_LIMIT_BYTES: usize = 64 << 10;
/// How many connections are open at once; the rest wait to be accepted.
const MAX_CONNECTIONS: usize = 8_192;
/// How long to wait when the system has no more connections to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another process has the port.
    #[error("port {port} on {host} is taken: stop what listens there, or choose another port")]
    Taken {
        /// The host that was asked for.
        host: String,
        /// The port that was asked for.
        port: u16,
    },
    /// The system does not let this process have the port.
    #[error("port {port} on {host} is not allowed for this user (ports below 1024 usually are not)")]
    NotAllowed {
        /// The host that was asked for.
        host: String,
        /// The port that was asked for.
        port: u16,
    },
    /// The host is not one of this machine's, or the system refuses otherwise.
    #[error("cannot listen on port {port} of {host}: expected an address of this machine")]
    Failed {
        /// The host that was asked for.
        host: String,
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
}

/// Listens on `port` of `host`, a name or an address. Port 0 is any free one.
///
/// # Errors
/// [`BindError`], which says what to do about it.
pub async fn bind(host: &str, port: u16) -> Result<TcpListener, BindError> {
    TcpListener::bind((host, port)).await.map_err(|source| {
        let host = host.to_owned();
        match source.kind() {
            io::ErrorKind::AddrInUse => BindError::Taken { host, port },
            io::ErrorKind::PermissionDenied => BindError::NotAllowed { host, port },
            _ => BindError::Failed { host, port, source },
        }
    })
}

/// Serves `endpoint` until `shutdown` is cancelled. From then on no connection is accepted, idle ones
/// are closed, and requests under way have `grace` to finish; what is left then, such as a stream of
/// events, is cut off. Returns how many connections were.
///
/// A handler is dropped with its connection: what must not be interrupted runs in a task of its own.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    shutdown: CancellationToken,
    grace: Duration,
) -> usize
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    let endpoint = Arc::new(endpoint.into_endpoint().map_to_response().boxed());
    serve_protocol(listener, Http1 { endpoint }, shutdown, grace).await
}

/// [`serve`], of another protocol than HTTP/1.1.
pub async fn serve_protocol<P: Protocol>(
    listener: TcpListener,
    protocol: P,
    shutdown: CancellationToken,
    grace: Duration,
) -> usize {
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    let end = End {
        shutdown: shutdown.clone(),
        cut: cut.clone(),
    };
    // Cancelling accept loses no connection; one that waits for its turn is closed with the listener.
    shutdown
        .run_until_cancelled(accept(&listener, &protocol, &end, &connections))
        .await;
    drop(listener);
    connections.close();
    if tokio::time::timeout(grace, connections.wait()).await.is_ok() {
        return 0;
    }
    let left = connections.len();
    cut.cancel();
    connections.wait().await;
    tracing::warn!(
        connections = left,
        ?grace,
        "connections were cut off: they did not end in time"
    );
    left
}

/// What is spoken on a connection.
pub trait Protocol: Clone + Send + 'static {
    /// Serves a connection to its end, or to `end`.
    fn serve(self, stream: TcpStream, peer: SocketAddr, end: End) -> impl Future<Output = ()> + Send;
}

/// The end of all connections.
#[derive(Debug, Clone)]
pub struct End {
    shutdown: CancellationToken,
    cut: CancellationToken,
}

impl End {
    /// Waits for something, unless the server is to stop meanwhile.
    pub async fn unless_told<F: Future>(&self, awaited: F) -> Option<F::Output> {
        self.shutdown.run_until_cancelled(awaited).await
    }

    /// Drives a connection. When the server is to stop, `finish` lets it take no more and finish what is under way; what does
    /// not end in time is cut off: `None`.
    pub async fn of<C: Future>(self, connection: C, finish: impl FnOnce(Pin<&mut C>)) -> Option<C::Output> {
        tokio::pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = self.shutdown.cancelled() => {
                finish(connection.as_mut());
                self.cut.run_until_cancelled(connection).await
            }
        }
    }
}

async fn accept<P: Protocol>(listener: &TcpListener, protocol: &P, end: &End, connections: &TaskTracker) {
    let turns = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                connections.spawn(connection(protocol.clone(), stream, peer, end.clone(), turn));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted for now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection<P: Protocol>(
    protocol: P,
    stream: TcpStream,
    peer: SocketAddr,
    end: End,
    _turn: OwnedSemaphorePermit,
) {
    // Answers are written whole; waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %peer, "TCP_NODELAY cannot be set");
    }
    protocol.serve(stream, peer, end).await;
}

#[derive(Clone)]
struct Http1 {
    endpoint: Arc<BoxEndpoint<'static, Response>>,
}

impl Protocol for Http1 {
    async fn serve(self, stream: TcpStream, peer: SocketAddr, end: End) {
        let remote = RemoteAddr(peer.into());
        let local = stream
            .local_addr()
            .map(|address| LocalAddr(address.into()))
            .unwrap_or_default();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let request = (request, local.clone(), remote.clone(), Scheme::HTTP).into();
            let endpoint = Arc::clone(&self.endpoint);
            async move {
                let response = endpoint.get_response(request).await;
                Ok::<hyper::Response<_>, Infallible>(response.into())
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_DEADLINE)
            .max_buf_size(HEAD_LIMIT_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        if let Some(Err(error)) = end.of(connection, http1::Connection::graceful_shutdown).await {
            tracing::debug!(%error, %peer, "a connection broke off");
        }
    }
}

/// The client left before it was accepted: nothing is wrong with the next one.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
