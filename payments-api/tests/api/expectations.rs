//! A request that cannot be read is told what was expected.

use poem::{Body, Endpoint as _, Request, http::Method};
use serde_json::{Value, json};

use crate::support::{Bank, COMPANY, Reply, on_every_kind, payment, transfer};

on_every_kind!(
    a_member_says_what_it_takes,
    a_parameter_says_what_it_takes,
    no_list_ends_before_it_begins,
    a_weak_tag_is_told_apart,
    a_body_is_plain,
);

/// What is said of the one fault: its place, its code, and the sentence.
fn fault(reply: &Reply, status: u16) -> (String, String, String) {
    reply.problem(status);
    let problem: Value = serde_json::from_str(reply.text()).unwrap();
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{problem}");
    let member = |name: &str| errors[0][name].as_str().unwrap().to_owned();
    (member("pointer"), member("code"), member("detail"))
}

async fn a_member_says_what_it_takes(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "9").await, bank.account("bob", "0").await);
    let mut wrong = transfer(&alice, &bob, "1");
    wrong["amount"] = json!(true);
    let refused = bank.post_as("k", "/api/v1/transfers", &wrong).await;
    let expected = "Expected a string or a number, found true.";
    assert_eq!(fault(&refused, 400), told("/amount", "invalid", expected));
    let mut wrong = payment(&alice, &bob, "1");
    wrong["payment_type"] = json!("cash");
    let refused = bank.post_as("k", "/api/v1/payments", &wrong).await;
    let expected = "Expected one of \"internal\", \"external\", found the string \"cash\".";
    assert_eq!(fault(&refused, 400), told("/payment_type", "invalid", expected));
    for seconds in [json!(-5), json!(0), json!(1_000_000_000_000_i64)] {
        let mut wrong = transfer(&alice, &bob, "1");
        wrong["expires_in_s"] = seconds;
        let refused = bank.post_as("k", "/api/v1/holds", &wrong).await;
        let expected = "A hold expires in 1 to 31622400 seconds.";
        assert_eq!(
            fault(&refused, 422),
            told("/expires_in_s", "invalid_expiry", expected)
        );
    }
    let mut wrong = transfer(&alice, &bob, "1");
    wrong["expires_in_s"] = json!(1.5);
    let refused = bank.post_as("k", "/api/v1/holds", &wrong).await;
    let expected = "Expected a whole number, found the number 1.5.";
    assert_eq!(fault(&refused, 400), told("/expires_in_s", "invalid", expected));
}

fn told(pointer: &str, code: &str, detail: &str) -> (String, String, String) {
    (pointer.to_owned(), code.to_owned(), detail.to_owned())
}

async fn a_parameter_says_what_it_takes(bank: &Bank) {
    for (path, name, code, detail) in [
        (
            "/api/v1/payments?status=paid",
            "status",
            "invalid",
            "expected one of pending, processing, authorized,",
        ),
        (
            "/api/v1/ledger/entries",
            "company_id",
            "missing",
            "`company_id` is required: a UUID.",
        ),
        (
            "/api/v1/payments?limit=0",
            "limit",
            "invalid",
            "it is a whole number from 1 to 200.",
        ),
        (
            "/api/v1/payments?from=2026-01-31+09:30:00Z",
            "from",
            "invalid",
            "(RFC 3339)",
        ),
        (
            "/api/v1/payments?account_id=7",
            "account_id",
            "invalid",
            "it is a UUID such as",
        ),
    ] {
        let (found, found_code, found_detail) = fault(&bank.get(path).await, 400);
        assert_eq!((found.as_str(), found_code.as_str()), (name, code), "{path}");
        assert!(found_detail.contains(detail), "{found_detail}");
        assert!(
            !found_detail.contains("pars") && !found_detail.contains("optional_"),
            "{found_detail}"
        );
    }
}

async fn no_list_ends_before_it_begins(bank: &Bank) {
    let alice = bank.account("alice", "1").await;
    let reversed = "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z";
    for path in [
        format!("/api/v1/payments?{reversed}"),
        format!("/api/v1/accounts/{alice}/transactions?{reversed}"),
        format!("/api/v1/accounts/{alice}/statement?{reversed}"),
        format!("/api/v1/ledger/entries?company_id={COMPANY}&{reversed}"),
        format!("/api/v1/ledger/transactions?company_id={COMPANY}&{reversed}"),
    ] {
        bank.get(&path).await.refused(400, "invalid_parameter", "to");
    }
    for query in ["format=csv&limit=1", "format=csv&limit=50"] {
        let path = format!("/api/v1/accounts/{alice}/statement?{query}");
        bank.get(&path).await.refused(400, "invalid_parameter", "limit");
    }
}

/// Sends a body with a header.
async fn post_with(bank: &Bank, path: &str, header: [&'static str; 2], body: &'static str) -> Reply {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path.parse().unwrap())
        .header(header[0], header[1])
        .body(Body::from(body));
    Reply::of(bank.endpoint.get_response(request).await).await
}

async fn a_weak_tag_is_told_apart(bank: &Bank) {
    let alice = bank.account("alice", "1").await;
    let path = format!("/api/v1/accounts/{alice}/freeze");
    let refused = post_with(bank, &path, ["if-match", "W/\"1\""], "").await;
    assert_eq!(refused.problem(412).0, "stale_version");
    assert!(refused.text().contains("weak"), "{}", refused.text());
}

async fn a_body_is_plain(bank: &Bank) {
    let gzip = ["content-encoding", "gzip"];
    let refused = post_with(bank, "/api/v1/transfers", gzip, "{}").await;
    assert_eq!(refused.problem(415).0, "unsupported_media_type");
    let path = format!(
        "/api/v1/reconciliations?company_id={COMPANY}&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
    );
    let utf_16 = ["content-type", "text/csv; charset=utf-16"];
    let refused = post_with(bank, &path, utf_16, "").await;
    assert_eq!(refused.problem(415).0, "unsupported_media_type");
}
