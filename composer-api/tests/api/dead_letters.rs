//! Dead letters.

use bytes::Bytes;
use poem::http::Method;
use serde_json::{Value, json};
use store::{
    DeadLetter, DeadLetterStatus,
    conformance::{at, id},
};
use uuid::Uuid;

use crate::support::{COMPANY, Composer, company_id, members};

pub(crate) fn letter(company_id: Option<Uuid>, body: &'static [u8]) -> DeadLetter {
    DeadLetter {
        id: id(),
        company_id,
        event_id: company_id.map(|_| "e1".to_owned()),
        partition: 15,
        reason: "event_id_reused".to_owned(),
        detail: "Another event was claimed under this id.".to_owned(),
        message_kind: "payment.accepted".to_owned(),
        body: Bytes::from_static(body),
        correlation_id: "correlation-1".to_owned(),
        created_at: at(3),
        status: DeadLetterStatus::Dead,
    }
}

#[tokio::test]
async fn dead_letters_are_listed_and_read() {
    let composer = Composer::new();
    let (text, bytes) = (
        letter(Some(company_id()), b"{\"total\":1}"),
        letter(None, b"\xff\0"),
    );
    for letter in [&text, &bytes] {
        composer.store.keep_dead_letter(letter.clone()).await.unwrap();
    }
    let items = composer.get("/dead-letters").await.items();
    let expected = [
        "id",
        "company_id",
        "event_id",
        "partition",
        "reason",
        "detail",
        "message_kind",
        "body",
        "body_encoding",
        "correlation_id",
        "status",
        "created_at",
    ];
    assert_eq!(members(&items[0]), expected);
    assert_eq!(
        (&items[0]["body"], &items[0]["body_encoding"]),
        (&json!("/wA="), &json!("base64"))
    );
    assert_eq!(
        (&items[1]["body"], &items[1]["body_encoding"]),
        (&json!("{\"total\":1}"), &json!("text"))
    );
    assert_eq!(
        composer
            .get(&format!("/dead-letters?company_id={COMPANY}"))
            .await
            .items(),
        items[1..]
    );
    assert_eq!(
        composer.get(&format!("/dead-letters/{}", bytes.id)).await.json(),
        items[0]
    );
    let page = composer.get("/dead-letters?limit=1").await.json();
    let next = format!(
        "/dead-letters?limit=1&cursor={}",
        page["next_cursor"].as_str().unwrap()
    );
    assert_eq!(
        composer.get(&next).await.json(),
        json!({"items": [items[1]], "next_cursor": Value::Null})
    );
}

#[tokio::test]
async fn a_dead_letter_is_put_back_when_asked() {
    let composer = Composer::new();
    let letter = letter(None, b"{}");
    composer.store.keep_dead_letter(letter.clone()).await.unwrap();
    let requeue = format!("/dead-letters/{}/requeue", letter.id);
    for _ in 0..2 {
        let requested = composer.send(Method::POST, &requeue, &[], "").await;
        assert_eq!(
            (requested.status, &requested.json()["status"]),
            (202, &json!("requeue_requested"))
        );
    }
    let requests = composer.store.requeue_requests(9).await.unwrap();
    assert_eq!(
        requests.iter().map(|letter| letter.id).collect::<Vec<_>>(),
        [letter.id]
    );
    composer.store.mark_requeued(letter.id).await.unwrap();
    assert_eq!(
        composer.get(&format!("/dead-letters/{}", letter.id)).await.json()["status"],
        "requeued"
    );
}

#[tokio::test]
async fn a_letter_that_is_not_there_is_not_found() {
    let composer = Composer::new();
    composer
        .get(&format!("/dead-letters/{COMPANY}"))
        .await
        .problem(404, "unknown_dead_letter");
    let requeue = format!("/dead-letters/{COMPANY}/requeue");
    composer
        .send(Method::POST, &requeue, &[], "")
        .await
        .problem(404, "unknown_dead_letter");
}
