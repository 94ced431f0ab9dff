//! Messages that the queue has given up on, and letters that go back to it on request.

use std::sync::Arc;

use queue::embedded::EmbeddedOptions;
use serde_json::json;
use store::{DeadLetter, DeadLetterStatus, DeadLetters, RunStatus};

use crate::support::{
    Company, Fault, FaultyStore, Pinned, System, nobody, order_of_events, statuses, transfer,
};

async fn with_a_rule(system: &System) -> (Company, Pinned) {
    let company = Company::new(system).await;
    let pay = transfer(
        "pay",
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        "1.00",
    );
    let rule = company.rule(system, "pay", &json!([pay])).await;
    (company, rule)
}

async fn status_of(store: &Arc<FaultyStore>, letter: &DeadLetter) -> DeadLetterStatus {
    store.find_dead_letter(letter.id).await.unwrap().unwrap().status
}

/// Asks for letters to be put back, and waits until they were and have come to their end.
async fn requeue(system: &System, letters: &[DeadLetter]) {
    let worker = system.worker();
    for letter in letters {
        let asked = system.store.request_requeue(letter.id).await.unwrap().unwrap();
        assert_eq!(asked.status, DeadLetterStatus::RequeueRequested);
    }
    for letter in letters {
        let went_back = async || status_of(&system.store, letter).await == DeadLetterStatus::Requeued;
        system.news.until("the letter went back", went_back).await;
    }
    system.finish(worker).await;
}

#[tokio::test]
async fn a_message_that_was_delivered_too_often_becomes_a_letter() {
    let options = EmbeddedOptions {
        delivery_limit: 2,
        ..EmbeddedOptions::default()
    };
    let system = System::with(options).await;
    let (company, rule) = with_a_rule(&system).await;
    let events = company.events(4, &rule, |_| json!({}));
    system.publish(&events[..2]).await;
    system.take_and_drop(&company, 2).await;
    system.publish(&events[2..]).await;
    let worker = system.worker();
    let kept = async || system.letters(&company).await.len() == 2;
    system.news.until("both messages are letters", kept).await;
    system.finish(worker).await;

    assert_eq!(order_of_events(&system.runs(&company).await), ["e-2", "e-3"]);
    let letters = system.letters(&company).await;
    for (letter, event) in letters.iter().zip(&events) {
        assert_eq!(letter.reason, "delivery_limit");
        assert_eq!(letter.event_id.as_ref(), Some(&event.event_id));
        assert_eq!(letter.body, event.encode().unwrap());
        assert_eq!(letter.correlation_id, event.correlation_id);
        assert!(letter.detail.contains("2 times"), "{}", letter.detail);
    }

    requeue(&system, &letters[..1]).await;
    assert_eq!(
        order_of_events(&system.runs(&company).await),
        ["e-2", "e-3", "e-0"]
    );
    system.close().await;
}

/// It was published before its rule was there; once the rule is, it runs as it was accepted.
#[tokio::test]
async fn a_letter_without_its_rule_runs_once_the_rule_is_there() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let next = Pinned { version: 2, ..rule };
    let event = company.event("e-1", &json!({}), &[&next]);
    system.publish([&event]).await;
    system.work_off().await;
    let letters = system.letters(&company).await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, "unusable_rule");

    requeue(&system, &letters).await;
    let again = system.letters(&company).await;
    let standing: Vec<_> = again
        .iter()
        .map(|letter| (letter.reason.as_str(), letter.status))
        .collect();
    let (dead, requeued) = (DeadLetterStatus::Dead, DeadLetterStatus::Requeued);
    assert_eq!(
        standing,
        [("unusable_rule", requeued), ("unusable_rule", dead)],
        "what still cannot be run is a letter of its own"
    );

    let pay = transfer(
        "pay",
        json!({"account": "bank"}),
        json!({"account": "shop"}),
        "2.00",
    );
    company.rule(&system, "pay", &json!([pay])).await;
    requeue(&system, &again[1..]).await;
    let runs = system.runs(&company).await;
    assert_eq!(statuses(&runs), [RunStatus::Succeeded]);
    let run = &runs[0];
    assert_eq!((run.id, run.claim_id), (event.runs[0].run_id, event.id));
    assert_eq!(
        (run.rule_version, run.correlation_id.as_str()),
        (2, "correlation-e-1")
    );
    assert_eq!(
        run.accepted_at.as_microsecond(),
        event.accepted_at.as_microsecond()
    );
    assert_eq!(system.balance(&company, "shop").await, 200);
    let letters = system.letters(&company).await;
    assert!(
        letters.iter().all(|letter| letter.status == requeued),
        "{letters:?}"
    );
    system.close().await;
}

/// Asked for twice, and again after it went back: its event is claimed once.
#[tokio::test]
async fn a_letter_that_is_put_back_again_and_again_runs_once() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    system.store.set_faults(|_| Fault::Refuse);
    system
        .publish([&company.event("e-1", &json!({}), &[&rule])])
        .await;
    system.work_off().await;
    let letters = system.letters(&company).await;
    assert_eq!(letters[0].reason, "refused_by_store");

    system.store.set_faults(|_| Fault::None);
    let twice = [letters[0].clone(), letters[0].clone()];
    requeue(&system, &twice).await;
    requeue(&system, &letters).await;
    assert_eq!(statuses(&system.runs(&company).await), [RunStatus::Succeeded]);
    assert_eq!(system.letters(&company).await.len(), 1);
    assert_eq!(system.balance(&company, "shop").await, 100);
    system.close().await;
}

/// An event whose name another has: put back it is refused again, and the first stands.
#[tokio::test]
async fn a_letter_whose_name_is_taken_is_refused_again() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    for n in [1, 2] {
        system
            .publish([&company.event("e-1", &json!({"n": n}), &[&rule])])
            .await;
    }
    system.work_off().await;
    let letters = system.letters(&company).await;
    requeue(&system, &letters).await;
    let reasons: Vec<_> = system
        .letters(&company)
        .await
        .into_iter()
        .map(|letter| letter.reason)
        .collect();
    assert_eq!(reasons, ["event_id_reused", "event_id_reused"]);
    assert_eq!(system.runs(&company).await.len(), 1);
    system.close().await;
}

/// Nothing comes of asking for a letter that is not there.
#[tokio::test]
async fn a_letter_that_is_not_there() {
    let system = System::open().await;
    assert_eq!(system.store.request_requeue(nobody()).await, Ok(None));
    system.work_off().await;
    system.close().await;
}
