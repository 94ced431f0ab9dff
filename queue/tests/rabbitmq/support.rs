//! Queues on a broker, under names that vanish with them.

use std::collections::HashMap;
use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::net::ToSocketAddrs as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties};
use queue::conformance::{Counting, Harness, Settings};
use queue::rabbitmq::{RabbitOptions, RabbitQueue};
use queue::{Message, Partition, Queue};
use uuid::Uuid;

use crate::proxy::Proxy;

const VARIABLE: &str = "MONEYFLOW_TEST_QUEUE_URL";

/// The broker of these tests.
pub(crate) fn broker() -> AMQPUri {
    let url = std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!(
            "these tests need a RabbitMQ server: run `make test`, which starts a private one, or set {VARIABLE}, for \
             example to amqp://guest:guest@127.0.0.1:5672/%2f"
        )
    });
    url.parse()
        .unwrap_or_else(|error| panic!("{VARIABLE} is not an AMQP URL: {error}"))
}

/// A place on the broker that is this test's own: what is declared there is deleted in the end.
pub(crate) struct Place {
    pub(crate) prefix: String,
    pub(crate) proxy: Arc<Proxy>,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let unique = RandomState::new().hash_one(std::process::id());
        Self {
            prefix: format!("test-{unique:016x}"),
            proxy: Arc::new(proxy().await),
        }
    }

    /// The broker, through the proxy.
    pub(crate) fn url(&self) -> String {
        through(&self.proxy)
    }

    /// Options that fit a test: patience is short, and reconnecting quick.
    pub(crate) fn options(&self) -> RabbitOptions {
        options(&self.prefix)
    }

    pub(crate) async fn open(&self, options: RabbitOptions) -> RabbitQueue {
        within(RabbitQueue::connect(&self.url(), options))
            .await
            .expect("a broker that can be reached")
    }

    /// The name of a partition's queue.
    pub(crate) fn queue_name(&self, partition: u16) -> String {
        format!("{}.payments.{partition:02}", self.prefix)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        clean_up(&self.prefix);
    }
}

fn options(prefix: &str) -> RabbitOptions {
    RabbitOptions {
        prefix: prefix.to_owned(),
        first_backoff: Duration::from_millis(10),
        longest_backoff: Duration::from_millis(100),
        // The machine may be busy with every other test.
        reply_timeout: Duration::from_secs(20),
        publish_timeout: Duration::from_secs(20),
        ..RabbitOptions::default()
    }
}

async fn proxy() -> Proxy {
    let AMQPUri { authority, .. } = broker();
    let mut addresses = (authority.host.as_str(), authority.port)
        .to_socket_addrs()
        .expect("the broker's address");
    Proxy::start(addresses.next().expect("the broker's address")).await
}

fn through(proxy: &Proxy) -> String {
    let mut uri = broker();
    uri.authority.host = "127.0.0.1".to_owned();
    uri.authority.port = proxy.port();
    let userinfo = &uri.authority.userinfo;
    let vhost = uri.vhost.replace('/', "%2f");
    format!(
        "amqp://{}:{}@127.0.0.1:{}/{vhost}",
        userinfo.username,
        userinfo.password,
        proxy.port()
    )
}

/// A connection to the broker that nothing stands before, for what an operator would do.
pub(crate) async fn operator() -> (Connection, lapin::Channel) {
    let connection = Connection::connect_uri(broker(), ConnectionProperties::default())
        .await
        .expect("a broker that can be reached");
    let channel = connection.create_channel().await.expect("a channel");
    (connection, channel)
}

/// Deletes what stands under a prefix. In a thread of its own: it is called where nothing can be awaited.
fn clean_up(prefix: &str) {
    let prefix = prefix.to_owned();
    let cleaning = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let (_connection, channel) = operator().await;
            let names = (0..16).map(|number| format!("{number:02}"));
            for name in names.chain(["dead".to_owned()]) {
                let name = format!("{prefix}.payments.{name}").as_str().into();
                let _gone = channel.queue_delete(name, QueueDeleteOptions::default()).await;
            }
            let events = format!("{prefix}.events").as_str().into();
            let _gone = channel
                .exchange_delete(events, ExchangeDeleteOptions::default())
                .await;
        });
    });
    let _failed = cleaning.join();
}

/// Opens queues on the broker, and crashes them by cutting their connections for good.
#[derive(Default)]
pub(crate) struct RabbitHarness {
    /// By the address of the queue.
    opened: Mutex<HashMap<usize, (Place, Settings)>>,
}

impl RabbitHarness {
    async fn open_at(&self, place: Place, settings: Settings) -> Arc<dyn Queue> {
        let options = RabbitOptions {
            max_messages: settings.max_messages,
            delivery_limit: settings.delivery_limit,
            ..place.options()
        };
        let queue: Arc<dyn Queue> = Arc::new(place.open(options).await);
        self.opened
            .lock()
            .expect("no panic")
            .insert(address(&queue), (place, settings));
        queue
    }
}

#[async_trait]
impl Harness for RabbitHarness {
    async fn open(&self, settings: Settings) -> Arc<dyn Queue> {
        self.open_at(Place::new().await, settings).await
    }

    async fn crash(&self, queue: Arc<dyn Queue>) -> Arc<dyn Queue> {
        let (mut place, settings) = self
            .opened
            .lock()
            .expect("no panic")
            .remove(&address(&queue))
            .expect("a queue of this harness");
        place.proxy.shut();
        place.proxy = Arc::new(proxy().await);
        self.open_at(place, settings).await
    }

    fn counting(&self) -> Counting {
        Counting::ByBroker
    }
}

fn address(queue: &Arc<dyn Queue>) -> usize {
    Arc::as_ptr(queue).cast::<()>() as usize
}

/// Far longer than anything here takes.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_mins(1), future)
        .await
        .expect("an answer before the deadline")
}

/// Waits until something holds.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    assert!(waited.is_ok(), "it never happened that {what}");
}

/// The partition of tests that need one.
pub(crate) fn partition() -> Partition {
    Partition::new(5).expect("the number of a partition")
}

/// A message whose id and body say which it is.
pub(crate) fn message(number: u32) -> Message {
    Message {
        id: Uuid::from_u128(u128::from(number)),
        partition: partition(),
        kind: "test.numbered".to_owned(),
        company_id: Uuid::from_u128(0xC0),
        correlation_id: format!("correlation-{number}"),
        traceparent: None,
        content_type: "text/plain".to_owned(),
        body: Bytes::from(number.to_string()),
    }
}

pub(crate) fn number_of(message: &Message) -> u32 {
    u32::try_from(message.id.as_u128()).expect("an id made by `message`")
}
