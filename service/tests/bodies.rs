//! Request bodies: what is taken, to the digit, and what is refused, with its place.

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{Server, post};

const JSON: &str = "Content-Type: application/json";

#[tokio::test]
async fn every_digit_survives() {
    let server = Server::sample().await;
    let digits = r#"{"a":120.00,"b":1e400,"c":123456789012345678901234567890.10,"d":{"$serde_json::private::Number":"1"}}"#;
    let reply = server.post("/events", digits).await;
    assert_eq!((reply.status, &*reply.body), (200, digits.as_bytes()));
    assert_eq!(reply.header("content-type"), Some("application/json"));

    let account = format!(r#"{{"code":"revenue","metadata":{digits}}}"#);
    let reply = server.post("/accounts", &account).await;
    assert_eq!((reply.status, &*reply.body), (200, account.as_bytes()));
}

#[tokio::test]
async fn only_json_in_utf_8_is_read() {
    let server = Server::sample().await;
    let body = r#"{"code":"a"}"#;
    for path in ["/accounts", "/events", "/lenient"] {
        let unnamed = server.send(post(path, &[], body)).await;
        unnamed.problem(415, "unsupported_media_type");
        for kind in [
            "text/plain",
            "application/xml",
            "application/json; charset=latin1",
            "\u{e9}",
            ";;",
        ] {
            if path == "/lenient" && kind.starts_with("application/json") {
                continue;
            }
            let named = server
                .send(post(path, &[&format!("Content-Type: {kind}")], body))
                .await;
            named.problem(415, "unsupported_media_type");
        }
        let named = server
            .send(post(
                path,
                &["Content-Type: Application/JSON; charset=UTF-8"],
                body,
            ))
            .await;
        assert_eq!(named.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_json_is_refused_where_it_breaks() {
    let server = Server::sample().await;
    for path in ["/accounts", "/events"] {
        let problem = server
            .post(path, "{\"code\":\n  nul}")
            .await
            .problem(400, "malformed_json");
        assert!(
            problem["detail"].as_str().unwrap().contains("line 2, column"),
            "{problem}"
        );
        server
            .post(path, r#"{"code":"a","code":"b"}"#)
            .await
            .problem(400, "duplicate_member");
        server
            .post(path, r#"{"code":"\u0000"}"#)
            .await
            .problem(400, "nul_character");
        server
            .post(path, "[".repeat(100_000))
            .await
            .problem(400, "nested_too_deeply");
        server.post(path, "").await.problem(400, "malformed_json");
        server
            .post(path, b"{\"code\":\"\xff\"}")
            .await
            .problem(400, "malformed_json");
        // No body at all, and none announced.
        let bodiless = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\n\r\n");
        server.send(bodiless).await.problem(400, "malformed_json");
    }
    server
        .post("/events", "[1]")
        .await
        .problem(400, "invalid_request");
}

#[tokio::test]
async fn a_fault_is_named_with_its_place() {
    let server = Server::sample().await;
    let debit = json!({"direction": "debit", "minor": 1});
    let cases = [
        (
            json!({"code": 7}),
            "/code",
            "invalid",
            "Expected a string, found the number 7.",
        ),
        (
            json!({"code": false}),
            "/code",
            "invalid",
            "Expected a string, found false.",
        ),
        (
            json!({"code": "a", "entries": [debit, {"direction": "debit", "minor": 1, "note": 7}]}),
            "/entries/1/note",
            "invalid",
            "Expected a string, found the number 7.",
        ),
        (json!({}), "/code", "missing", "The member `code` is required."),
        (
            json!({"code": null}),
            "/code",
            "missing",
            "The member `code` is required.",
        ),
        (
            json!({"code": "a", "cod": 1}),
            "/cod",
            "unknown_member",
            "The member `cod` is not known here.",
        ),
        (
            json!({"code": "a", "holder": {"name": "A", "a/b": 1}}),
            "/holder/a~1b",
            "unknown_member",
            "The member `a/b` is not known here.",
        ),
        (
            json!({"code": "a", "holder": {}}),
            "/holder/name",
            "missing",
            "The member `name` is required.",
        ),
        (
            json!({"code": "a", "holder": {"name": "A", "id": 7}}),
            "/holder/id",
            "invalid",
            "Expected a UUID, found the number 7.",
        ),
        (
            json!({"code": "a", "entries": [debit, {"direction": "sideways", "minor": 1}, {}]}),
            "/entries/1/direction",
            "invalid",
            r#"Expected one of "debit", "credit", found the string "sideways"."#,
        ),
        (
            json!({"code": "a", "entries": [debit, debit, debit, {"direction": "debit", "minor": "1"}]}),
            "/entries/3/minor",
            "invalid",
            r#"Expected a whole number, found the string "1"."#,
        ),
        (
            json!({"code": "a", "entries": {}}),
            "/entries",
            "invalid",
            "Expected a list, found an object.",
        ),
    ];
    for (body, pointer, code, detail) in cases {
        has_fault(&server, &body, pointer, code, detail).await;
    }
    let problem = server
        .post("/accounts", "[]")
        .await
        .problem(400, "invalid_request");
    assert_eq!(problem["detail"], "Expected an object, found a list.");
}

async fn has_fault(server: &Server, body: &Value, pointer: &str, code: &str, detail: &str) {
    let problem = server
        .post("/accounts", body.to_string())
        .await
        .problem(400, "invalid_request");
    let errors = json!([{"pointer": pointer, "code": code, "detail": detail}]);
    assert_eq!(problem.get("errors"), Some(&errors), "{body}");
    let whole = json!(format!("`{pointer}`: {detail}"));
    assert_eq!(problem.get("detail"), Some(&whole));
}

#[tokio::test]
async fn a_misspelt_member_is_named_as_such_also_where_it_is_required() {
    let server = Server::sample().await;
    let debit = json!({"direction": "debit", "minor": 1});
    let cases = [
        (
            json!({"code": "a", "metdata": 1}),
            "/metdata",
            "unknown_member",
            "The member `metdata` is not known here. Did you mean `metadata`?",
        ),
        (
            json!({"cod": "a"}),
            "/cod",
            "unknown_member",
            "The member `cod` is not known here. Did you mean `code`?",
        ),
        (
            json!({"kode": "a", "metdata": 1}),
            "/kode",
            "unknown_member",
            "The member `kode` is not known here. Did you mean `code`?",
        ),
        (
            json!({"metdata": 1}),
            "/code",
            "missing",
            "The member `code` is required.",
        ),
        (
            json!({"code": "a", "entries": [debit, {"direction": "debit", "minro": 1}]}),
            "/entries/1/minro",
            "unknown_member",
            "The member `minro` is not known here. Did you mean `minor`?",
        ),
    ];
    for (body, pointer, code, detail) in cases {
        has_fault(&server, &body, pointer, code, detail).await;
    }
}

#[tokio::test]
async fn a_parsers_own_reason_is_passed_on() {
    let server = Server::sample().await;
    let refusals = [
        (json!({"holder": {"name": "A", "id": "no"}}), "/holder/id"),
        (
            json!({"entries": [{"direction": "debit", "minor": 1, "note": "longer"}]}),
            "/entries/0/note",
        ),
        (
            json!({"entries": [{"direction": "debit", "minor": 1.5}]}),
            "/entries/0/minor",
        ),
    ];
    for (mut body, pointer) in refusals {
        body["code"] = json!("a");
        let problem = server
            .post("/accounts", body.to_string())
            .await
            .problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(
            !detail.contains("failed to parse") && !detail.contains("occurred while"),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn a_large_fault_is_refused_without_being_repeated() {
    let server = Server::sample().await;
    let body = json!({"code": ["x".repeat(500_000)]}).to_string();
    let reply = server.post("/accounts", body).await;
    reply.problem(400, "invalid_request");
    assert!(reply.body.len() < 1_000, "{}", reply.body.len());
    let strangers: Value = (0..5_000).map(|n| (format!("m{n}"), json!(1))).collect();
    server
        .post("/accounts", strangers.to_string())
        .await
        .problem(400, "invalid_request");
}

#[tokio::test]
async fn a_body_has_a_limit() {
    let server = Server::sample().await;
    let padded = |size: usize| format!("{}{{\"code\":\"a\"}}", " ".repeat(size - 12));
    for (path, limit) in [
        ("/accounts", 1 << 20),
        ("/events", 1 << 20),
        ("/lenient", 1 << 20),
        ("/accounts/small", 64),
    ] {
        assert_eq!(server.post(path, padded(limit)).await.status, 200, "{path}");
        let problem = server
            .post(path, padded(limit + 1))
            .await
            .problem(413, "body_too_large");
        assert!(
            problem["detail"].as_str().unwrap().contains(&limit.to_string()),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_body_in_chunks_has_the_same_limit() {
    let server = Server::sample().await;
    let head = format!(
        "POST /accounts/small HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let fits = server
        .send(format!("{head}c\r\n{{\"code\":\"a\"}}\r\n0\r\n\r\n"))
        .await;
    assert_eq!(fits.status, 200);
    let chunk = format!("20\r\n{}\r\n", " ".repeat(32));
    server
        .send(format!("{head}{}0\r\n\r\n", chunk.repeat(3)))
        .await
        .problem(413, "body_too_large");
    let broken = server.send(format!("{head}zz\r\n")).await;
    broken.problem(400, "broken_body");
}

#[tokio::test]
async fn a_client_that_asks_first_is_refused_before_it_sends() {
    let server = Server::sample().await;
    let length = (1 << 20) + 1;
    let head = format!(
        "POST /accounts HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    server.send(head).await.problem(413, "body_too_large");
    let enormous = format!(
        "POST /accounts HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nContent-Length: 99999999999\r\n\r\n"
    );
    server.send(enormous).await.problem(413, "body_too_large");
}

#[tokio::test]
async fn a_service_may_take_larger_bodies() {
    let setup = support::setup().body_limit(3 << 20);
    let server = Server::of(service::mount(support::sample::Sample, setup)).await;
    let padded = |size: usize| format!("{}{{\"code\":\"a\"}}", " ".repeat(size - 12));
    assert_eq!(server.post("/lenient", padded(3 << 20)).await.status, 200);
    server
        .post("/lenient", padded((3 << 20) + 1))
        .await
        .problem(413, "body_too_large");
    server
        .post("/accounts", padded((1 << 20) + 1))
        .await
        .problem(413, "body_too_large");
}

#[tokio::test]
async fn the_limit_holds_for_what_comes_in_chunks_and_is_read_by_others() {
    let server = Server::sample().await;
    let head =
        format!("POST /lenient HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    server
        .send(format!("{head}{}0\r\n\r\n", chunk.repeat(17)))
        .await
        .problem(413, "body_too_large");
    server
        .send(format!("{head}zz\r\n"))
        .await
        .problem(400, "broken_body");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::sample().await;
    let begun =
        format!("POST /accounts HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nContent-Length: 12\r\n\r\n{{");
    server.send(begun).await.problem(408, "request_timeout");
    let begun =
        format!("POST /lenient HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nContent-Length: 12\r\n\r\n{{");
    server.send(begun).await.problem(408, "request_timeout");
}
