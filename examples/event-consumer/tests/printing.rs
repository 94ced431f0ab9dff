//! The program, on a broker: every event is one line, in order, and once.

#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::process::Stdio;
use std::time::Duration;

use lapin::options::{
    BasicPublishOptions, ConfirmSelectOptions, ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_mins(1);
const VARIABLE: &str = "MONEYFLOW_TEST_QUEUE_URL";

fn url() -> String {
    std::env::var(VARIABLE).expect(
        "this test needs a RabbitMQ server: run `make test`, which starts a private one, or set \
         MONEYFLOW_TEST_QUEUE_URL, for example to amqp://guest:guest@127.0.0.1:5672/%2f",
    )
}

fn start(name: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_event-consumer"))
        .args(["--queue-url", &url(), "--queue", name, "--exchange", name])
        .args(["--types", "invoice.*", "--types", "shipment.requested"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a program that starts");
    let output = child.stdout.take().expect("its output");
    (child, BufReader::new(output).lines())
}

async fn send(channel: &Channel, exchange: &str, id: u32, event_type: &str) {
    let body = format!(
        r#"{{"specversion":"1.0","id":"e-{id}","source":"/moneyflow/companies/c","type":"{event_type}","data":{{"n":{id}}}}}"#
    );
    send_body(channel, exchange, event_type, body.as_bytes()).await;
}

async fn send_body(channel: &Channel, exchange: &str, event_type: &str, body: &[u8]) {
    let persistent = BasicProperties::default().with_delivery_mode(2);
    let options = BasicPublishOptions::default();
    channel
        .basic_publish(exchange.into(), event_type.into(), options, body, persistent)
        .await
        .expect("an exchange")
        .await
        .expect("a confirm");
}

/// Waits until the program has bound its queue, and how many messages wait in it.
async fn bound(connection: &Connection, name: &str) -> u32 {
    let asking = async {
        loop {
            let channel = connection.create_channel().await.expect("a channel");
            let passive = QueueDeclareOptions {
                passive: true,
                ..QueueDeclareOptions::default()
            };
            let declared = channel.queue_declare(name.into(), passive, FieldTable::default());
            if let Ok(queue) = declared.await
                && queue.consumer_count() > 0
            {
                return queue.message_count();
            }
        }
    };
    timeout(DEADLINE, asking)
        .await
        .expect("a queue before the deadline")
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let line = timeout(DEADLINE, lines.next_line()).await;
    let line = line.expect("a line before the deadline").expect("output");
    line.expect("a program that goes on")
}

#[tokio::test]
async fn each_event_is_printed_once_and_in_order_also_what_came_while_nobody_listened() {
    let name = format!("test-event-consumer-{}", std::process::id());
    let connection = Connection::connect(&url(), ConnectionProperties::default())
        .await
        .expect("a broker");
    let channel = connection.create_channel().await.expect("a channel");
    let confirms = ConfirmSelectOptions::default();
    channel.confirm_select(confirms).await.expect("confirms");

    let (mut program, mut lines) = start(&name);
    bound(&connection, &name).await;
    for (id, event_type) in [
        (1, "invoice.generated"),
        (2, "notification.requested"),
        (1, "invoice.generated"),
        (3, "shipment.requested"),
    ] {
        send(&channel, &name, id, event_type).await;
    }
    send_body(&channel, &name, "invoice.generated", b"no event").await;
    send(&channel, &name, 4, "invoice.voided").await;
    for id in [1, 3, 4] {
        let line = next(&mut lines).await;
        assert!(
            line.contains(&format!(" id=e-{id} ")) && line.ends_with(&format!("{{\"n\":{id}}}")),
            "{line}"
        );
    }

    program.kill().await.expect("a program that runs");
    send(&channel, &name, 5, "invoice.generated").await;
    let (_program, mut lines) = start(&name);
    // What was not acknowledged when it was killed comes again: at most the last one before.
    let mut line = next(&mut lines).await;
    if line.contains(" id=e-4 ") {
        line = next(&mut lines).await;
    }
    assert!(line.contains(" id=e-5 "), "{line}");

    let deleted = channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default());
    deleted.await.expect("a queue");
    let deleted = channel.exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default());
    deleted.await.expect("an exchange");
}
