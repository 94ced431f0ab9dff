//! The log of requests. One test, alone in its process: whether a line is wanted is remembered for all
//! threads, also by those that do not listen.

#[cfg(test)]
mod support;

use support::lines::Lines;

#[tokio::test]
async fn the_log_has_a_line_per_request_and_each_cause_once() {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt()
        .json()
        .with_writer(lines.clone())
        .with_max_level(tracing::Level::INFO);
    let _guard = tracing::subscriber::set_default(log.finish());

    let api = service::mount(support::sample::Sample, support::setup().hot_path("/accounts"));
    let client = poem::test::TestClient::new(api);
    let get = |path: &'static str| client.get(path).header("x-correlation-id", "order-42").send();

    get("/broken/internal").await;
    let text = lines.text();
    assert_eq!(text.matches("hunter2").count(), 1, "{text}");
    assert_eq!(text.lines().count(), 2, "the cause and the request: {text}");
    assert!(text.lines().all(|line| line.contains("order-42")), "{text}");
    assert!(
        text.contains(r#""path":"/broken/internal","status":500"#),
        "{text}"
    );

    get("/accounts/00000000-0000-0000-0000-000000000001/entries/7").await;
    assert!(
        lines
            .text()
            .contains(r#""path":"/accounts/{account_id}/entries/{number}","status":200"#)
    );

    get("/nothing/here").await;
    assert!(lines.text().contains(r#""path":"/nothing/here","status":404"#));

    let before = lines.text();
    get("/accounts").await;
    get("/healthz").await;
    assert_eq!(
        lines.text(),
        before,
        "successes on hot paths are not logged at this level"
    );
    get("/accounts?limit=0").await;
    assert!(lines.text().contains(r#""path":"/accounts","status":400"#));
}
