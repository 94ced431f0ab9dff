//! The queue is full or gone, and clients that go away.

use std::sync::atomic::Ordering;

use queue::Queue as _;
use queue::embedded::EmbeddedOptions;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::gate::Gate;
use crate::support::{ANA, Setup, World, event, until};

#[tokio::test]
async fn a_full_queue_takes_nothing_and_remembers_nothing() {
    let queue = EmbeddedOptions {
        max_messages: 1,
        ..EmbeddedOptions::default()
    };
    let world = World::of(Setup {
        queue,
        ..Setup::default()
    })
    .await;
    world.pay(event(ANA, "e-1", "")).await.accepted("enqueued");
    for _ in 0..2 {
        world.pay(event(ANA, "e-2", "")).await.problem(503, "queue_full");
    }
    world.pay(event(ANA, "e-1", "")).await.accepted("duplicate");
    assert_eq!(world.events().await.len(), 1);
}

#[tokio::test]
async fn a_queue_that_is_gone_takes_nothing() {
    let world = World::new().await;
    until("the rules are connected", || async {
        world.get("/readyz").await.status == 200
    })
    .await;
    world.queue.close().await;
    for _ in 0..2 {
        world
            .pay(event(ANA, "e-1", ""))
            .await
            .problem(503, "queue_unavailable");
    }
    let readiness = world.get("/readyz").await;
    assert_eq!(readiness.status, 503);
    assert_eq!(readiness.json()["checks"]["queue"]["status"], "down");
    assert_eq!(readiness.json()["checks"]["rules"]["status"], "up");
}

#[tokio::test]
async fn a_client_that_hangs_up_changes_nothing() {
    let (gate, setup) = Gate::new();
    let world = World::of(setup).await;
    for path in ["/payment", "/payments/batch"] {
        let text = event(ANA, path, "");
        let before = gate.arrived.load(Ordering::SeqCst);
        let mut client = TcpStream::connect(&world.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            text.len()
        );
        client.write_all((head + &text).as_bytes()).await.unwrap();
        until("it is being published", || async {
            gate.arrived.load(Ordering::SeqCst) == before + 1
        })
        .await;
        drop(client);
        if path == "/payment" {
            world.abandoned.notified().await;
        }
        gate.open.add_permits(1);
        world.pay(text).await.accepted("duplicate");
    }
    assert_eq!(world.events().await.len(), 2);
}
