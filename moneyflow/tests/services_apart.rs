//! Services in processes of their own: the router goes on while the composer is away, and the composer starts without the
//! broker.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{COMPANY, Home, moneyflow, product_rule};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::process::Child;

/// Starts a service and waits for the line that says where it is.
async fn serve(arguments: &[&str], home: &Home) -> (Child, String) {
    let mut command = moneyflow();
    command.arg("serve").args(arguments).stdout(Stdio::piped());
    home.name_to(&mut command);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("it says where it is");
    let (_, url) = line.split_once(": ").unwrap();
    (child, url.to_owned())
}

async fn post(url: &str, body: &Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .body(body.to_string());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        rules::json::parse(&response.bytes().await.unwrap()).unwrap(),
    )
}

fn event(number: u32) -> Value {
    json!({"company_id": COMPANY, "event_id": format!("e-{number}"), "total": "1"})
}

async fn migrate(home: &Home) {
    let mut command = moneyflow();
    command.arg("migrate");
    home.name_to(&mut command);
    assert!(command.status().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_serves_stale_rules_while_the_composer_is_away() {
    let home = Home::embedded();
    migrate(&home).await;
    let (mut composer, composer_url) = serve(&["composer-api", "--composer-port", "0"], &home).await;
    let router = ["router", "--router-port", "0", "--composer-url", &composer_url];
    let (_router, router_url) = serve(&router, &home).await;
    let pay = format!("{router_url}/payment");

    let (status, problem) = post(&pay, &event(0)).await;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_company")));
    let (status, saved) = post(
        &format!("{composer_url}/payment-rules"),
        &product_rule(COMPANY, "default"),
    )
    .await;
    assert_eq!(status, 201, "{saved}");
    // The notice of the publish is on its way: the first answers may still be that nobody knows the company.
    let deadline = Instant::now() + Duration::from_secs(1);
    while post(&pay, &event(1)).await.0 != 200 {
        assert!(
            Instant::now() < deadline,
            "the publish is not seen within a second"
        );
    }

    composer.kill().await.unwrap();
    for number in 2..10 {
        let (status, answer) = post(&pay, &event(number)).await;
        assert_eq!((status, &answer["status"]), (200, &json!("enqueued")));
    }
    let unknown = json!({"company_id": "00000000-0000-7000-8000-00000000dead", "event_id": "x"});
    let (status, problem) = post(&pay, &unknown).await;
    assert_eq!((status, &problem["code"]), (503, &json!("rules_unavailable")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_composer_starts_without_the_broker_and_finds_it_once_it_is_there() {
    let mut home = Home::on_servers().await;
    // Bound and not listened on, the port refuses connections, and is nobody else's.
    let port = TcpSocket::new_v4().unwrap();
    port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let broker = home.move_broker(port.local_addr().unwrap().port());
    migrate(&home).await;
    let (mut composer, composer_url) = serve(&["composer-api", "--composer-port", "0"], &home).await;

    let rule = product_rule(COMPANY, "default");
    let (status, saved) = post(&format!("{composer_url}/payment-rules"), &rule).await;
    assert_eq!(status, 201, "{saved}");
    let (ready_url, stats_url) = (format!("{composer_url}/readyz"), format!("{composer_url}/stats"));
    let said = |body: &Value| {
        body["checks"]["queue"]["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let ready = wait_until(&ready_url, |body| {
        said(body).contains("cannot connect to RabbitMQ")
    })
    .await;
    assert_eq!(
        ready["checks"]["queue"]["status"], "up",
        "rules can be served: {ready}"
    );
    assert!(wait_until(&stats_url, |body| body["queue"].is_null()).await["outbox"].is_object());

    let forwarding = tokio::spawn(forward(port.listen(16).unwrap(), broker));
    let full = wait_until(&stats_url, |body| body["queue"].is_object()).await;
    assert_eq!(full["queue"]["ready"], 0);
    assert_eq!(said(&wait_until(&ready_url, |_| true).await), "");

    composer.kill().await.unwrap();
    forwarding.abort();
    home.remove().await;
}

/// Lets connections through to the broker.
async fn forward(listener: TcpListener, broker: (String, u16)) {
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(broker.clone()).await.unwrap();
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
    }
}

/// Asks until the answer is as wanted.
async fn wait_until(url: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let response = client.get(url).send().await.unwrap();
        let (status, bytes) = (response.status(), response.bytes().await.unwrap());
        let body = rules::json::parse(&bytes).unwrap();
        if status == 200 && wanted(&body) {
            return body;
        }
        assert!(
            Instant::now() < deadline,
            "{url} never became as wanted; it is {status} {body}"
        );
        support::poll_pause().await;
    }
}
