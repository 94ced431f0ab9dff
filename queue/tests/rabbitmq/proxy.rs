//! What stands between a queue and its broker: it cuts the line without either of them saying goodbye, lets it go
//! silent, and puts words into the broker's mouth.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio::task::{AbortHandle, JoinSet};

/// `connection.blocked`, with the reason "low on memory"; see section 1.4 of the AMQP 0-9-1 specification's generated
/// reference, as extended by RabbitMQ: <https://www.rabbitmq.com/docs/connection-blocked>.
pub(crate) const BLOCKED: &[u8] = b"\x01\0\0\0\0\0\x12\0\x0A\0\x3C\x0Dlow on memory\xCE";
/// `connection.unblocked`.
pub(crate) const UNBLOCKED: &[u8] = b"\x01\0\0\0\0\0\x04\0\x0A\0\x3D\xCE";

/// Passes bytes on.
pub(crate) struct Proxy {
    address: SocketAddr,
    lines: Arc<Mutex<JoinSet<()>>>,
    accepting: Mutex<Option<AbortHandle>>,
    wiring: Wiring,
}

/// What every line is told.
#[derive(Clone)]
struct Wiring {
    broker: SocketAddr,
    said: broadcast::Sender<&'static [u8]>,
    /// Whether the client is not heard.
    is_mute: watch::Sender<bool>,
    /// Whether the broker is not heard.
    is_deaf: watch::Sender<bool>,
}

impl Proxy {
    pub(crate) async fn start(broker: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let wiring = Wiring {
            broker,
            said: broadcast::Sender::new(16),
            is_mute: watch::Sender::new(false),
            is_deaf: watch::Sender::new(false),
        };
        let proxy = Self {
            address: listener.local_addr().expect("an address"),
            lines: Arc::default(),
            accepting: Mutex::default(),
            wiring,
        };
        proxy.accept(listener);
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Drops every connection; new ones are let through.
    pub(crate) fn cut(&self) {
        self.lines.lock().expect("no panic").abort_all();
    }

    /// Drops every connection, and refuses new ones.
    pub(crate) fn shut(&self) {
        if let Some(accepting) = self.accepting.lock().expect("no panic").take() {
            accepting.abort();
        }
        self.cut();
    }

    /// Lets connections through again.
    pub(crate) async fn reopen(&self) {
        let binding = async {
            loop {
                match TcpListener::bind(self.address).await {
                    Ok(listener) => return listener,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        };
        let listener = crate::support::within(binding).await;
        self.accept(listener);
    }

    /// Says this to every client, as if the broker had.
    pub(crate) fn say(&self, frame: &'static [u8]) {
        let _nobody_connected = self.wiring.said.send(frame);
    }

    /// Holds back what clients say, or no more.
    pub(crate) fn mute(&self, is_mute: bool) {
        self.wiring.is_mute.send_replace(is_mute);
    }

    /// Holds back what either side says, on lines that stay open.
    pub(crate) fn freeze(&self, is_frozen: bool) {
        self.wiring.is_mute.send_replace(is_frozen);
        self.wiring.is_deaf.send_replace(is_frozen);
    }

    fn accept(&self, listener: TcpListener) {
        let (lines, wiring) = (Arc::clone(&self.lines), self.wiring.clone());
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                lines.lock().expect("no panic").spawn(wiring.clone().pass(client));
            }
        });
        *self.accepting.lock().expect("no panic") = Some(accepting.abort_handle());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shut();
    }
}

impl Wiring {
    async fn pass(self, client: TcpStream) {
        let Ok(server) = TcpStream::connect(self.broker).await else {
            return;
        };
        for end in [&client, &server] {
            end.set_nodelay(true).expect("a socket");
        }
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        // Whichever side ends, the whole line does.
        tokio::select! {
            () = self.ask(from_client, to_server) => {}
            () = self.answer(from_server, to_client) => {}
        }
    }

    /// From the client to the broker.
    async fn ask(&self, mut client: OwnedReadHalf, mut server: OwnedWriteHalf) {
        let mut is_mute = self.is_mute.subscribe();
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = client.read(&mut buffer).await {
            heard(&mut is_mute).await;
            if server.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    }

    /// From the broker to the client, frame by frame, with what is said in between.
    async fn answer(&self, mut server: OwnedReadHalf, mut client: OwnedWriteHalf) {
        let mut said = self.said.subscribe();
        let mut is_deaf = self.is_deaf.subscribe();
        let (mut first, mut head) = ([0; 1], [0; 7]);
        loop {
            tokio::select! {
                frame = said.recv() => {
                    if client.write_all(frame.expect("few words")).await.is_err() {
                        return;
                    }
                    continue;
                }
                // A look at the first byte: that the socket is readable may be an old truth.
                looked = server.peek(&mut first) => {
                    if !matches!(looked, Ok(1..)) {
                        return;
                    }
                }
            }
            heard(&mut is_deaf).await;
            if server.read_exact(&mut head).await.is_err() || client.write_all(&head).await.is_err() {
                return;
            }
            let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
            let mut rest = (&mut server).take(u64::from(size) + 1);
            if copy(&mut rest, &mut client).await.is_err() {
                return;
            }
        }
    }
}

/// Waits until a side is not held back.
async fn heard(is_held: &mut watch::Receiver<bool>) {
    let held = is_held.wait_for(|is_held| !is_held).await;
    held.expect("a proxy that is there");
}
