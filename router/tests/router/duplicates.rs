//! One event, sent more than once.

use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use uuid::Uuid;

use crate::support::gate::{FirstFails, Gate};
use crate::support::rules::always;
use crate::support::{ANA, FakeRules, World, event, until};

const BIA: Uuid = Uuid::from_u128(0xb);

#[tokio::test]
async fn the_same_event_is_a_duplicate_and_another_of_its_id_is_refused() {
    let world = World::with_rules(FakeRules::with(ANA, &[always("a", 1)]).and(BIA, &[always("b", 2)])).await;
    let first = world.pay(event(ANA, "e-1", "")).await.accepted("enqueued");
    let again = world
        .pay(format!(" {}\n", event(ANA, "e-1", "")))
        .await
        .accepted("duplicate");
    assert_eq!(
        (&again["rules"], &again["event_id"]),
        (&first["rules"], &first["event_id"])
    );
    let problem = world
        .pay(event(ANA, "e-1", r#","total":1"#))
        .await
        .problem(422, "event_id_reused");
    assert!(
        problem["detail"].as_str().unwrap().contains("\"e-1\""),
        "{problem}"
    );
    // The id is another company's own.
    world.pay(event(BIA, "e-1", "")).await.accepted("enqueued");
    assert_eq!(world.events().await.len(), 2);
}

#[tokio::test]
async fn fifty_at_once_are_one() {
    let world = World::new().await;
    let replies = join_all((0..50).map(|_| world.pay(event(ANA, "e-1", "")))).await;
    let enqueued = replies
        .iter()
        .filter(|reply| reply.json()["status"] == "enqueued")
        .count();
    let duplicates = replies
        .iter()
        .filter(|reply| reply.json()["status"] == "duplicate")
        .count();
    assert_eq!((enqueued, duplicates), (1, 49));
    assert_eq!(world.events().await.len(), 1);
}

#[tokio::test]
async fn nothing_is_a_duplicate_before_the_first_is_stored() {
    let (gate, setup) = Gate::new();
    let world = World::of(setup).await;
    let same = || world.pay(event(ANA, "e-1", ""));
    let sending = join_all([same(), same(), world.pay(event(ANA, "e-1", r#","total":1"#))]);
    let opening = async {
        until("one of them is published", || async {
            gate.arrived.load(Ordering::SeqCst) == 1
        })
        .await;
        gate.open.add_permits(1);
    };
    let (replies, ()) = tokio::join!(sending, opening);
    let mut outcomes: Vec<String> = replies.iter().map(outcome).collect();
    outcomes.sort_unstable();
    // Whichever came first was stored; of its equals there is one or none.
    let one_of = [
        ["duplicate", "enqueued", "event_id_reused"],
        ["enqueued", "event_id_reused", "event_id_reused"],
    ];
    assert!(
        one_of.iter().any(|expected| outcomes == *expected),
        "{outcomes:?}"
    );
    assert_eq!(gate.arrived.load(Ordering::SeqCst), 1);
    assert_eq!(world.events().await.len(), 1);
}

fn outcome(reply: &crate::support::Reply) -> String {
    let answer = reply.json();
    let member = if reply.status == 200 { "status" } else { "code" };
    answer[member].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn if_the_first_fails_one_of_its_equals_takes_over() {
    let world = World::of(FirstFails::setup()).await;
    let replies = join_all((0..20).map(|_| world.pay(event(ANA, "e-1", "")))).await;
    let count = |expected: &str| replies.iter().filter(|reply| outcome(reply) == expected).count();
    assert_eq!(
        (count("queue_unavailable"), count("enqueued"), count("duplicate")),
        (1, 1, 18)
    );
    assert_eq!(world.events().await.len(), 1);
}
