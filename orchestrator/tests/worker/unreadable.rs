//! Messages that cannot be run become dead letters, as they came, and stand in nobody's way.

use queue::AcceptedEvent;
use serde_json::json;
use store::{DeadLetter, DeadLetterStatus};

use crate::support::{Company, Pinned, System, nobody, transfer};

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

/// Publishes a body between two good events, and returns the letter that it becomes.
async fn letter_of(system: &System, body: Vec<u8>) -> DeadLetter {
    let (company, rule) = with_a_rule(system).await;
    let events = company.events(2, &rule, |_| json!({}));
    system.publish(&events[..1]).await;
    system.publish_body(&company, body.clone()).await;
    system.publish(&events[1..]).await;
    system.work_off().await;

    assert_eq!(system.runs(&company).await.len(), 2);
    let mut letters = system.letters(&company).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = letters.remove(0);
    assert_eq!(letter.body, body, "the body is kept byte for byte");
    assert_eq!(letter.message_kind, "payment.accepted");
    assert_eq!(letter.correlation_id, "correlation-unread");
    assert_eq!(letter.status, DeadLetterStatus::Dead);
    assert!(
        !letter.detail.contains('\0'),
        "PostgreSQL would refuse the letter"
    );
    letter
}

#[tokio::test]
async fn a_body_that_is_no_message() {
    let system = System::open().await;
    for body in [&b""[..], b"{", b"\xff\x00\xfe", b"{\"version\":1}", b"[]"] {
        let letter = letter_of(&system, body.to_vec()).await;
        assert_eq!(letter.reason, "unreadable_message");
        assert_eq!(letter.event_id, None);
        assert!(
            letter.detail.starts_with("the message cannot be read"),
            "{}",
            letter.detail
        );
    }
    system.close().await;
}

/// What is wrong with a message is told in its letter, but does not get into it.
#[tokio::test]
async fn a_message_whose_fault_no_database_takes() {
    let system = System::open().await;
    let letter = letter_of(&system, br#"{"version": 1, "id": "\u0000"}"#.to_vec()).await;
    assert!(letter.detail.contains('\u{FFFD}'), "{}", letter.detail);
    system.close().await;
}

#[tokio::test]
async fn a_message_of_a_newer_program() {
    let system = System::open().await;
    let letter = letter_of(&system, br#"{"version": 2, "batches": []}"#.to_vec()).await;
    assert_eq!(letter.reason, "unreadable_message");
    assert!(letter.detail.contains("version 2"), "{}", letter.detail);
    assert!(letter.detail.contains("up to 1"), "{}", letter.detail);
    system.close().await;
}

/// A good message whose parts cannot be read: its event and its company's currency.
#[tokio::test]
async fn a_message_with_parts_that_cannot_be_read() {
    let system = System::open().await;
    let (company, rule) = with_a_rule(&system).await;
    let good = company.event("e-1", &json!({}), &[&rule]);
    let twice = AcceptedEvent {
        event: r#"{"total": 1, "total": 2}"#.into(),
        ..good.clone()
    };
    let mut priced_in_shells = good;
    priced_in_shells.company.currency = "shells".to_owned();
    for (event, fault) in [(twice, "total"), (priced_in_shells, "currency")] {
        let letter = letter_of(&system, event.encode().unwrap().to_vec()).await;
        assert_eq!(letter.reason, "unreadable_message");
        assert_eq!(letter.event_id.as_deref(), Some("e-1"));
        assert!(letter.detail.contains(fault), "{}", letter.detail);
    }
    system.close().await;
}

/// Its version is not there, or this program cannot run it: of several rules none runs then.
#[tokio::test]
async fn an_event_with_a_rule_that_cannot_be_used() {
    let system = System::open().await;
    let (company, good) = with_a_rule(&system).await;
    let unknown = Pinned {
        rule_id: nobody(),
        ..good.clone()
    };
    let too_new = Pinned {
        version: 9,
        ..good.clone()
    };
    let no_json = company.save(&system, "no-json", "{".to_owned()).await;
    let document = json!({
        "company_id": company.id().to_string(),
        "rules": [{"node_id": "a", "node_type": "task", "task_name": "payment.tasks.of_tomorrow"}],
    });
    let of_tomorrow = company.save(&system, "of-tomorrow", document.to_string()).await;
    let rules = [
        (unknown, "there is no version 1 of rule"),
        (too_new, "there is no version 9 of rule"),
        (no_json, ""),
        (of_tomorrow, "the stored rule cannot be run by this program"),
    ];
    let numbered = rules.iter().enumerate();
    let events: Vec<_> = numbered
        .map(|(number, (rule, _))| company.event(&format!("e-{number}"), &json!({}), &[&good, rule]))
        .collect();
    let last = company.event("last", &json!({}), &[&good]);
    system.publish(events.iter().chain([&last])).await;
    system.work_off().await;

    let runs = system.runs(&company).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].event_id, "last");
    let letters = system.letters(&company).await;
    assert_eq!(letters.len(), events.len());
    for ((event, (_, fault)), letter) in events.iter().zip(&rules).zip(&letters) {
        assert_eq!(letter.reason, "unusable_rule");
        assert_eq!(letter.event_id.as_ref(), Some(&event.event_id));
        assert_eq!(letter.body, event.encode().unwrap());
        assert!(letter.detail.contains(fault), "{}", letter.detail);
    }
    system.close().await;
}

/// The letter is kept before the message is acknowledged, however often that takes.
#[tokio::test]
async fn a_letter_that_cannot_be_kept_at_once() {
    let system = System::open().await;
    system.store.turn_letters_away(2);
    let letter = letter_of(&system, b"{".to_vec()).await;
    assert_eq!(letter.reason, "unreadable_message");
    system.close().await;
}

/// The letter was kept, and then the acknowledgement was lost: the message comes again, and is the same letter.
#[tokio::test]
async fn a_letter_whose_acknowledgement_was_lost() {
    let system = System::open().await;
    let (company, _) = with_a_rule(&system).await;
    system.publish_body(&company, &b"{"[..]).await;
    system.queue.lose_acknowledgements(2);
    system.work_off().await;
    assert_eq!(system.letters(&company).await.len(), 1);
    system.close().await;
}
