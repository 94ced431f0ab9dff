//! A small service, really listening, and a client that sends any bytes.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use poem::{Endpoint, Response};
use serde_json::Value;
use service::{SeededIds, Setup};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

pub(crate) mod lines;
pub(crate) mod sample;

/// How long the requests under way have when the server is told to end.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) ended: JoinHandle<usize>,
}

impl Server {
    /// The sample service.
    pub(crate) async fn sample() -> Self {
        Self::of(service::mount(sample::Sample, setup())).await
    }

    pub(crate) async fn of(endpoint: impl Endpoint<Output = Response> + 'static) -> Self {
        let listener = service::bind("127.0.0.1", 0).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let ended = tokio::spawn(service::serve(listener, endpoint, shutdown.clone(), GRACE));
        Self {
            address,
            shutdown,
            ended,
        }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection {
            stream: TcpStream::connect(self.address).await.unwrap(),
            read: Vec::new(),
        }
    }

    /// One request on its own connection.
    pub(crate) async fn send(&self, raw: impl AsRef<[u8]>) -> Reply {
        self.connect().await.exchange(raw).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .await
    }

    pub(crate) async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Reply {
        self.send(post(path, &["Content-Type: application/json"], body))
            .await
    }
}

pub(crate) fn setup() -> Setup {
    Setup::new("Sample", "An API to try the service room with.").ids(Arc::new(SeededIds::new(1)))
}

/// The bytes of a POST.
pub(crate) fn post(path: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub(crate) async fn write(&mut self, raw: impl AsRef<[u8]>) {
        self.stream.write_all(raw.as_ref()).await.unwrap();
    }

    /// Sends a request and reads its answer; the connection stays usable.
    pub(crate) async fn exchange(&mut self, raw: impl AsRef<[u8]>) -> Reply {
        let is_head = raw.as_ref().starts_with(b"HEAD ");
        self.write(raw).await;
        self.reply(is_head).await
    }

    pub(crate) async fn reply(&mut self, is_head: bool) -> Reply {
        let end = self.read_until_blank_line().await;
        let head = String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut reply = Reply {
            status,
            head,
            body: Bytes::new(),
        };
        let length = reply
            .header("content-length")
            .map_or(0, |digits| digits.parse().unwrap());
        if !is_head {
            while self.read.len() < length {
                assert_ne!(self.fill().await, 0, "the body ended early: {}", reply.head);
            }
            reply.body = self.read.drain(..length).collect();
        }
        reply
    }

    pub(crate) async fn read_until_blank_line(&mut self) -> usize {
        loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                return end;
            }
            assert_ne!(self.fill().await, 0, "closed without an answer");
        }
    }

    /// How many bytes came; none if the server closed the connection.
    pub(crate) async fn fill(&mut self) -> usize {
        self.stream.read_buf(&mut self.read).await.unwrap_or(0)
    }
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut named = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim())
    }

    pub(crate) fn json(&self) -> Value {
        rules::json::parse(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The problem, after everything is checked that all problems have.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}{:?}", self.head, self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["status"].to_string(), status.to_string());
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["type"], format!("/docs/errors#{code}"));
        assert_eq!(
            problem["correlation_id"].as_str(),
            self.header("x-correlation-id")
        );
        assert!(problem["correlation_id"].is_string());
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }
}
