//! A whole router: what it answers over HTTP, and what it has put into the queue.

pub(crate) mod gate;
pub(crate) mod rules;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use poem::{Endpoint as _, EndpointExt as _};
use queue::embedded::{EmbeddedOptions, EmbeddedQueue};
use queue::{AcceptedEvent, Delivery, Publisher, Queue as _, TakeLimits};
use reqwest::{Client, StatusCode};
use router::{QueueHealth, RouterConfig, RouterDeps, RuleSource};
use serde_json::Value;
use service::{ManualClock, SeededIds};
use tasks::Tasks;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub(crate) use self::rules::FakeRules;

/// A company that has published one rule, for every event.
pub(crate) const ANA: Uuid = Uuid::from_u128(0xa);
/// The moment at which everything is accepted.
pub(crate) const NOW: &str = "2026-03-01T12:00:00.123456Z";

/// Puts a publisher in front of the queue's.
type Place = Box<dyn FnOnce(Arc<dyn Publisher>) -> Arc<dyn Publisher>>;

/// How to set up what is out of the ordinary.
pub(crate) struct Setup {
    pub(crate) rules: Arc<dyn RuleSource>,
    pub(crate) queue: EmbeddedOptions,
    /// Stands between the router and the queue.
    pub(crate) publisher: Place,
    pub(crate) config: RouterConfig,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            rules: Arc::new(FakeRules::with(ANA, &[rules::always("default", 1)])),
            queue: EmbeddedOptions::default(),
            publisher: Box::new(|publisher| publisher),
            config: RouterConfig::default(),
        }
    }
}

pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) address: String,
    pub(crate) queue: Arc<EmbeddedQueue>,
    /// Rung when a request is dropped before it was answered.
    pub(crate) abandoned: Arc<Notify>,
    _server: DropGuard,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(Setup::default()).await
    }

    pub(crate) async fn with_rules(rules: FakeRules) -> Self {
        Self::of(Setup {
            rules: Arc::new(rules),
            ..Setup::default()
        })
        .await
    }

    pub(crate) async fn of(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let queue = EmbeddedQueue::open(folder.path().join("queue.db"), setup.queue)
            .await
            .unwrap();
        let queue = Arc::new(queue);
        let shutdown = CancellationToken::new();
        let deps = RouterDeps {
            publisher: (setup.publisher)(queue.publisher()),
            rules: setup.rules,
            tasks: Arc::new(Tasks::built_in().unwrap()),
            clock: Arc::new(ManualClock::at(NOW.parse().unwrap())),
            ids: Arc::new(SeededIds::new(1)),
            checks: vec![Arc::new(QueueHealth::new(Arc::<EmbeddedQueue>::clone(&queue)))],
            shutdown: shutdown.clone(),
            work: TaskTracker::new(),
        };
        let abandoned = Arc::new(Notify::new());
        let bell = Arc::clone(&abandoned);
        let endpoint = router::endpoint(deps, setup.config).around(move |endpoint, request| {
            let watch = Watch {
                bell: Arc::clone(&bell),
                is_answered: false,
            };
            async move {
                let answer = endpoint.call(request).await;
                watch.answered();
                answer
            }
        });
        let listener = service::bind("127.0.0.1", 0).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(service::serve(
            listener,
            endpoint,
            shutdown.clone(),
            Duration::ZERO,
        ));
        Self {
            client: Client::builder().no_proxy().build().unwrap(),
            address,
            queue,
            abandoned,
            _server: shutdown.drop_guard(),
            _folder: folder,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        let request = self.client.get(format!("http://{}{path}", self.address));
        Reply::of(request.send().await.unwrap()).await
    }

    /// `POST /payment`.
    pub(crate) async fn pay(&self, body: impl Into<reqwest::Body>) -> Reply {
        self.pay_with(&[("content-type", "application/json")], body).await
    }

    pub(crate) async fn pay_with(&self, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Reply {
        self.post("/payment", headers, body).await
    }

    /// `POST /payments/batch`: the answer's lines.
    pub(crate) async fn batch(&self, body: impl Into<reqwest::Body>) -> Vec<Value> {
        let reply = self
            .post(
                "/payments/batch",
                &[("content-type", "application/x-ndjson")],
                body,
            )
            .await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some("application/x-ndjson"))
        );
        reply
            .body
            .lines()
            .map(|line| ::rules::json::parse(line.as_bytes()).unwrap())
            .collect()
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let request = self
            .client
            .post(format!("http://{}{path}", self.address))
            .body(body);
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        Reply::of(request.send().await.unwrap()).await
    }

    /// All that is in the queue, in the order of its partitions. It stays there.
    pub(crate) async fn deliveries(&self) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for depth in self.queue.depths().await.unwrap() {
            let mut consumer = self.queue.consume(depth.partition).await.unwrap();
            let mut left = depth.ready;
            while left > 0 {
                let limits = TakeLimits {
                    messages: 10_000,
                    bytes: usize::MAX,
                };
                let taken = consumer.take(limits).await.unwrap();
                left -= taken.len() as u64;
                deliveries.extend(taken);
            }
        }
        deliveries
    }

    pub(crate) async fn events(&self) -> Vec<AcceptedEvent> {
        let deliveries = self.deliveries().await;
        deliveries
            .iter()
            .map(|delivery| AcceptedEvent::decode(&delivery.message.body).unwrap())
            .collect()
    }
}

struct Watch {
    bell: Arc<Notify>,
    is_answered: bool,
}

impl Watch {
    fn answered(mut self) {
        self.is_answered = true;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.is_answered {
            self.bell.notify_one();
        }
    }
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            status: status.as_u16(),
            headers,
            body: response.text().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        ::rules::json::parse(self.body.as_bytes()).unwrap()
    }

    /// The answer, if it is 200 with this status.
    #[track_caller]
    pub(crate) fn accepted(&self, status: &str) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        let answer = self.json();
        assert_eq!(answer["status"], status, "{answer}");
        assert_eq!(answer["correlation_id"].as_str(), self.header("x-correlation-id"));
        answer
    }

    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!(
            (self.status, &problem["code"]),
            (status, &code.into()),
            "{problem}"
        );
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let retry_after = self
            .header("retry-after")
            .map(|seconds| seconds.parse::<u64>().unwrap());
        assert_eq!(retry_after.is_some(), status == 503, "{problem}");
        problem
    }
}

/// An event of a company, with a name and more members.
pub(crate) fn event(company_id: Uuid, event_id: &str, more: &str) -> String {
    format!(r#"{{"company_id":"{company_id}","event_id":"{event_id}"{more}}}"#)
}

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Waits until `holds`, and fails if it takes too long.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    assert!(waited.is_ok(), "it never happened that {what}");
}
