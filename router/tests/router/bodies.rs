//! Odd bodies: what is taken, byte for byte, and what is refused.

use serde_json::json;

use crate::support::{ANA, World, event};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn an_event_is_kept_byte_for_byte() {
    let world = World::new().await;
    let deep = format!("{}1{}", "[".repeat(127), "]".repeat(127));
    let padding = "x".repeat((1 << 20) - event(ANA, "e-4", r#","pad":"""#).len());
    let events = [
        event(
            ANA,
            "e-0",
            r#","total":{"$serde_json::private::Number":"1"},"$serde_json::private::RawValue":"[1]""#,
        ),
        event(
            ANA,
            "e-1",
            r#", "n" : 123456789012345678901234567890.10 , "text":"\u00e9é\ud83d\ude00\/""#,
        ),
        event(ANA, "e-2", &format!(r#","deep":{deep}"#)),
        format!(
            r#"{{"event_id":7.0,"company_id":"{}"}}"#,
            ANA.to_string().to_uppercase()
        ),
        event(ANA, "e-4", &format!(r#","pad":"{padding}""#)),
    ];
    for text in &events {
        world.pay(text.clone()).await.accepted("enqueued");
    }
    let kept = world.events().await;
    assert_eq!(kept.len(), events.len());
    for (kept, text) in kept.iter().zip(&events) {
        assert!(kept.event == text.as_bytes(), "{:?}", kept.event_id);
    }
    assert_eq!(kept[3].event_id, "7.0");
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let world = World::new().await;
    let too_deep = event(
        ANA,
        "e",
        &format!(r#","deep":{}1{}"#, "[".repeat(128), "]".repeat(128)),
    );
    let malformed: [(&[u8], &str); 12] = [
        (b"", "malformed_json"),
        (b" \n", "malformed_json"),
        (b"{", "malformed_json"),
        (b"{} {}", "malformed_json"),
        (b"{\"a\":\"\xff\"}", "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (br#"{"a":"\ud800"}"#, "malformed_json"),
        (br#"{"a":"\u0000"}"#, "nul_character"),
        (br#"{"a":1,"a":1}"#, "duplicate_member"),
        (too_deep.as_bytes(), "nested_too_deeply"),
        (b"[]", "invalid_request"),
        (b"\"text\"", "invalid_request"),
    ];
    for (body, code) in malformed {
        world.pay(body.to_vec()).await.problem(400, code);
    }
    assert_eq!(world.events().await.len(), 0);
}

#[tokio::test]
async fn what_is_too_large_or_of_another_kind_is_refused() {
    let world = World::new().await;
    let padding = "x".repeat((1 << 20) + 1 - event(ANA, "e", r#","pad":"""#).len());
    let large = event(ANA, "e", &format!(r#","pad":"{padding}""#));
    assert_eq!(large.len(), (1 << 20) + 1);
    world.pay(large).await.problem(413, "body_too_large");
    let text = event(ANA, "e", "");
    world
        .pay_with(&[], text.clone())
        .await
        .problem(415, "unsupported_media_type");
    world
        .pay_with(&[("content-type", "text/plain")], text)
        .await
        .problem(415, "unsupported_media_type");
    assert_eq!(world.events().await.len(), 0);
}

#[tokio::test]
async fn a_company_is_named_by_its_uuid() {
    let world = World::new().await;
    let cases = [
        ("{}".to_owned(), "missing"),
        (r#"{"company_id":null}"#.to_owned(), "invalid"),
        (r#"{"company_id":7}"#.to_owned(), "invalid"),
        (r#"{"company_id":"ana"}"#.to_owned(), "invalid"),
        (format!(r#"{{"company_id":"{ANA} "}}"#), "invalid"),
    ];
    for (body, code) in cases {
        let problem = world.pay(body).await.problem(422, "invalid_event");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/company_id"), &json!(code))
        );
        assert!(
            problem["detail"].as_str().unwrap().contains("`company_id`"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn an_event_is_named_by_itself_by_the_header_or_by_its_bytes() {
    let world = World::new().await;
    let nameless = |more: &str| format!(r#"{{"company_id":"{ANA}"{more}}}"#);
    let named = [JSON, ("webhook-id", "msg_1")];
    let answer = world.pay_with(&named, nameless("")).await.accepted("enqueued");
    assert_eq!(
        (&answer["event_id"], answer.get("warning")),
        (&json!("msg_1"), None)
    );
    let answer = world
        .pay_with(&named, nameless(r#","id":42"#))
        .await
        .accepted("enqueued");
    assert_eq!(answer["event_id"], "42");

    let answer = world.pay(nameless("")).await.accepted("enqueued");
    let derived = answer["event_id"].as_str().unwrap();
    assert_eq!(
        (derived.split_once(':').unwrap().0, derived.len()),
        ("sha256", 71)
    );
    assert!(
        answer["warning"]
            .as_str()
            .unwrap()
            .contains("two genuine payments"),
        "{answer}"
    );
    let again = world.pay(nameless("")).await.accepted("duplicate");
    assert_eq!(
        (&again["event_id"], &again["warning"]),
        (&answer["event_id"], &answer["warning"])
    );

    let problem = world
        .pay(nameless(r#","event_id":null,"id":1"#))
        .await
        .problem(422, "invalid_event");
    assert_eq!(problem["errors"][0]["pointer"], "/event_id");
    let long = "x".repeat(256);
    let problem = world
        .pay_with(&[JSON, ("webhook-id", &long)], nameless(""))
        .await
        .problem(422, "invalid_event");
    assert_eq!(problem["errors"][0]["pointer"], "webhook-id");
    // Two ids are none that could be trusted: the first must not win silently.
    let problem = world
        .pay_with(&[JSON, ("webhook-id", "a"), ("webhook-id", "b")], nameless(""))
        .await
        .problem(422, "invalid_event");
    assert_eq!(problem["errors"][0]["pointer"], "webhook-id");
}
