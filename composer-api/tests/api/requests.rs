//! Bad input of every kind: a clear problem, nothing stored, never a fault of ours.

use poem::http::Method;

use crate::support::{COMPANY, Composer, rule};

const POSTS: [&str; 4] = [
    "/payment-rules",
    "/payment-rules/validate",
    "/payment-rules/simulate",
    "/companies",
];

const LISTS: [&str; 4] = [
    "/payment-rules",
    "/runs",
    "/dead-letters",
    "/payment-rules/b5aa9687-d61f-467c-973e-f55d446981dc/versions",
];

#[tokio::test]
async fn a_body_is_one_json_object() {
    let composer = Composer::new();
    for path in POSTS {
        for (body, code) in [
            ("", "malformed_json"),
            ("{", "malformed_json"),
            ("{\"a\":1,\"a\":1}", "duplicate_member"),
            ("{\"a\":\"\\u0000\"}", "nul_character"),
            ("{\"a\":\"\\ud800\"}", "malformed_json"),
            ("[]", "invalid_request"),
            ("null", "invalid_request"),
            ("7", "invalid_request"),
        ] {
            composer.post(path, body).await.problem(400, code);
        }
        composer
            .post(path, format!("{{\"a\":{}", "[".repeat(200)))
            .await
            .problem(400, "nested_too_deeply");
        composer
            .send(Method::POST, path, &[], "{}")
            .await
            .problem(415, "unsupported_media_type");
        let large = format!("{{\"name\":\"{}\"}}", "x".repeat(1 << 20));
        composer.post(path, large).await.problem(413, "body_too_large");
    }
}

#[tokio::test]
async fn parameters_are_what_they_should_be() {
    let composer = Composer::new();
    for path in LISTS {
        for (query, name) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=", "limit"),
            ("limit=ten", "limit"),
        ] {
            let refused = composer.get(&format!("{path}?{query}")).await;
            assert_eq!(
                refused.faults(400, "invalid_parameter"),
                [format!("{name} invalid")],
                "{path}?{query}"
            );
        }
        for cursor in ["", "zz", "0", "00"] {
            composer
                .get(&format!("{path}?cursor={cursor}"))
                .await
                .problem(400, "invalid_cursor");
        }
    }
    for path in &LISTS[..3] {
        for company_id in ["", "mine", "b5aa9687"] {
            let refused = composer.get(&format!("{path}?company_id={company_id}")).await;
            assert_eq!(
                refused.faults(400, "invalid_parameter"),
                ["company_id invalid"],
                "{path}"
            );
        }
    }
    for query in [
        "status=done",
        "status=",
        "rule_id=1",
        "event_id=",
        "event_id=a%00b",
        "event_id=a%0Ab",
    ] {
        let refused = composer.get(&format!("/runs?{query}")).await;
        let name = query.split('=').next().unwrap();
        assert_eq!(
            refused.faults(400, "invalid_parameter"),
            [format!("{name} invalid")],
            "{query}"
        );
    }
    composer
        .get("/payment-rules?archived=perhaps")
        .await
        .problem(400, "invalid_parameter");
    composer
        .post("/payment-rules?draft=perhaps", rule("default"))
        .await
        .problem(400, "invalid_parameter");
    composer
        .get("/payment-rules/1")
        .await
        .problem(400, "invalid_parameter");
    composer
        .get(&format!("/payment-rules/{COMPANY}/versions/one"))
        .await
        .problem(400, "invalid_parameter");
    composer
        .get("/runs?event_id=%ff")
        .await
        .problem(400, "malformed_uri");
}

#[tokio::test]
async fn parameters_that_are_not_known_are_refused_by_name() {
    let composer = Composer::new();
    let refused = composer.get("/runs?statsu=failed&limit=5&limit=6").await;
    assert_eq!(
        refused.faults(400, "invalid_parameter"),
        ["statsu unknown_parameter", "limit repeated_parameter"]
    );
    assert!(
        refused.text().contains("Did you mean `status`?"),
        "{}",
        refused.text()
    );
    for path in [
        "/tasks",
        "/stats",
        "/runs/stream",
        "/published-rules/stream",
        "/payment-rules",
    ] {
        let refused = composer.get(&format!("{path}?x=1")).await;
        assert_eq!(
            refused.faults(400, "invalid_parameter"),
            ["x unknown_parameter"],
            "{path}"
        );
    }
    composer
        .post("/payment-rules?drafts=true", rule("default"))
        .await
        .problem(400, "invalid_parameter");
    composer
        .get(&format!("/companies/{COMPANY}"))
        .await
        .problem(404, "unknown_company");
    composer
        .get("/payment-rules?draft=true")
        .await
        .problem(400, "invalid_parameter");
}

#[tokio::test]
async fn paths_and_methods_that_are_not_offered_are_refused() {
    let composer = Composer::new();
    composer.get("/payment-rule").await.problem(404, "not_found");
    composer
        .get("/payment-rules/validate")
        .await
        .problem(405, "method_not_allowed");
    let refused = composer.send(Method::PUT, "/payment-rules", &[], "").await;
    refused.problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), Some("GET, HEAD, POST"));
}

#[tokio::test]
async fn a_store_that_is_away_is_said_to_be() {
    let composer = Composer::new();
    let id = composer.save("default").await;
    composer.store.close().await;
    let lists = LISTS.iter().map(|path| (*path).to_owned());
    let reads = [
        format!("/payment-rules/{id}"),
        format!("/companies/{COMPANY}"),
        format!("/companies/{COMPANY}/published-rules"),
        format!("/runs/{id}"),
        format!("/dead-letters/{id}"),
        "/stats".to_owned(),
    ];
    for path in lists.chain(reads) {
        let refused = composer.get(&path).await;
        refused.problem(503, "store_unavailable");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    composer
        .post("/payment-rules", rule("default"))
        .await
        .problem(503, "store_unavailable");
    composer
        .post("/companies", r#"{"name":"Padaria"}"#)
        .await
        .problem(503, "store_unavailable");
    let publish = format!("/payment-rules/{id}/versions/1/publish");
    composer
        .send(Method::POST, &publish, &[], "")
        .await
        .problem(503, "store_unavailable");
    composer
        .send(Method::DELETE, &format!("/payment-rules/{id}"), &[], "")
        .await
        .problem(503, "store_unavailable");
    let readiness = composer.get("/readyz").await;
    assert_eq!(readiness.status, 503);
    assert!(
        readiness.text().contains(r#""store":{"status":"down""#),
        "{}",
        readiness.text()
    );
    assert_eq!(composer.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn the_catalogue_has_every_task() {
    let composer = Composer::new();
    let tasks = composer.get("/tasks").await;
    assert!(tasks.json()["next_cursor"].is_null());
    let names: Vec<String> = tasks
        .items()
        .iter()
        .map(|task| task["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        names.contains(&"payment.tasks.generate_invoice".to_owned()),
        "{names:?}"
    );
    for task in tasks.items() {
        let expected = [
            "name",
            "title",
            "description",
            "kind",
            "input_schema",
            "output_schema",
            "example",
        ];
        assert_eq!(crate::support::members(&task), expected);
        assert!(
            task["input_schema"].is_object() && task["kind"].is_string(),
            "{task}"
        );
    }
}
