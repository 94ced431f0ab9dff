//! A provider's settlements compared with payments.

use jiff::SignedDuration;
use poem::{Body, Endpoint as _, Request, http::Method};
use serde_json::{Value, json};

use crate::support::{Bank, COMPANY, Reply, SETTLEMENTS_LIMIT_BYTES, act, on_every_kind, paid, payment};

on_every_kind!(
    every_line_is_in_one_class,
    an_unclosed_quote_hides_no_line,
    both_kinds_of_file_say_the_same,
    only_payments_of_the_time_are_missing_there,
    what_is_shown_is_cut,
    what_cannot_be_compared_is_refused,
);

const SPAN: &str = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
const NOBODY: &str = "01a1ff67-d29e-73d0-a832-c373ccb30b99";

async fn send(bank: &Bank, content_type: &str, query: &str, body: String) -> Reply {
    let path = format!("/api/v1/reconciliations?company_id={COMPANY}&{query}");
    let request = Request::builder().method(Method::POST).uri(path.parse().unwrap());
    let request = request
        .header("content-type", content_type)
        .body(Body::from(body));
    Reply::of(bank.endpoint.get_response(request).await).await
}

async fn csv(bank: &Bank, query: &str, lines: &[String]) -> Reply {
    let body = format!("payment_id,amount,currency,status\n{}\n", lines.join("\n"));
    send(bank, "text/csv", query, body).await
}

/// Seven payments of 20.00 from Alice to Bob: captured twice, captured of 12.50, refunded of 5.00, refunded, declined,
/// authorized.
async fn payments(bank: &Bank) -> [String; 7] {
    let (alice, bob) = (bank.account("alice", "200").await, bank.account("bob", "0").await);
    let poor = bank.account("poor", "1").await;
    let made = |key: &'static str, from: String, capture: &'static str| {
        let mut body = payment(&from, &bob, "20");
        body["capture"] = json!(capture);
        async move { paid(bank, key, &body).await["id"].as_str().unwrap().to_owned() }
    };
    let captured = made("p1", alice.clone(), "automatic").await;
    let again = made("p2", alice.clone(), "automatic").await;
    let in_part = made("p3", alice.clone(), "manual").await;
    act(bank, &in_part, "capture", &json!({"amount": "12.50"}))
        .await
        .json(200);
    let partly = made("p4", alice.clone(), "automatic").await;
    act(bank, &partly, "refund", &json!({"amount": "5"}))
        .await
        .json(200);
    let refunded = made("p5", alice.clone(), "automatic").await;
    act(bank, &refunded, "refund", &Value::Null).await.json(200);
    let declined = made("p6", poor, "automatic").await;
    let authorized = made("p7", alice, "manual").await;
    [captured, again, in_part, partly, refunded, declined, authorized]
}

async fn every_line_is_in_one_class(bank: &Bank) {
    let [captured, again, in_part, partly, refunded, declined, authorized] = payments(bank).await;
    let agreed = [
        format!("{captured},20,BRL,captured"),
        format!("{in_part},12.50,BRL,captured"),
        format!("{partly},15.00,BRL,partially_refunded"),
        format!("{refunded},0,BRL,refunded"),
        format!("{declined},20.00,BRL,declined"),
    ];
    let mut lines = agreed.to_vec();
    lines.push(format!("{again},20.00,BRL,captured"));
    let report = csv(bank, SPAN, &lines).await.json(200);
    assert_eq!(
        (&report["matched"], &report["reconciled"], &report["cut"]),
        (&json!(6), &json!(true), &json!([]))
    );

    let mut lines = agreed[2..].to_vec();
    lines.push(format!("{captured},20.01,BRL,captured"));
    lines.push(format!("{in_part},12.50,USD,captured"));
    lines.push(format!("{authorized},20.00,BRL,captured"));
    lines.push(format!("{captured},20.00,BRL,captured"));
    lines.push(format!("{NOBODY},1.00,BRL,captured"));
    lines.push(format!("{captured},1.001,BRL,captured"));
    let report = csv(bank, SPAN, &lines).await.json(200);
    let counts = json!({"lines": 9, "matched": 3, "missing_here": 1, "missing_there": 1, "amount_differs": 2,
        "status_differs": 1, "duplicate": 1, "invalid": 1});
    assert_eq!(
        (&report["counts"], &report["reconciled"]),
        (&counts, &json!(false))
    );
    let side = |amount: &str, currency: &str, status: &str| json!({"amount": amount, "currency": currency, "status": status});
    let expected = json!([
        {"line": 5, "payment_id": captured, "here": side("20.00", "BRL", "captured"), "there": side("20.01", "BRL", "captured")},
        {"line": 6, "payment_id": in_part, "here": side("12.50", "BRL", "captured"), "there": side("12.50", "USD", "captured")},
    ]);
    assert_eq!(report["amount_differs"], expected);
    let expected = json!([{"line": 7, "payment_id": authorized, "here": side("0.00", "BRL", "authorized"),
        "there": side("20.00", "BRL", "captured")}]);
    assert_eq!(report["status_differs"], expected);
    assert_eq!(
        report["duplicate"],
        json!([{"line": 8, "first_line": 5, "payment_id": captured}])
    );
    assert_eq!(
        report["missing_here"],
        json!([{"line": 9, "payment_id": NOBODY, "amount": "1.00", "currency": "BRL", "status": "captured"}])
    );
    assert_eq!(report["invalid"][0]["line"], json!(10));
    let missing = &report["missing_there"][0];
    assert_eq!(
        (&missing["payment_id"], &missing["amount"], &missing["status"]),
        (&json!(again), &json!("20.00"), &json!("captured"))
    );
    bank.verify().await;
}

async fn an_unclosed_quote_hides_no_line(bank: &Bank) {
    let [captured, ..] = payments(bank).await;
    let lines = [
        format!("{captured},20,BRL,captured,\"5"),
        format!("{NOBODY},1.00,BRL,captured,"),
        "nothing".to_owned(),
    ];
    let body = format!("payment_id,amount,currency,status,note\n{}\n", lines.join("\n"));
    let report = send(bank, "text/csv", SPAN, body).await.json(200);
    let (counts, reconciled) = (&report["counts"], &report["reconciled"]);
    assert_eq!(
        (
            &counts["lines"],
            &counts["matched"],
            &counts["missing_here"],
            &counts["invalid"],
            reconciled
        ),
        (&json!(3), &json!(0), &json!(1), &json!(2), &json!(false))
    );
    assert_eq!(report["invalid"][0]["line"], json!(2));
}

async fn both_kinds_of_file_say_the_same(bank: &Bank) {
    let [captured, _, in_part, ..] = payments(bank).await;
    let rows = [(&captured, "20.00", "captured"), (&in_part, "1", "refunded")];
    let lines = rows.map(|(id, amount, status)| format!("{id},{amount},BRL,{status}"));
    let by_csv = csv(bank, SPAN, &lines).await.json(200);
    let mut lines = vec![String::new()];
    lines.extend(rows.map(|(id, amount, status)| {
        json!({"payment_id": id, "amount": amount, "currency": "BRL", "status": status, "fee": 0.1})
            .to_string()
    }));
    let by_json = send(bank, "application/x-ndjson", SPAN, lines.join("\n"))
        .await
        .json(200);
    assert_eq!(by_csv, by_json);
    assert_eq!(
        (&by_csv["matched"], &by_csv["counts"]["status_differs"]),
        (&json!(1), &json!(1))
    );
}

async fn only_payments_of_the_time_are_missing_there(bank: &Bank) {
    let [captured, ..] = payments(bank).await;
    bank.clock.advance(SignedDuration::from_hours(48));
    let lines = [format!("{captured},20,BRL,captured")];
    let report = csv(bank, SPAN, &lines).await.json(200);
    assert_eq!(
        (&report["matched"], &report["counts"]["missing_there"]),
        (&json!(1), &json!(4))
    );
    let later = "from=2026-01-02T00:00:00Z&to=2026-01-09T00:00:00Z";
    let report = csv(bank, later, &lines).await.json(200);
    assert_eq!(
        (&report["matched"], &report["reconciled"]),
        (&json!(1), &json!(true)),
        "a line is for any payment"
    );
    let of_stripe = format!("{SPAN}&provider=stripe");
    let report = csv(bank, &of_stripe, &lines).await.json(200);
    assert_eq!(
        (
            &report["counts"]["missing_here"],
            &report["counts"]["missing_there"]
        ),
        (&json!(1), &json!(0)),
        "it is not through this provider"
    );
}

async fn what_is_shown_is_cut(bank: &Bank) {
    payments(bank).await;
    let lines: Vec<String> = (0..1_001).map(|_| "nothing".to_owned()).collect();
    let report = csv(bank, SPAN, &lines).await.json(200);
    assert_eq!(
        (&report["counts"]["invalid"], &report["cut"]),
        (&json!(1_001), &json!(["invalid"]))
    );
    assert_eq!(report["invalid"].as_array().unwrap().len(), 1_000);
}

async fn what_cannot_be_compared_is_refused(bank: &Bank) {
    payments(bank).await;
    let refused = send(bank, "text/csv", SPAN, "payment_id,amount\n".to_owned()).await;
    assert_eq!(refused.problem(422).0, "invalid_settlements");
    let refused = send(bank, "application/json", SPAN, "{}".to_owned()).await;
    assert_eq!(refused.problem(415).0, "unsupported_media_type");
    let large = " ".repeat(SETTLEMENTS_LIMIT_BYTES + 1);
    let refused = send(bank, "application/x-ndjson", SPAN, large).await;
    assert_eq!(refused.problem(413).0, "body_too_large");
    let fits = " ".repeat(SETTLEMENTS_LIMIT_BYTES);
    send(bank, "application/x-ndjson", SPAN, fits).await.json(200);
    let refused = send(bank, "text/csv", "from=2026-01-01T00:00:00Z", String::new()).await;
    refused.refused(400, "invalid_parameter", "to");
    let path = format!("/api/v1/reconciliations?company_id={NOBODY}&{SPAN}");
    let request = Request::builder().method(Method::POST).uri(path.parse().unwrap());
    let request = request.header("content-type", "text/csv").body(Body::empty());
    let unknown = Reply::of(bank.endpoint.get_response(request).await).await;
    assert_eq!(unknown.problem(404).0, "unknown_company");
    let opened = bank
        .post("/api/v1/accounts", &json!({"x": " ".repeat(1 << 20)}))
        .await;
    assert_eq!(
        opened.problem(413).0,
        "body_too_large",
        "other bodies keep their limit"
    );
}
