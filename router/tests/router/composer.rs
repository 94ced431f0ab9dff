//! Rules from a composer over HTTP: that listens, that goes away, and that comes back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use poem::http::{StatusCode, header};
use poem::web::sse::{Event, SSE};
use poem::web::{Data, Path};
use poem::{EndpointExt as _, IntoResponse, Request, Response, Route, get, handler};
use router::HttpRuleSource;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::rules::{document, rule_id};
use crate::support::{ANA, Setup, World, event, until};

/// How soon a publish must be seen.
const SOON: Duration = Duration::from_secs(1);

struct Composer {
    published: Mutex<HashMap<Uuid, u32>>,
    notices: broadcast::Sender<Uuid>,
    /// The entity tags that were asked with, none for a question without.
    asked: Mutex<Vec<Option<String>>>,
}

impl Composer {
    fn new() -> Arc<Self> {
        let published = Mutex::new(HashMap::from([(ANA, 1)]));
        Arc::new(Self {
            published,
            notices: broadcast::channel(16).0,
            asked: Mutex::default(),
        })
    }

    fn publish(&self, company_id: Uuid, version: u32) {
        self.published.lock().unwrap().insert(company_id, version);
        // Nobody may be listening.
        let _listeners = self.notices.send(company_id);
    }

    fn asked(&self) -> Vec<Option<String>> {
        self.asked.lock().unwrap().clone()
    }

    /// Serves it until the token is cancelled.
    async fn serve(self: &Arc<Self>, port: u16) -> (u16, CancellationToken, tokio::task::JoinHandle<usize>) {
        let routes = Route::new()
            .at("/companies/:company_id/published-rules", get(published_rules))
            .at("/published-rules/stream", get(changes))
            .data(Arc::clone(self));
        let listener = service::bind("127.0.0.1", port).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(service::serve(listener, routes, shutdown.clone(), Duration::ZERO));
        (port, shutdown, serving)
    }
}

#[handler]
fn published_rules(
    Path(company_id): Path<Uuid>,
    request: &Request,
    Data(composer): Data<&Arc<Composer>>,
) -> Response {
    let known = request.header(header::IF_NONE_MATCH).map(str::to_owned);
    composer.asked.lock().unwrap().push(known.clone());
    let Some(version) = composer.published.lock().unwrap().get(&company_id).copied() else {
        let problem = json!({"code": "unknown_company"}).to_string();
        return Response::builder().status(StatusCode::NOT_FOUND).body(problem);
    };
    let etag = format!("\"{version}\"");
    if known.as_ref() == Some(&etag) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let rule =
        json!({"rule_id": rule_id("r"), "name": "r", "version": version, "document": document(&Value::Null)});
    let company =
        json!({"company_id": company_id, "name": "Ana", "plan": null, "region": null, "currency": "BRL"});
    let body = json!({"company": company, "rules": [rule], "revision": version});
    Response::builder()
        .header(header::ETAG, etag)
        .body(body.to_string())
}

#[handler]
fn changes(Data(composer): Data<&Arc<Composer>>) -> SSE {
    let notices = stream::unfold(composer.notices.subscribe(), async |mut notices| {
        let company_id = notices.recv().await.ok()?;
        let data = json!({"company_id": company_id, "revision": 1}).to_string();
        Some((Event::message(data).event_type("published"), notices))
    });
    SSE::new(notices.boxed()).keep_alive(Duration::from_secs(10))
}

async fn world(port: u16) -> World {
    let source = HttpRuleSource::new(&format!("http://127.0.0.1:{port}/")).unwrap();
    World::of(Setup {
        rules: Arc::new(source),
        ..Setup::default()
    })
    .await
}

impl World {
    async fn is_connected(&self) {
        until("the rules are connected", || async {
            self.get("/readyz").await.status == 200
        })
        .await;
    }

    /// The version that an event is matched with now.
    async fn version(&self) -> Value {
        let reply = self
            .pay(event(ANA, &Uuid::from_u128(fresh()).to_string(), ""))
            .await;
        reply.accepted("enqueued")["rules"][0]["version"].clone()
    }

    async fn sees(&self, version: u32) {
        until("the version is seen", || async {
            self.version().await == json!(version)
        })
        .await;
    }
}

fn fresh() -> u128 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst).into()
}

#[tokio::test]
async fn a_publish_is_seen_within_a_second() {
    let composer = Composer::new();
    let (port, _shutdown, _serving) = composer.serve(0).await;
    let world = world(port).await;
    world.is_connected().await;
    for _ in 0..20 {
        assert_eq!(world.version().await, json!(1));
    }
    // Asked once, and then trusted.
    assert_eq!(composer.asked(), [None]);
    composer.publish(ANA, 2);
    tokio::time::timeout(SOON, world.sees(2)).await.unwrap();
    assert_eq!(composer.asked(), [None, Some("\"1\"".to_owned())]);
}

#[tokio::test]
async fn an_unknown_company_is_known_soon_after_it_is_created() {
    let bia = Uuid::from_u128(0xb);
    let composer = Composer::new();
    let (port, _shutdown, _serving) = composer.serve(0).await;
    let world = world(port).await;
    world
        .pay(event(bia, "e", ""))
        .await
        .problem(404, "unknown_company");
    composer.publish(bia, 1);
    let known = until("it is known", || async {
        world.pay(event(bia, "e", "")).await.status == 200
    });
    tokio::time::timeout(2 * SOON, known).await.unwrap();
}

#[tokio::test]
async fn a_composer_that_goes_away_is_not_missed_and_its_return_is_seen() {
    let composer = Composer::new();
    let (port, shutdown, serving) = composer.serve(0).await;
    let world = world(port).await;
    world.is_connected().await;
    assert_eq!(world.version().await, json!(1));

    shutdown.cancel();
    serving.await.unwrap();
    composer.publish(ANA, 2);
    for _ in 0..20 {
        assert_eq!(world.version().await, json!(1));
    }
    // Nothing is known of others, so they cannot be answered.
    world
        .pay(event(Uuid::nil(), "e", ""))
        .await
        .problem(503, "rules_unavailable");

    let (_, _shutdown, _serving) = composer.serve(port).await;
    world.sees(2).await;
    assert!(composer.asked().contains(&Some("\"1\"".to_owned())));
}

#[tokio::test]
async fn a_router_without_its_composer_is_not_ready_and_says_why() {
    let listener = service::bind("127.0.0.1", 0).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let world = world(port).await;
    let readiness = world.get("/readyz").await;
    assert_eq!(readiness.status, 503);
    let report = readiness.json();
    assert_eq!(report["checks"]["queue"]["status"], "up");
    assert_eq!(
        report["checks"]["rules"]["detail"],
        "the composer is away, and no rules are known yet"
    );
    world
        .pay(event(ANA, "e", ""))
        .await
        .problem(503, "rules_unavailable");
}

#[tokio::test]
async fn a_server_that_is_no_composer_is_not_believed() {
    let routes = Route::new().at("/published-rules/stream", get(not_a_stream));
    let listener = service::bind("127.0.0.1", 0).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let shutdown = CancellationToken::new();
    let _server = shutdown.clone().drop_guard();
    tokio::spawn(service::serve(listener, routes, shutdown, Duration::ZERO));
    let world = world(port).await;
    // Its 404 does not mean that there is no such company.
    world
        .pay(event(ANA, "e", ""))
        .await
        .problem(503, "rules_unavailable");
}

#[handler]
fn not_a_stream() -> StatusCode {
    StatusCode::BAD_GATEWAY
}
