//! Statements: what an account opened with, what moved on it, what it closed with.

use futures_util::StreamExt as _;
use jiff::SignedDuration;
use ledger::{EntryDraft, Money, TransactionDraft};
use serde_json::{Value, json};

use crate::support::{Bank, COMPANY, Reply, act, on_every_kind, paid, payment, transfer};

on_every_kind!(
    a_statement_leads_from_its_opening_to_its_closing,
    pages_of_a_statement_stand_still,
    a_cursor_is_good_for_its_statement_alone,
    a_csv_is_what_the_pages_say,
    a_statement_says_what_payments_were_for,
    texts_in_a_csv_compute_nothing,
    a_long_statement_is_streamed,
    what_cannot_be_stated_is_refused,
);

/// Alice with 10.00, and then, a second apart, four transfers: 1.00 and 2.00 to Bob, 0.50 back, 3.00 to Bob.
async fn four_transfers(bank: &Bank) -> (String, String) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    for (key, amount) in [("t1", "1"), ("t2", "2"), ("t3", "-0.5"), ("t4", "3")] {
        bank.clock.advance(SignedDuration::from_secs(1));
        let reply = match amount.strip_prefix('-') {
            Some(returned) => bank.transfer(key, &bob, &alice, returned).await,
            None => bank.transfer(key, &alice, &bob, amount).await,
        };
        reply.json(201);
    }
    bank.clock.advance(SignedDuration::from_secs(1));
    (alice, bob)
}

async fn statement(bank: &Bank, account_id: &str, query: &str) -> Value {
    bank.get(&format!("/api/v1/accounts/{account_id}/statement?{query}"))
        .await
        .json(200)
}

async fn csv(bank: &Bank, account_id: &str, query: &str) -> Reply {
    let path = format!("/api/v1/accounts/{account_id}/statement?{query}");
    Reply::of(bank.begin(&path, "text/csv").await).await
}

/// The cells of a CSV without quotes.
fn rows(reply: &Reply) -> Vec<Vec<&str>> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let lines = reply.text().strip_suffix("\r\n").unwrap().split("\r\n");
    lines.map(|line| line.split(',').collect()).collect()
}

async fn a_statement_leads_from_its_opening_to_its_closing(bank: &Bank) {
    let (alice, _) = four_transfers(bank).await;
    let whole = statement(bank, &alice, "").await;
    let expected = json!({
        "account_id": alice, "company_id": COMPANY, "code": "alice", "kind": "liability", "currency": "BRL",
        "from": null, "to": null, "opening_balance": "0.00", "closing_balance": "4.50", "entries": 5,
        "total_debits": "6.00", "total_credits": "10.50", "next_cursor": null, "items": whole["items"],
    });
    assert_eq!(whole, expected);
    let item = &whole["items"][3];
    assert_eq!(
        (
            &item["number"],
            &item["direction"],
            &item["amount"],
            &item["balance_after"]
        ),
        (&json!(4), &json!("credit"), &json!("0.50"), &json!("7.50"))
    );
    assert_eq!(
        (
            &item["description"],
            &item["reference"].as_str().unwrap().starts_with("transfers/")
        ),
        (&Value::Null, &true)
    );
    // The third and the fourth entry: from its second to the one of the last.
    let part = statement(bank, &alice, "from=2026-01-01T00:00:05Z&to=2026-01-01T00:00:07Z").await;
    assert_eq!(
        [
            &part["opening_balance"],
            &part["closing_balance"],
            &part["total_debits"],
            &part["total_credits"]
        ],
        [&json!("9.00"), &json!("7.50"), &json!("2.00"), &json!("0.50")]
    );
    let numbers: Vec<&Value> = part["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["number"])
        .collect();
    assert_eq!(numbers, [&json!(3), &json!(4)]);
    for (query, balance) in [
        ("to=2026-01-01T00:00:03Z", "0.00"),
        ("from=2027-01-01T00:00:00Z", "4.50"),
        ("from=2026-01-01T00:00:05Z&to=2026-01-01T00:00:05Z", "9.00"),
    ] {
        let nothing = statement(bank, &alice, query).await;
        assert_eq!(
            (
                &nothing["opening_balance"],
                &nothing["closing_balance"],
                &nothing["items"]
            ),
            (&json!(balance), &json!(balance), &json!([])),
            "{query}"
        );
    }
}

async fn pages_of_a_statement_stand_still(bank: &Bank) {
    let (alice, bob) = four_transfers(bank).await;
    let first = statement(bank, &alice, "limit=2").await;
    bank.transfer("t5", &alice, &bob, "1").await.json(201);
    let mut items = first["items"].as_array().unwrap().clone();
    let mut cursor = first["next_cursor"].clone();
    while let Some(next) = cursor.as_str() {
        let page = statement(bank, &alice, &format!("limit=2&cursor={next}")).await;
        assert_eq!(page["closing_balance"], "4.50");
        assert_eq!(page["total_debits"], "6.00");
        items.extend(page["items"].as_array().unwrap().clone());
        cursor = page["next_cursor"].clone();
    }
    let numbers: Vec<Value> = items.iter().map(|item| item["number"].clone()).collect();
    assert_eq!(json!(numbers), json!([1, 2, 3, 4, 5]));
    let now = statement(bank, &alice, "").await;
    assert_eq!(
        (&now["closing_balance"], &now["entries"]),
        (&json!("3.50"), &json!(6))
    );
}

async fn a_cursor_is_good_for_its_statement_alone(bank: &Bank) {
    let (alice, bob) = four_transfers(bank).await;
    let first = statement(bank, &alice, "limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    // It ends elsewhere, was opened elsewhere, or is another account's.
    for (account_id, query) in [
        (&alice, "&to=2026-01-01T00:00:06Z"),
        (&alice, "&from=2026-01-01T00:00:04Z"),
        (&bob, ""),
    ] {
        let path = format!("/api/v1/accounts/{account_id}/statement?limit=2&cursor={cursor}{query}");
        assert_eq!(bank.get(&path).await.problem(400).0, "invalid_cursor", "{query}");
    }
    // One that ends with another entry than it did.
    let (numbers, seal) = cursor.split_at(32);
    let other = format!("{}4{seal}", &numbers[..31]);
    assert_ne!(other, cursor);
    let path = format!("/api/v1/accounts/{alice}/statement?limit=2&cursor={other}");
    assert_eq!(bank.get(&path).await.problem(400).0, "invalid_cursor");
}

async fn a_csv_is_what_the_pages_say(bank: &Bank) {
    let (alice, _) = four_transfers(bank).await;
    for query in [
        "",
        "from=2026-01-01T00:00:05Z&to=2026-01-01T00:00:07Z",
        "to=2026-01-01T00:00:03Z",
    ] {
        let json = statement(bank, &alice, query).await;
        let reply = csv(bank, &alice, query).await;
        assert_eq!(
            reply.header("content-type"),
            Some("text/csv; charset=utf-8; header=present")
        );
        let file = format!("attachment; filename=\"statement-{alice}.csv\"");
        assert_eq!(reply.header("content-disposition"), Some(file.as_str()));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let bound = |record: &str, at: &str, debits: String, credits: String, balance: &str| {
            let none = String::new;
            let at = text(&json[at]);
            let balance = text(&json[balance]);
            let record = record.to_owned();
            vec![
                record,
                none(),
                at,
                none(),
                none(),
                none(),
                debits,
                credits,
                balance,
                "BRL".to_owned(),
            ]
        };
        let mut expected = vec![bound(
            "opening",
            "from",
            String::new(),
            String::new(),
            "opening_balance",
        )];
        for item in json["items"].as_array().unwrap() {
            let (debit, credit) = match item["direction"].as_str().unwrap() {
                "debit" => (text(&item["amount"]), String::new()),
                _ => (String::new(), text(&item["amount"])),
            };
            expected.push(vec![
                "entry".to_owned(),
                item["number"].to_string(),
                text(&item["created_at"]),
                text(&item["transaction_id"]),
                text(&item["reference"]),
                text(&item["description"]),
                debit,
                credit,
                text(&item["balance_after"]),
                "BRL".to_owned(),
            ]);
        }
        let (debits, credits) = (text(&json["total_debits"]), text(&json["total_credits"]));
        expected.push(bound("closing", "to", debits, credits, "closing_balance"));
        let found = rows(&reply);
        assert_eq!(
            found[0].join(","),
            "record,number,created_at,transaction_id,reference,description,debit,credit,balance,currency"
        );
        assert_eq!(found[1..], expected, "{query}");
        let by_parameter = bank
            .get(&format!("/api/v1/accounts/{alice}/statement?{query}&format=csv"))
            .await;
        assert_eq!(by_parameter.text(), reply.text());
    }
}

/// A capture bears the payment's description; a refund its reason, or else the description.
async fn a_statement_says_what_payments_were_for(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "20").await, bank.account("bob", "0").await);
    let described = |capture: &str| {
        let mut body = payment(&alice, &bob, "5");
        (body["description"], body["capture"]) = (json!("rent"), json!(capture));
        body
    };
    let at_once = paid(bank, "p1", &described("automatic")).await;
    let reserved = paid(bank, "p2", &described("manual")).await;
    let id = |payment: &Value| payment["id"].as_str().unwrap().to_owned();
    act(bank, &id(&reserved), "capture", &Value::Null).await.json(200);
    for refund in [
        json!({"amount": "1", "reason": "it rained in"}),
        json!({"amount": "1"}),
    ] {
        act(bank, &id(&at_once), "refund", &refund).await.json(200);
    }
    paid(bank, "p3", &payment(&alice, &bob, "1")).await;
    let whole = statement(bank, &bob, "").await;
    let told: Vec<&Value> = whole["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["description"])
        .collect();
    assert_eq!(json!(told), json!(["rent", "rent", "it rained in", "rent", null]));
    bank.verify().await;
}

async fn texts_in_a_csv_compute_nothing(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    for (key, description) in [
        ("t1", "=HYPERLINK(\"http://evil\", \"x\")"),
        ("t2", "-1"),
        ("t3", "são, \"50\" pães"),
    ] {
        let mut body = transfer(&alice, &bob, "1");
        body["description"] = json!(description);
        bank.post_as(key, "/api/v1/transfers", &body).await.json(201);
    }
    bank.post_under("=rule", "alice", "bob", 1).await;
    let reply = csv(bank, &alice, "").await;
    for cell in [
        ",\"'=HYPERLINK(\"\"http://evil\"\", \"\"x\"\")\",1.00,,",
        ",'-1,1.00,,",
        ",\"são, \"\"50\"\" pães\",1.00,,",
        ",'=rule,,0.01,,",
    ] {
        assert!(reply.text().contains(cell), "{cell} is not in {}", reply.text());
    }
    let negative = json!({"company_id": COMPANY, "code": "mint", "currency": "BRL", "overdraft": true});
    let mint = bank.post("/api/v1/accounts", &negative).await.json(201)["id"].clone();
    let mint = mint.as_str().unwrap();
    bank.transfer("t4", mint, &bob, "5").await.json(201);
    let reply = csv(bank, mint, "").await;
    assert!(
        reply.text().ends_with("5.00,0.00,-5.00,BRL\r\n"),
        "an amount is no text"
    );
}

/// Takes 500.00 from Alice in 50,000 entries of a cent.
async fn fifty_thousand_entries(bank: &Bank) -> String {
    let alice = bank.account("alice", "501").await;
    bank.account("bob", "0").await;
    let brl = "BRL".parse().unwrap();
    for group in 0..10 {
        let drafts = (0..10).map(|number| {
            let mut entries = vec![EntryDraft::debit("alice".parse().unwrap(), Money::new(1, brl)); 500];
            entries.push(EntryDraft::credit("bob".parse().unwrap(), Money::new(500, brl)));
            (
                format!("many {group} {number}"),
                TransactionDraft::new(entries).unwrap(),
            )
        });
        bank.post_all(drafts.collect()).await;
    }
    alice
}

async fn a_long_statement_is_streamed(bank: &Bank) {
    let alice = fifty_thousand_entries(bank).await;
    let path = format!("/api/v1/accounts/{alice}/statement?format=csv");
    let mut chunks = bank.begin(&path, "*/*").await.into_body().into_bytes_stream();
    let (mut text, mut largest) = (Vec::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.unwrap();
        largest = largest.max(chunk.len());
        text.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(text).unwrap();
    let mut lines = text.lines();
    assert_eq!(text.lines().count(), 1 + 1 + 50_001 + 1);
    assert_eq!(lines.next_back(), Some("closing,,,,,,500.00,501.00,1.00,BRL"));
    assert!(lines.next_back().unwrap().ends_with(",0.01,,1.00,BRL"));
    assert!(largest < 100_000, "{largest} bytes were in memory at once");

    // It is sent while it is read: once the store is away it breaks off.
    let mut chunks = bank.begin(&path, "*/*").await.into_body().into_bytes_stream();
    assert!(chunks.next().await.unwrap().unwrap().starts_with(b"record,"));
    assert!(chunks.next().await.unwrap().unwrap().starts_with(b"entry,1,"));
    bank.store.close().await;
    let rest: Vec<_> = chunks.collect().await;
    assert!(rest.len() < 3 && rest.last().unwrap().is_err());
}

async fn what_cannot_be_stated_is_refused(bank: &Bank) {
    let (alice, _) = four_transfers(bank).await;
    let path = |query: &str| format!("/api/v1/accounts/{alice}/statement?{query}");
    for (query, code, pointer) in [
        ("from=yesterday", "invalid_parameter", "from"),
        (
            "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
            "invalid_parameter",
            "to",
        ),
        ("format=xml", "invalid_parameter", "format"),
        (
            "format=csv&cursor=00000000000000010000000000000002",
            "invalid_parameter",
            "cursor",
        ),
    ] {
        bank.get(&path(query)).await.refused(400, code, pointer);
    }
    for cursor in ["00", "ffffffffffffffff0000000000000001", &"00".repeat(17)] {
        let refused = bank.get(&path(&format!("cursor={cursor}"))).await;
        assert_eq!(refused.problem(400).0, "invalid_cursor", "{cursor}");
    }
    let nobody = bank
        .get("/api/v1/accounts/b5aa9687-d61f-467c-973e-f55d446981dc/statement")
        .await;
    assert_eq!(nobody.problem(404).0, "account_not_found");
}
