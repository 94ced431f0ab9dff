//! Publishing, rolling back, archiving, and what those who run rules are told.

use poem::http::Method;
use serde_json::{Value, json};

use crate::support::{COMPANY, Composer, Reply, members, rule};

async fn published(composer: &Composer) -> Reply {
    composer
        .get(&format!("/companies/{COMPANY}/published-rules"))
        .await
}

async fn publish(composer: &Composer, id: &str, version: u32, headers: &[(&str, &str)]) -> Reply {
    composer
        .send(
            Method::POST,
            &format!("/payment-rules/{id}/versions/{version}/publish"),
            headers,
            "",
        )
        .await
}

async fn archive(composer: &Composer, id: &str, headers: &[(&str, &str)]) -> Reply {
    composer
        .send(Method::DELETE, &format!("/payment-rules/{id}"), headers, "")
        .await
}

#[tokio::test]
async fn what_is_published_is_read_with_its_company() {
    let composer = Composer::new();
    published(&composer).await.problem(404, "unknown_company");
    let body = json!({"company_id": COMPANY, "name": "Padaria", "plan": "pro", "currency": "USD"});
    composer.post("/companies", body).await;
    let empty = published(&composer).await.json();
    assert_eq!(members(&empty), ["company", "rules", "revision"]);
    let company =
        json!({"company_id": COMPANY, "name": "Padaria", "plan": "pro", "region": null, "currency": "USD"});
    assert_eq!((&empty["company"], &empty["rules"]), (&company, &json!([])));

    let id = composer.save("products").await;
    composer.post("/payment-rules?draft=true", rule("products")).await;
    composer.post("/payment-rules?draft=true", rule("drafts")).await;
    let publication = published(&composer).await.json();
    let rules = publication["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(members(&rules[0]), ["rule_id", "name", "version", "document"]);
    assert_eq!(
        (rules[0]["rule_id"].as_str(), rules[0]["version"].to_string()),
        (Some(&*id), "1".to_owned())
    );
    let mut document = rule("products");
    document["language"] = json!(1);
    assert_eq!(rules[0]["document"]["rules"], document["rules"]);
    assert_eq!(rules[0]["document"]["language"].to_string(), "1");
}

#[tokio::test]
async fn who_knows_what_is_published_is_spared_it() {
    let composer = Composer::new();
    let id = composer.save("products").await;
    let known = published(&composer).await.header("etag").unwrap().to_owned();
    let path = format!("/companies/{COMPANY}/published-rules");
    let asked = async |tag: &str| {
        composer
            .send(Method::GET, &path, &[("If-None-Match", tag)], "")
            .await
    };
    let unchanged = asked(&known).await;
    assert_eq!(
        (unchanged.status, unchanged.header("etag"), unchanged.text()),
        (304, Some(&*known), "")
    );
    composer.post("/payment-rules?draft=true", rule("products")).await;
    assert_eq!(asked(&known).await.status, 304);
    publish(&composer, &id, 2, &[]).await;
    let changed = asked(&known).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag").unwrap(), known);
    assert_eq!(changed.json()["rules"][0]["version"].to_string(), "2");
    asked("unquoted").await.problem(400, "invalid_parameter");
}

#[tokio::test]
async fn versions_are_rolled_forward_and_back() {
    let composer = Composer::new();
    let id = composer.save("default").await;
    composer.save("default").await;
    let back = publish(&composer, &id, 1, &[]).await;
    assert_eq!((back.status, back.header("etag")), (200, Some("\"2\"")));
    let back = back.json();
    assert_eq!(
        (back["version"].to_string(), back["published_version"].to_string()),
        ("2".to_owned(), "1".to_owned())
    );
    publish(&composer, &id, 2, &[("If-Match", "\"1\"")])
        .await
        .problem(412, "stale_version");
    assert_eq!(
        publish(&composer, &id, 2, &[("If-Match", "\"2\"")]).await.json()["published_version"].to_string(),
        "2"
    );
    publish(&composer, &id, 3, &[])
        .await
        .problem(404, "unknown_version");
    publish(&composer, &id, 0, &[])
        .await
        .problem(404, "unknown_version");
    publish(&composer, &id, 3, &[("If-Match", "\"2\"")])
        .await
        .problem(404, "unknown_version");
}

#[tokio::test]
async fn an_archived_rule_is_run_no_more_until_it_is_saved_again() {
    let composer = Composer::new();
    let id = composer.save("default").await;
    archive(&composer, &id, &[("If-Match", "\"2\"")])
        .await
        .problem(412, "stale_version");
    let archived = archive(&composer, &id, &[("If-Match", "\"1\"")]).await.json();
    assert_eq!(
        (&archived["status"], &archived["published_version"]),
        (&json!("archived"), &Value::Null)
    );
    assert_eq!(archive(&composer, &id, &[]).await.json(), archived);
    assert_eq!(published(&composer).await.json()["rules"], json!([]));
    publish(&composer, &id, 1, &[])
        .await
        .problem(409, "rule_archived");
    publish(&composer, &id, 1, &[("If-Match", "*")])
        .await
        .problem(409, "rule_archived");
    assert_eq!(
        composer.get(&format!("/payment-rules/{id}")).await.json()["status"],
        "archived"
    );

    assert_eq!(composer.save("default").await, id);
    assert_eq!(
        published(&composer).await.json()["rules"][0]["version"].to_string(),
        "2"
    );
}

#[tokio::test]
async fn half_a_rule_is_kept_as_a_draft_and_not_published() {
    let composer = Composer::new();
    let half = json!({"company_id": COMPANY, "name": "half", "rules": [
        {"node_id": "is-book", "node_type": "condition", "expect": [{"field": "", "operator": "eq", "value": ["book"]}]},
        {"node_id": "invoice", "node_type": "task", "task_name": "payment.tasks.generate_invoice",
         "depends_on": [{"node_id": "is-book", "state": "success"}], "parameters": {"due_days": "soon"}},
    ], "layout": {"is-book": {"x": 16, "y": 32}}});
    composer
        .post("/payment-rules", half.clone())
        .await
        .problem(422, "invalid_rule");
    let draft = composer.post("/payment-rules?draft=true", half.clone()).await;
    assert_eq!(draft.status, 201, "{}", draft.json());
    let draft = draft.json();
    let pointers = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|finding| finding["pointer"].as_str().unwrap().to_owned())
            .collect()
    };
    let faults = ["/rules/0/expect/0/field", "/rules/1/parameters/due_days"];
    assert_eq!(
        pointers(&draft["warnings"]),
        [faults[0], faults[1], "/company_id"]
    );
    assert_eq!(draft["published_version"], Value::Null);
    let id = draft["id"].as_str().unwrap();
    let read = composer.get(&format!("/payment-rules/{id}")).await.json();
    assert_eq!(read["rules"], half["rules"]);
    assert_eq!(read["layout"], half["layout"]);

    let refused = publish(&composer, id, 1, &[]).await;
    let problem = refused.problem(422, "invalid_rule");
    assert_eq!(pointers(&problem["errors"]), faults);
    assert_eq!(published(&composer).await.json()["rules"], json!([]));

    let mut whole = half;
    whole["rules"][0]["expect"][0]["field"] = json!("$context.event.type");
    whole["rules"][1]["parameters"] = json!({"due_days": 7});
    composer.post("/payment-rules?draft=true", whole).await;
    assert_eq!(publish(&composer, id, 2, &[]).await.status, 200);
}

#[tokio::test]
async fn a_draft_that_cannot_be_drawn_or_belongs_to_nobody_is_refused() {
    let composer = Composer::new();
    let node = json!({"node_id": "a", "node_type": "condition", "expect": []});
    let twice = json!({"company_id": COMPANY, "rules": [node, node]});
    let nobodys = json!({"company_id": "mine", "rules": [node]});
    let unnamed = json!({"company_id": COMPANY, "name": 7, "rules": [node]});
    for document in [twice, nobodys, unnamed, json!({"rules": {}})] {
        composer
            .post("/payment-rules?draft=true", document)
            .await
            .problem(422, "invalid_rule");
    }
    assert!(composer.get("/payment-rules").await.items().is_empty());
}
