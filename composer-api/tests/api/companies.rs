//! Creating, reading and listing companies.

use serde_json::{Value, json};

use crate::support::{COMPANY, Composer, members};

#[tokio::test]
async fn a_company_is_created_and_read() {
    let composer = Composer::new();
    let body = json!({"company_id": COMPANY, "name": "Padaria", "plan": "pro", "region": "sa-east", "currency": "JPY"});
    let created = composer.post("/companies", &body).await;
    assert_eq!(
        (created.status, created.header("location")),
        (201, Some(&*format!("/companies/{COMPANY}")))
    );
    let shape = created.json();
    assert_eq!(
        members(&shape),
        ["company_id", "name", "plan", "region", "currency", "created_at"]
    );
    assert_eq!(
        (&shape["currency"], &shape["created_at"]),
        (&json!("JPY"), &json!("2026-01-01T00:00:03Z"))
    );
    assert_eq!(composer.get(&format!("/companies/{COMPANY}")).await.json(), shape);
    let exists = composer
        .post("/companies", &body)
        .await
        .problem(409, "company_exists");
    assert!(exists["detail"].as_str().unwrap().contains(COMPANY));

    let unsaid = composer.post("/companies", json!({"name": "Outra"})).await.json();
    assert_eq!(
        (&unsaid["currency"], &unsaid["plan"]),
        (&json!("BRL"), &json!(null))
    );
    assert_eq!(unsaid["company_id"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn null_says_nothing_and_the_document_says_that_it_may() {
    let composer = Composer::new();
    let said = json!({"company_id": null, "name": "Padaria", "plan": null, "region": null, "currency": null});
    let created = composer.post("/companies", &said).await.json();
    assert_eq!(
        (&created["currency"], &created["plan"]),
        (&json!("BRL"), &json!(null))
    );
    let document = composer.get("/openapi.json").await.json();
    let members = &document["components"]["schemas"]["NewCompany"]["properties"];
    for (name, value) in said.as_object().unwrap() {
        assert_eq!(members[name]["nullable"] == true, value.is_null(), "{name}");
    }
    let nameless = composer.post("/companies", json!({"name": null})).await;
    assert_eq!(nameless.faults(400, "invalid_request"), ["/name missing"]);
}

#[tokio::test]
async fn what_is_no_company_is_refused_and_not_stored() {
    let composer = Composer::new();
    let refused = async |body: serde_json::Value| composer.post("/companies", body).await;
    let all =
        refused(json!({"company_id": COMPANY, "name": " ", "plan": "\u{7}", "currency": "reais"})).await;
    let expected = ["/name bad_value", "/plan bad_value", "/currency invalid_currency"];
    assert_eq!(all.faults(422, "invalid_company"), expected);
    let gold = refused(json!({"name": "Ouro", "currency": "XAU"})).await;
    assert_eq!(
        gold.faults(422, "invalid_company"),
        ["/currency invalid_currency"]
    );
    let long = refused(json!({"name": "a".repeat(121)})).await;
    assert_eq!(long.faults(422, "invalid_company"), ["/name bad_value"]);

    let unknown = refused(json!({"name": "Padaria", "curency": "BRL"})).await;
    assert_eq!(
        unknown.faults(400, "invalid_request"),
        ["/curency unknown_member"]
    );
    assert_eq!(
        refused(json!({"plan": "pro"}))
            .await
            .faults(400, "invalid_request"),
        ["/name missing"]
    );
    assert_eq!(
        refused(json!({"name": 7})).await.faults(400, "invalid_request"),
        ["/name invalid"]
    );
    let id = refused(json!({"company_id": "7", "name": "Padaria"})).await;
    assert_eq!(id.faults(400, "invalid_request"), ["/company_id invalid"]);
    composer
        .get(&format!("/companies/{COMPANY}"))
        .await
        .problem(404, "unknown_company");
    composer
        .get("/companies/7")
        .await
        .problem(400, "invalid_parameter");
}

#[tokio::test]
async fn companies_are_listed_newest_first() {
    let composer = Composer::new();
    assert_eq!(composer.get("/companies").await.items(), [] as [Value; 0]);
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let created = composer.post("/companies", json!({"name": name})).await.json();
        ids.push(created["company_id"].as_str().unwrap().to_owned());
    }
    let page = composer.get("/companies?limit=2").await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = composer.get(&format!("/companies?cursor={cursor}")).await.items();
    let listed: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .chain(&rest)
        .map(|company| company["company_id"].as_str().unwrap())
        .collect();
    ids.reverse();
    assert_eq!(listed, ids);
    let read = composer.get(&format!("/companies/{}", ids[2])).await.json();
    assert_eq!(rest, [read]);
}
