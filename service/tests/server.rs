//! Binding, serving, ending.

#[cfg(test)]
mod support;

use std::{sync::Arc, time::Duration};

use poem::endpoint::make;
use service::BindError;
use support::{GRACE, Server};
use tokio::{sync::Notify, time::Instant};

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let first = service::bind("127.0.0.1", 0).await.unwrap();
    let port = first.local_addr().unwrap().port();
    let error = service::bind("127.0.0.1", port).await.unwrap_err();
    assert!(matches!(error, BindError::Taken { .. }));
    let expected =
        format!("port {port} on 127.0.0.1 is taken: stop what listens there, or choose another port");
    assert_eq!(error.to_string(), expected);
    let elsewhere = service::bind("192.0.2.1", 0).await.unwrap_err();
    assert!(matches!(elsewhere, BindError::Failed { .. }), "{elsewhere}");
}

#[tokio::test]
async fn a_connection_is_kept() {
    let server = Server::sample().await;
    let mut connection = server.connect().await;
    for _ in 0..3 {
        let reply = connection
            .exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await;
        assert_eq!(reply.status, 200);
    }
    server.get("/healthz").await;
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let server = Server::sample().await;
    let started = Instant::now();
    for begun in ["", "GET /healthz HTT"] {
        let mut connection = server.connect().await;
        connection.write(begun).await;
        while connection.fill().await > 0 {}
    }
    assert!(
        started.elapsed() < Duration::from_mins(2),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_request_under_way_is_finished() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (entered, leave) = (Arc::clone(&entered), Arc::clone(&leave));
        make(move |_| {
            let (entered, leave) = (Arc::clone(&entered), Arc::clone(&leave));
            async move {
                entered.notify_one();
                leave.notified().await;
                poem::Response::from("done")
            }
        })
    };
    let server = Server::of(handler).await;
    let mut idle = server.connect().await;
    let mut connection = server.connect().await;
    connection
        .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    entered.notified().await;
    server.shutdown.cancel();
    assert_eq!(idle.fill().await, 0, "an idle connection is closed");
    leave.notify_one();
    let reply = connection.reply(false).await;
    assert_eq!((reply.status, &*reply.body), (200, &b"done"[..]));
    assert_eq!(connection.fill().await, 0);
    assert_eq!(server.ended.await.unwrap(), 0);
    assert!(
        tokio::net::TcpStream::connect(server.address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_does_not_hold_the_end_up() {
    let server = Server::sample().await;
    let mut connection = server.connect().await;
    connection
        .write("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    connection.read_until_blank_line().await;
    let told = Instant::now();
    server.shutdown.cancel();
    assert_eq!(server.ended.await.unwrap(), 1, "the stream was cut off");
    assert!(
        told.elapsed() >= GRACE && told.elapsed() < GRACE * 2,
        "{:?}",
        told.elapsed()
    );
    while connection.fill().await > 0 {}
}
