//! What is asked below `/api/v1` is asked of the payments API, as it is, and answered as it answers.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use composer_api::PaymentsDoor;
use futures_util::{StreamExt as _, stream};
use poem::{
    Body, Endpoint, Request, Response,
    endpoint::make,
    http::{HeaderMap, Method, StatusCode},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::Composer;

/// What the neighbour was asked last.
#[derive(Debug, Default, Clone)]
struct Asked {
    line: String,
    headers: HeaderMap,
    body: String,
}

/// A composer whose payments API is at an address.
fn composer_beside(address: SocketAddr) -> Composer {
    let door = PaymentsDoor::new(&format!("http://{address}")).unwrap();
    Composer::with(|deps| deps.payments = door)
}

/// A server that stands where the payments API would.
async fn neighbour<E>(endpoint: E) -> SocketAddr
where
    E: Endpoint<Output = Response> + 'static,
{
    let listener = service::bind("127.0.0.1", 0).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(service::serve(
        listener,
        endpoint,
        CancellationToken::new(),
        Duration::ZERO,
    ));
    address
}

/// One that remembers what it was asked, and gives one answer.
async fn remembering() -> (Composer, Arc<Mutex<Asked>>) {
    let last = Arc::new(Mutex::new(Asked::default()));
    let asked = Arc::clone(&last);
    let address = neighbour(make(move |mut request: Request| {
        let asked = Arc::clone(&asked);
        async move {
            let body = request.take_body().into_string().await?;
            *asked.lock().unwrap() = Asked {
                line: format!("{} {}", request.method(), request.original_uri()),
                headers: request.headers().clone(),
                body,
            };
            let answer = Response::builder()
                .status(StatusCode::CREATED)
                .content_type("application/json")
                .header("location", "/api/v1/payments/7")
                .header("etag", "\"3\"")
                .header("idempotency-replayed", "true")
                .header("retry-after", "2")
                .header("x-correlation-id", "another")
                .header("set-cookie", "a=b")
                .header("connection", "keep-alive");
            Ok::<_, poem::Error>(answer.body(r#"{"id":"7"}"#))
        }
    }))
    .await;
    (composer_beside(address), last)
}

#[tokio::test]
async fn a_request_goes_through_as_it_is() {
    let (composer, last) = remembering().await;
    for method in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
        let path = "/api/v1/payments/%C3%A9/refund?company_id=1&status=a%20b&a=1&a=2";
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "\"key-1\""),
            ("if-match", "\"3\""),
            ("x-correlation-id", "thread-1"),
            (
                "traceparent",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ),
            ("cookie", "a=b"),
            ("connection", "close"),
        ];
        composer
            .send(method.clone(), path, &headers, r#"{"amount":1.10}"#)
            .await;
        let asked = last.lock().unwrap().clone();
        assert_eq!(asked.line, format!("{method} {path}"));
        assert_eq!(asked.body, r#"{"amount":1.10}"#);
        for (name, value) in &headers[..5] {
            assert_eq!(asked.headers.get(*name).unwrap(), value, "{name}");
        }
        assert!(asked.headers.get("cookie").is_none());
    }
}

/// The client that asks the neighbour takes out what leads upwards, and would ask for something else.
#[tokio::test]
async fn no_path_leads_out_of_what_is_forwarded() {
    let (composer, last) = remembering().await;
    for path in [
        "/api/v1/../../openapi.json",
        "/api/v1/.%2e/x",
        "/api/v1/..\\..\\healthz",
    ] {
        let answer = composer.get(path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
    }
    assert_eq!(last.lock().unwrap().line, "");
}

#[tokio::test]
async fn a_request_without_a_correlation_id_takes_along_the_one_that_it_was_given() {
    let (composer, last) = remembering().await;
    let answer = composer.get("/api/v1/accounts").await;
    let asked = last.lock().unwrap().clone();
    assert_eq!(asked.line, "GET /api/v1/accounts");
    let sent = asked.headers.get("x-correlation-id").unwrap();
    assert_eq!(answer.header("x-correlation-id").unwrap(), sent);
}

#[tokio::test]
async fn an_answer_comes_back_as_it_is() {
    let (composer, _) = remembering().await;
    let answer = composer.post("/api/v1/payments", "{}").await;
    assert_eq!((answer.status, answer.text()), (201, r#"{"id":"7"}"#));
    for (name, value) in [
        ("content-type", "application/json"),
        ("location", "/api/v1/payments/7"),
        ("etag", "\"3\""),
        ("idempotency-replayed", "true"),
        ("retry-after", "2"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!(answer.header("set-cookie"), None);
    assert_ne!(answer.header("x-correlation-id"), Some("another"));
    assert_eq!(answer.headers.get_all("x-correlation-id").iter().count(), 1);
}

#[tokio::test]
async fn a_long_answer_is_handed_on_piece_by_piece() {
    let (release, released) = mpsc::channel::<()>(1);
    let released = Arc::new(tokio::sync::Mutex::new(released));
    let address = neighbour(make(move |_| {
        let released = Arc::clone(&released);
        let first = stream::once(async { Ok::<_, std::io::Error>("first\n") });
        let second = stream::once(async move {
            released.lock().await.recv().await;
            Ok("second\n")
        });
        let body = Body::from_bytes_stream(first.chain(second));
        async move { Ok::<_, poem::Error>(Response::builder().content_type("text/csv").body(body)) }
    }))
    .await;
    let composer = composer_beside(address);
    let path = "/api/v1/accounts/1/statement";
    let answer = composer.open(Method::GET, path, &[], Body::empty()).await;
    let mut pieces = answer.into_body().into_bytes_stream();
    assert_eq!(pieces.next().await.unwrap().unwrap(), "first\n");
    // Only now does the neighbour write the rest.
    release.send(()).await.unwrap();
    assert_eq!(pieces.next().await.unwrap().unwrap(), "second\n");
    assert!(pieces.next().await.is_none());
}

#[tokio::test]
async fn a_payments_api_that_is_away_is_a_problem_that_says_so() {
    let listener = service::bind("127.0.0.1", 0).await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let composer = composer_beside(nobody);
    let answer = composer.get("/api/v1/payments").await;
    let problem = answer.problem(503, "payments_unavailable");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("Nothing was changed")
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn an_answer_that_breaks_off_before_it_begins_leaves_the_outcome_open() {
    let listener = service::bind("127.0.0.1", 0).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            // Takes the call and hangs up.
            drop(listener.accept().await);
        }
    });
    let answer = composer_beside(address).post("/api/v1/payments", "{}").await;
    let problem = answer.problem(503, "payments_unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("may have been done"));
}

#[tokio::test]
async fn a_body_that_is_too_large_goes_nowhere() {
    let (composer, last) = remembering().await;
    let body = "x".repeat((1 << 20) + 1);
    let answer = composer.send(Method::POST, "/api/v1/payments", &[], body).await;
    answer.problem(413, "body_too_large");
    assert_eq!(last.lock().unwrap().line, "");
}

#[tokio::test]
async fn the_ledger_is_asked_of_the_payments_api_like_all_else() {
    let (composer, last) = remembering().await;
    for path in [
        "/api/v1/ledger/accounts",
        "/api/v1/ledger/balances",
        "/api/v1/ledger/entries",
        "/api/v1/ledger/totals",
        "/api/v1/ledger/transactions/1",
        "/api/v1/ledger/trial-balance",
    ] {
        let path = format!("{path}?company_id=1");
        composer.get(&path).await;
        assert_eq!(last.lock().unwrap().line, format!("GET {path}"));
    }
    composer.get("/api/v2/payments").await.problem(404, "not_found");
    assert!(
        last.lock()
            .unwrap()
            .line
            .starts_with("GET /api/v1/ledger/trial-balance")
    );
}
