//! The OpenAPI document and its pages.

#[cfg(test)]
mod support;

use serde_json::Value;
use support::{Server, sample::Sample, setup};

async fn document() -> Value {
    let server = Server::sample().await;
    let reply = server.get("/openapi.json").await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.json()
}

#[tokio::test]
async fn every_operation_documents_its_problems() {
    let document = document().await;
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert_eq!(
                problem["schema"]["$ref"], "#/components/schemas/Problem",
                "{method} {path}"
            );
        }
    }
    assert_eq!(operations, 14 + 2);
    let responses = &document["paths"]["/accounts"]["post"]["responses"];
    let statuses: Vec<&String> = responses.as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["200", "400", "413", "415", "default"]);
    let problem = &document["components"]["schemas"]["Problem"];
    for member in [
        "type",
        "title",
        "status",
        "detail",
        "code",
        "correlation_id",
        "errors",
    ] {
        assert!(problem["properties"].get(member).is_some(), "{member}");
    }
}

#[tokio::test]
async fn bodies_answers_and_parameters_have_schemas() {
    let document = document().await;
    let accounts = &document["paths"]["/accounts"];
    let body = &accounts["post"]["requestBody"];
    assert_eq!(
        body["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/CreateAccount"
    );
    assert_eq!(body["required"], true);
    let event = &document["paths"]["/events"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(event["type"], "object");
    let page = &document["components"]["schemas"]["Page_string"];
    assert_eq!(page["properties"]["items"]["type"], "array");
    let limit = &accounts["get"]["parameters"][0];
    assert_eq!(
        (limit["name"].as_str(), limit["required"].as_bool()),
        (Some("limit"), Some(false))
    );
    assert_eq!(limit["schema"]["default"].to_string(), "50");
    let if_match = &document["paths"]["/accounts/{account_id}"]["put"]["parameters"][1];
    assert_eq!(
        (if_match["name"].as_str(), if_match["in"].as_str()),
        (Some("If-Match"), Some("header"))
    );
    assert_eq!(if_match["required"], false);
}

#[tokio::test]
async fn the_docs_need_no_internet() {
    let server = Server::sample().await;
    for path in ["/docs", "/docs/"] {
        let docs = server.get(path).await;
        assert_eq!(docs.status, 200);
        assert_eq!(docs.header("content-type"), Some("text/html; charset=utf-8"));
        let page = String::from_utf8(docs.body.to_vec()).unwrap();
        for fetched in [
            "<link",
            "<script src",
            "<script charset=\"UTF-8\" src",
            "@import",
            "fonts.googleapis",
        ] {
            assert!(!page.contains(fetched), "{fetched}");
        }
        assert!(page.contains("An API to try the service room with."));
    }
}

#[tokio::test]
async fn a_service_may_have_routes_beside_its_api() {
    let page = poem::endpoint::make_sync(|_| "home");
    let asset = poem::endpoint::make_sync(|request| request.raw_path_param("path").unwrap().to_owned());
    let setup = setup().get("/", page).get("/assets/*path", asset);
    let server = Server::of(service::mount(Sample, setup)).await;
    assert_eq!(&*server.get("/").await.body, b"home");
    assert_eq!(&*server.get("/assets/js/app.js").await.body, b"js/app.js");
    assert_eq!(server.get("/accounts").await.status, 200);
    server.get("/nothing").await.problem(404, "not_found");
}
