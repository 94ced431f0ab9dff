//! The OpenAPI document.

use crate::support::World;

#[tokio::test]
async fn the_document_shows_both_calls_and_what_they_answer() {
    let world = World::new().await;
    let document = world.get("/openapi.json").await.json();
    let payment = &document["paths"]["/payment"]["post"];
    for status in ["200", "400", "413", "415", "default"] {
        assert!(
            payment["responses"][status].is_object(),
            "{status} is missing: {payment}"
        );
    }
    assert_eq!(payment["parameters"][0]["name"], "webhook-id");
    let event = &payment["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(
        (
            &event["required"][0],
            &event["properties"]["company_id"]["format"]
        ),
        (&"company_id".into(), &"uuid".into())
    );

    let batch = &document["paths"]["/payments/batch"]["post"];
    assert!(batch["requestBody"]["content"]["application/x-ndjson"].is_object());
    assert!(batch["responses"]["200"]["content"]["application/x-ndjson"].is_object());
    for schema in [
        "Accepted",
        "AcceptedStatus",
        "PinnedRule",
        "LineAnswer",
        "LineStatus",
        "Problem",
    ] {
        assert!(document["components"]["schemas"][schema].is_object(), "{schema}");
    }
}
