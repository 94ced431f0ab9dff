//! Saving, checking, listing and reading rules.

use poem::http::Method;
use serde_json::{Value, json};
use store::{RunStatus, conformance::Payment};

use crate::support::{COMPANY, Composer, company_id, members, rule};

/// The document of the first user who wrote one by hand: its edges name a node that is spelt otherwise.
const BY_HAND: &str = r#"{"company_id":"b5aa9687-d61f-467c-973e-f55d446981dc","rules":[
    {"node_type":"condition","node_id":"condition-1","expect":[{"field":"$context.event.payment_type","operator":"eq","value":["product"]}]},
    {"node_type":"task","node_id":"abort-flow-1","depends_on":[{"node_id":"conditional-1","state":"failure"}],"task_name":"payment.tasks.abort_flow","parameters":null},
    {"node_type":"task","node_id":"generate-invoice-1","depends_on":[{"node_id":"conditional-1","state":"success"}],"task_name":"payment.tasks.generate_invoice","parameters":{"company_id":"$context.event.company_id","product_id":"$context.event.product.id"}},
    {"node_type":"condition","node_id":"condition-2","depends_on":[{"node_id":"condition-1","state":"success"}],"expect":[{"field":"$context.event.product.type","operator":"in","value":["book","ebook"]}]},
    {"node_type":"task","node_id":"generate_royalty-1","task_name":"payment.tasks.generate_royalty","parameters":{"company_id":"$context.event.company_id","product_id":"$context.event.product.id"}}]}"#;

#[tokio::test]
async fn a_rule_is_saved_and_read_as_it_was_written() {
    let composer = Composer::new();
    let saved = composer.post("/payment-rules", rule("products")).await;
    assert_eq!((saved.status, saved.header("etag")), (201, Some("\"1\"")));
    let shape = saved.json();
    let id = shape["id"].as_str().unwrap();
    assert_eq!(
        saved.header("location").unwrap(),
        format!("/payment-rules/{id}/versions/1")
    );
    let expected = [
        "id",
        "company_id",
        "name",
        "version",
        "published_version",
        "status",
        "rules",
        "when",
        "description",
        "layout",
        "warnings",
        "created_at",
        "updated_at",
    ];
    assert_eq!(members(&shape), expected);
    assert_eq!(
        (&shape["name"], &shape["status"]),
        (&json!("products"), &json!("published"))
    );
    assert_eq!(shape["published_version"].to_string(), "1");
    assert_eq!(shape["rules"], rule("")["rules"]);
    assert_eq!(shape["layout"].to_string(), r#"{"condition-1":{"x":10,"y":1.5}}"#);
    assert_eq!(shape["created_at"], "2026-01-01T00:00:03Z");

    let read = composer.get(&format!("/payment-rules/{id}")).await;
    assert_eq!(read.header("etag"), Some("\"1\""));
    let company_created = json!([{"code": shape["warnings"][0]["code"]}]);
    assert_eq!(company_created, json!([{"code": "company_created"}]));
    assert_eq!(
        Value::Object(without_warnings(&read.json())),
        Value::Object(without_warnings(&shape))
    );
    assert_eq!(
        composer
            .get(&format!("/payment-rules?company_id={COMPANY}"))
            .await
            .items(),
        [read.json()]
    );
}

fn without_warnings(rule: &Value) -> serde_json::Map<String, Value> {
    let mut members = rule.as_object().unwrap().clone();
    members.remove("warnings");
    members
}

#[tokio::test]
async fn digits_and_strange_members_survive() {
    let composer = Composer::new();
    let text = rule("digits").to_string().replace(
        r#""task_name":"payment.tasks.generate_invoice""#,
        r#""task_name":"payment.tasks.generate_invoice","parameters":{"rate":1.10000000000000000000000000000000001,"deep":{"$serde_json::private::Number":"7"}}"#,
    );
    let saved = composer.post("/payment-rules", &text).await;
    let id = saved.json()["id"].as_str().unwrap().to_owned();
    let read = composer.get(&format!("/payment-rules/{id}")).await;
    let published = composer
        .get(&format!("/companies/{COMPANY}/published-rules"))
        .await;
    for reply in [saved, read, published] {
        assert!(
            reply.text().contains("1.10000000000000000000000000000000001"),
            "{}",
            reply.text()
        );
        assert!(
            reply.text().contains(r#"{"$serde_json::private::Number":"7"}"#),
            "{}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn every_fault_is_found_at_once_and_nothing_is_stored() {
    let composer = Composer::new();
    let refused = composer.post("/payment-rules", BY_HAND).await;
    let expected = [
        "/rules/1/depends_on/0/node_id unknown_dependency",
        "/rules/2/depends_on/0/node_id unknown_dependency",
    ];
    assert_eq!(refused.faults(422, "invalid_rule"), expected);
    for fault in refused.problem(422, "invalid_rule")["errors"].as_array().unwrap() {
        assert!(
            fault["detail"]
                .as_str()
                .unwrap()
                .contains("Did you mean `condition-1`?"),
            "{fault}"
        );
    }
    assert_eq!(composer.get("/payment-rules").await.items(), [] as [Value; 0]);
    composer
        .get(&format!("/companies/{COMPANY}"))
        .await
        .problem(404, "unknown_company");

    let mended = composer
        .post("/payment-rules", BY_HAND.replace("conditional-1", "condition-1"))
        .await
        .json();
    let warnings: Vec<&str> = mended["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["code"].as_str().unwrap())
        .collect();
    assert_eq!(warnings, ["unused_condition", "always_runs", "company_created"]);
    assert_eq!(mended["name"], "default");
}

#[tokio::test]
async fn a_rule_is_checked_without_being_stored() {
    let composer = Composer::new();
    let checked = composer.post("/payment-rules/validate", BY_HAND).await.json();
    assert_eq!(members(&checked), ["valid", "findings", "warnings"]);
    assert_eq!(checked["valid"], false);
    assert_eq!(checked["findings"][1]["pointer"], "/rules/2/depends_on/0/node_id");
    assert_eq!(checked["findings"].as_array().unwrap().len(), 2);

    let mended = BY_HAND.replace("conditional-1", "condition-1");
    let checked = composer.post("/payment-rules/validate", mended).await.json();
    assert_eq!(
        (&checked["valid"], &checked["findings"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(checked["warnings"][0]["code"], "unused_condition");
    assert_eq!(composer.get("/payment-rules").await.items(), [] as [Value; 0]);
    composer
        .post("/payment-rules/validate", "{")
        .await
        .problem(400, "malformed_json");
    assert_eq!(
        composer.post("/payment-rules/validate", "{}").await.json()["valid"],
        false
    );
}

#[tokio::test]
async fn an_unknown_company_is_created_or_refused() {
    let composer = Composer::new();
    let saved = composer.post("/payment-rules", rule("default")).await.json();
    assert_eq!(saved["warnings"][0]["code"], "company_created");
    assert_eq!(saved["warnings"][0]["pointer"], "/company_id");
    let company = composer.get(&format!("/companies/{COMPANY}")).await.json();
    assert_eq!(
        (&company["name"], &company["currency"]),
        (&json!("Company b5aa9687"), &json!("BRL"))
    );
    let again = composer.post("/payment-rules", rule("default")).await.json();
    assert_eq!(again["warnings"], json!([]));

    let strict = Composer::strict();
    strict
        .post("/payment-rules", rule("default"))
        .await
        .problem(404, "unknown_company");
    assert_eq!(strict.get("/payment-rules").await.items(), [] as [Value; 0]);
    let body = json!({"company_id": COMPANY, "name": "Padaria"});
    assert_eq!(strict.post("/companies", body).await.status, 201);
    assert_eq!(
        strict.post("/payment-rules", rule("default")).await.json()["warnings"],
        json!([])
    );
}

#[tokio::test]
async fn a_save_is_guarded_by_the_version_that_was_read() {
    let composer = Composer::new();
    let save = async |if_match: &str| {
        composer
            .post_if("/payment-rules", rule("default"), &[("If-Match", if_match)])
            .await
    };
    for unborn in ["\"1\"", "\"0\"", "*"] {
        save(unborn).await.problem(412, "stale_version");
    }
    composer
        .get(&format!("/companies/{COMPANY}"))
        .await
        .problem(404, "unknown_company");
    composer.save("default").await;
    assert_eq!(save("\"1\"").await.header("etag"), Some("\"2\""));
    let stale = save("\"1\"").await.problem(412, "stale_version");
    assert!(stale["detail"].as_str().unwrap().contains("version 2"), "{stale}");
    for stale in ["\"3\"", "W/\"2\"", "\"4294967295\""] {
        save(stale).await.problem(412, "stale_version");
    }
    assert_eq!(save("\"1\", \"2\"").await.header("etag"), Some("\"3\""));
    assert_eq!(save("*").await.header("etag"), Some("\"4\""));
    save("3").await.problem(400, "invalid_parameter");
}

/// Of many who read the same version and save at once, one wins.
#[tokio::test]
async fn one_of_many_guarded_saves_wins() {
    let composer = Composer::new();
    composer.save("default").await;
    let saves = (0..8).map(|_| composer.post_if("/payment-rules", rule("default"), &[("If-Match", "\"1\"")]));
    let replies = futures_util::future::join_all(saves).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 412, 412, 412, 412, 412, 412, 412]);
}

#[tokio::test]
async fn a_history_is_read_page_by_page() {
    let composer = Composer::new();
    let id = composer.save("default").await;
    for _ in 0..4 {
        composer.save("default").await;
    }
    let draft = composer
        .post("/payment-rules?draft=true", rule("default"))
        .await
        .json();
    assert_eq!(
        (
            draft["version"].to_string(),
            draft["published_version"].to_string()
        ),
        ("6".to_owned(), "5".to_owned())
    );

    let (mut seen, mut path) = (Vec::new(), format!("/payment-rules/{id}/versions?limit=4"));
    loop {
        let page = composer.get(&path).await;
        seen.extend(page.items());
        let Some(cursor) = page.json()["next_cursor"].as_str().map(str::to_owned) else {
            break;
        };
        path = format!("/payment-rules/{id}/versions?limit=4&cursor={cursor}");
    }
    let numbers: Vec<String> = seen
        .iter()
        .map(|version| version["version"].to_string())
        .collect();
    assert_eq!(numbers, ["6", "5", "4", "3", "2", "1"]);
    assert_eq!(
        members(&seen[0]),
        ["rule_id", "version", "published", "warnings", "created_at"]
    );
    let published: Vec<bool> = seen
        .iter()
        .map(|version| version["published"].as_bool().unwrap())
        .collect();
    assert_eq!(published, [false, true, false, false, false, false]);

    let version = composer
        .get(&format!("/payment-rules/{id}/versions/3"))
        .await
        .json();
    assert_eq!(
        (&version["rules"], &version["name"]),
        (&rule("")["rules"], &json!("default"))
    );
    composer
        .get(&format!("/payment-rules/{id}/versions/7"))
        .await
        .problem(404, "unknown_version");
    composer
        .get(&format!("/payment-rules/{id}/versions/0"))
        .await
        .problem(404, "unknown_version");
    composer
        .get(&format!("/payment-rules/{id}/versions/-1"))
        .await
        .problem(400, "invalid_parameter");
    let foreign = "00000000000000000000000000000000";
    composer
        .get(&format!("/payment-rules/{id}/versions?cursor={foreign}"))
        .await
        .problem(400, "invalid_cursor");
}

#[tokio::test]
async fn lists_hold_what_was_asked_for() {
    let composer = Composer::new();
    let ids = [
        composer.save("a").await,
        composer.save("b").await,
        composer.save("c").await,
    ];
    assert_eq!(
        composer
            .send(Method::DELETE, &format!("/payment-rules/{}", ids[1]), &[], "")
            .await
            .status,
        200
    );
    let names = async |query: &str| -> Vec<String> {
        let items = composer.get(&format!("/payment-rules{query}")).await.items();
        items
            .iter()
            .map(|rule| rule["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("").await, ["c", "a"]);
    assert_eq!(names("?archived=true").await, ["c", "b", "a"]);
    assert_eq!(
        names("?company_id=00000000-0000-0000-0000-000000000000").await,
        [] as [&str; 0]
    );
    assert_eq!(names("?limit=1").await, ["c"]);
    let first = composer.get("/payment-rules?limit=1").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(names(&format!("?limit=1&cursor={cursor}")).await, ["a"]);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let composer = Composer::new();
    let nobody = "/payment-rules/019b7779-5d80-7000-8000-000000000001";
    composer.get(nobody).await.problem(404, "unknown_rule");
    composer
        .get(&format!("{nobody}/versions"))
        .await
        .problem(404, "unknown_rule");
    composer
        .get(&format!("{nobody}/versions/1"))
        .await
        .problem(404, "unknown_rule");
    composer
        .send(Method::DELETE, nobody, &[], "")
        .await
        .problem(404, "unknown_rule");
    composer
        .send(Method::DELETE, nobody, &[("If-Match", "*")], "")
        .await
        .problem(404, "unknown_rule");
    composer
        .send(Method::POST, &format!("{nobody}/versions/1/publish"), &[], "")
        .await
        .problem(404, "unknown_version");
}

#[tokio::test]
async fn rules_are_listed_with_their_last_runs() {
    let composer = Composer::new();
    let (idle, busy) = (composer.save("idle").await, composer.save("busy").await);
    let payments: Vec<Payment> = (0..4)
        .map(|number| {
            let mut payment = Payment::new(company_id(), &format!("e{number}"));
            payment.claim.runs[0].rule_id = busy.parse().unwrap();
            if number == 3 {
                payment.status = RunStatus::Failed;
            }
            payment
        })
        .collect();
    composer.pay(payments.clone()).await;

    let plain = composer.get("/payment-rules").await.items();
    assert!(plain.iter().all(|rule| rule.get("recent_runs").is_none()));
    let listed = composer.get("/payment-rules?recent_runs=3").await.items();
    assert_eq!([&listed[0]["id"], &listed[1]["id"]], [&json!(busy), &json!(idle)]);
    assert_eq!(listed[1]["recent_runs"], json!([]));
    let of_busy = listed[0]["recent_runs"].as_array().unwrap();
    let expected = json!({
        "id": payments[3].run_id(), "status": "failed",
        "accepted_at": "2026-01-01T00:00:00Z", "finished_at": "2026-01-01T00:00:00.005Z",
    });
    assert_eq!((of_busy.len(), &of_busy[0]), (3, &expected));
    assert_eq!(of_busy[2]["id"], json!(payments[1].run_id()));
    for unfit in ["21", "-1", "x"] {
        let refused = composer.get(&format!("/payment-rules?recent_runs={unfit}")).await;
        assert_eq!(
            refused.faults(400, "invalid_parameter"),
            ["recent_runs invalid"],
            "{unfit}"
        );
    }
}
