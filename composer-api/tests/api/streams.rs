//! Streams of events.

use std::time::Duration;

use futures_util::StreamExt as _;
use poem::http::Method;
use serde_json::{Value, json};
use store::conformance::{Payment, id};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{COMPANY, Composer, Reply, company_id, rule};

/// How long to wait for what must come.
const DEADLINE: Duration = Duration::from_secs(20);

struct Listener {
    chunks: futures_util::stream::BoxStream<'static, String>,
    read: String,
}

impl Listener {
    /// Connects, and waits for the comment that says so.
    async fn connect(composer: &Composer, path: &str, headers: &[(&str, &str)]) -> Self {
        let response = composer.open(Method::GET, path, headers, "").await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let chunks = response.into_body().into_bytes_stream();
        let chunks = chunks
            .map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
            .boxed();
        let mut listener = Self {
            chunks,
            read: String::new(),
        };
        assert_eq!(listener.block().await.as_deref(), Some(":"));
        listener
    }

    /// The next event as `(name, id, data)`; none at the end. Comments are passed over, for as long as the deadline.
    async fn event(&mut self) -> Option<(String, Option<String>, Value)> {
        let event = async {
            loop {
                let block = self.block().await?;
                if !block.starts_with(':') {
                    break Some(block);
                }
            }
        };
        let block = tokio::time::timeout(DEADLINE, event)
            .await
            .expect("something comes in time")?;
        let field = |name: &str| {
            let mut lines = block.lines();
            lines.find_map(|line| line.strip_prefix(name)).map(str::to_owned)
        };
        let data = rules::json::parse(field("data: ").unwrap().as_bytes()).unwrap();
        Some((field("event: ").unwrap(), field("id: "), data))
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.read.find("\n\n") {
                let block = self.read.drain(..end + 2).collect::<String>();
                return Some(block.trim_end().to_owned());
            }
            let chunk = self.chunks.next().await?;
            self.read.push_str(&chunk);
        }
    }
}

#[tokio::test]
async fn what_is_published_is_announced() {
    let composer = Composer::new();
    let mut listener = Listener::connect(&composer, "/published-rules/stream", &[]).await;
    let mut revisions = Vec::new();
    let mut told = async |listener: &mut Listener| {
        let (name, _, data) = listener.event().await.unwrap();
        assert_eq!(
            (name.as_str(), &data["company_id"]),
            ("published", &json!(COMPANY))
        );
        revisions.push(data["revision"].as_u64().unwrap());
    };
    let id = composer.save("default").await;
    told(&mut listener).await;
    // A draft changes nothing, so it is not announced.
    composer.post("/payment-rules?draft=true", rule("default")).await;
    composer
        .send(
            Method::POST,
            &format!("/payment-rules/{id}/versions/2/publish"),
            &[],
            "",
        )
        .await;
    told(&mut listener).await;
    composer
        .send(Method::DELETE, &format!("/payment-rules/{id}"), &[], "")
        .await;
    told(&mut listener).await;
    let publication = composer
        .get(&format!("/companies/{COMPANY}/published-rules"))
        .await
        .json();
    assert_eq!(publication["revision"].as_u64(), revisions.last().copied());
    assert!(revisions.is_sorted_by(|a, b| a < b), "{revisions:?}");
}

#[tokio::test]
async fn who_may_have_missed_a_notice_is_cut_off() {
    let composer = Composer::new();
    let mut listener = Listener::connect(&composer, "/published-rules/stream", &[]).await;
    composer.notices.interrupt();
    assert_eq!(listener.event().await, None);
}

#[tokio::test]
async fn runs_are_shown_as_they_are_stored() {
    let composer = Composer::new();
    composer.pay([Payment::new(company_id(), "before")]).await;
    let mut all = Listener::connect(&composer, "/runs/stream", &[]).await;
    let mut own = Listener::connect(&composer, &format!("/runs/stream?company_id={COMPANY}"), &[]).await;
    composer
        .pay([
            Payment::new(company_id(), "e1"),
            Payment::new(id(), "e2"),
            Payment::new(company_id(), "e3"),
        ])
        .await;

    let mut last_id = None;
    for expected in ["e1", "e2", "e3"] {
        let (name, id, run) = all.event().await.unwrap();
        assert_eq!((name.as_str(), &run["event_id"]), ("run", &json!(expected)));
        last_id = id;
    }
    for expected in ["e1", "e3"] {
        let (_, _, run) = own.event().await.unwrap();
        assert_eq!(run["event_id"], expected);
    }
    let listed = composer.get("/runs?event_id=e1").await.items();
    let mut again = Listener::connect(&composer, "/runs/stream", &[("Last-Event-ID", "0")]).await;
    assert_eq!(again.event().await.unwrap().2["event_id"], "before");
    assert_eq!(again.event().await.unwrap().2, listed[0]);

    composer.pay([Payment::new(company_id(), "e4")]).await;
    let last_id = last_id.expect("the last of several bears the id");
    let mut resumed = Listener::connect(&composer, "/runs/stream", &[("Last-Event-ID", &last_id)]).await;
    assert_eq!(resumed.event().await.unwrap().2["event_id"], "e4");
}

#[tokio::test]
async fn a_stream_that_cannot_begin_is_refused() {
    let composer = Composer::new();
    let open = composer
        .open(Method::GET, "/runs/stream", &[("Last-Event-ID", "x")], "")
        .await;
    Reply::of(open).await.problem(400, "invalid_parameter");
    composer
        .get("/runs/stream?company_id=x")
        .await
        .problem(400, "invalid_parameter");
    composer.store.close().await;
    composer
        .get("/runs/stream")
        .await
        .problem(503, "store_unavailable");
}

#[tokio::test]
async fn a_stream_ends_when_its_store_fails() {
    let composer = Composer::new();
    let mut listener = Listener::connect(&composer, "/runs/stream", &[]).await;
    composer.store.close().await;
    assert_eq!(listener.event().await, None);
}

/// A server that is told to end does, though clients listen.
#[tokio::test]
async fn streams_do_not_hold_a_shutdown_open() {
    let composer = Composer::new();
    let listener = service::bind("127.0.0.1", 0).await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = composer.shutdown.clone();
    let served = tokio::spawn(service::serve(
        listener,
        composer.endpoint,
        shutdown.clone(),
        DEADLINE,
    ));
    for path in ["/runs/stream", "/published-rules/stream"] {
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut read = Vec::new();
        while !read.windows(3).any(|bytes| bytes == b":\n\n") {
            assert_ne!(
                client.read_buf(&mut read).await.unwrap(),
                0,
                "the comment comes first"
            );
        }
        tokio::spawn(async move {
            let mut rest = Vec::new();
            client.read_to_end(&mut rest).await.unwrap();
        });
    }
    shutdown.cancel();
    assert_eq!(served.await.unwrap(), 0, "nobody was cut off");
}
