//! What the worker says of itself at `/readyz`.

use poem::{Endpoint, Request};
use serde_json::{Value, json};

use crate::support::{Company, System};

async fn checks(system: &System, worker: &orchestrator::Worker) -> Value {
    let endpoint = orchestrator::endpoint(&system.deps(), worker);
    let request = Request::builder().uri("/readyz".parse().unwrap()).finish();
    let response = endpoint.get_response(request).await;
    assert_eq!(response.status().as_u16(), 200);
    let body = response.into_body().into_bytes().await.unwrap();
    serde_json::from_slice::<Value>(&body).unwrap()["checks"].clone()
}

#[tokio::test]
async fn it_names_its_partitions_and_what_waits_to_be_sent() {
    let (system, bus) = System::with_bus().await;
    bus.set_down(true);
    let company = Company::new(&system).await;
    let bill = json!({"node_id": "bill", "node_type": "task", "task_name": "payment.tasks.generate_invoice"});
    let rule = company.rule(&system, "bill", &json!([bill])).await;
    system
        .publish(&company.events(3, &rule, |_| json!({"total": 1})))
        .await;
    let worker = system.worker();
    system.settle().await;

    let checks = checks(&system, &worker).await;
    let names: Vec<_> = checks.as_object().unwrap().keys().collect();
    assert_eq!(names, ["outbox", "partitions", "queue", "store"]);
    assert_eq!(
        checks["partitions"]["detail"],
        "16 of 16: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"
    );
    assert_eq!(checks["outbox"]["status"], "up");
    let outbox = checks["outbox"]["detail"].as_str().unwrap();
    assert!(
        outbox.starts_with("3 events wait to be sent, the oldest for "),
        "{outbox}"
    );
    worker.stop().await;
    system.close().await;
}

#[tokio::test]
async fn without_a_bus_it_says_nothing_of_sending() {
    let system = System::open().await;
    let worker = system.worker();
    let checks = checks(&system, &worker).await;
    assert_eq!(checks["outbox"], Value::Null);
    worker.stop().await;
    system.close().await;
}
