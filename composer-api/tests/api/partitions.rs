//! Partitions and their owners.

use std::time::Duration;

use serde_json::{Value, json};
use store::{RenewLeases, conformance::id};

use crate::support::{Composer, members};

#[tokio::test]
async fn each_partition_names_its_owner() {
    let composer = Composer::new();
    assert_eq!(composer.get("/partitions").await.items(), Vec::<Value>::new());
    let worker = id();
    let renew = RenewLeases {
        worker,
        name: "host-1:42".to_owned(),
        partitions: 3,
        lease: Duration::from_hours(1),
    };
    let leases = composer.store.renew_leases(renew).await.unwrap();
    composer
        .store
        .release_leases(worker, vec![leases.held[2]])
        .await
        .unwrap();

    let partitions = composer.get("/partitions").await.items();
    assert_eq!(partitions.len(), 3);
    let owned = &partitions[1];
    assert_eq!(members(owned), ["partition", "epoch", "owner"]);
    assert_eq!((&owned["partition"], &owned["epoch"]), (&json!(1), &json!(1)));
    assert_eq!(members(&owned["owner"]), ["worker", "name", "expires_at"]);
    assert_eq!(owned["owner"]["worker"], worker.to_string());
    assert_eq!(owned["owner"]["name"], "host-1:42");
    assert!(owned["owner"]["expires_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(partitions[2]["owner"], Value::Null);
}
