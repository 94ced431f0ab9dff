//! The correlation id: taken or made, and everywhere the same.

#[cfg(test)]
mod support;

use support::Server;

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn ask(server: &Server, headers: &str) -> support::Reply {
    server
        .send(format!(
            "GET /correlation HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
        ))
        .await
}

#[tokio::test]
async fn a_good_id_is_taken() {
    let server = Server::sample().await;
    let reply = ask(
        &server,
        &format!("X-Correlation-Id: order-42\r\ntraceparent: {TRACE}\r\n"),
    )
    .await;
    assert_eq!(reply.header("x-correlation-id"), Some("order-42"));
    assert_eq!(&*reply.body, format!("order-42 {TRACE}").as_bytes());
}

#[tokio::test]
async fn a_bad_id_is_replaced() {
    let server = Server::sample().await;
    let long = format!("X-Correlation-Id: {}\r\n", "x".repeat(129));
    let twice = "X-Correlation-Id: a\r\nX-Correlation-Id: b\r\n";
    for headers in [
        "",
        "X-Correlation-Id: a b\r\n",
        "X-Correlation-Id: é\r\n",
        "X-Correlation-Id:\r\n",
        &long,
        twice,
    ] {
        let reply = ask(&server, headers).await;
        let id: uuid::Uuid = reply.header("x-correlation-id").unwrap().parse().unwrap();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(&*reply.body, format!("{id} none").as_bytes(), "{headers}");
    }
}

#[tokio::test]
async fn a_bad_traceparent_is_none() {
    let server = Server::sample().await;
    let reply = ask(&server, "X-Correlation-Id: a\r\ntraceparent: 00-0-0-0\r\n").await;
    assert_eq!(&*reply.body, b"a none");
}

#[tokio::test]
async fn a_problem_carries_it() {
    let server = Server::sample().await;
    for path in ["/nothing", "/broken/internal", "/broken/panic", "/%ff"] {
        let raw = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Correlation-Id: order-42\r\n\r\n");
        assert_eq!(
            server.send(raw).await.json()["correlation_id"],
            "order-42",
            "{path}"
        );
    }
}
