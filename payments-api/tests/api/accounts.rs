//! Accounts: opened, read, listed, frozen, closed, and what is said of them.

use poem::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Bank, COMPANY, on_every_kind, paid, payment, transfer};

on_every_kind!(
    an_account_needs_little,
    an_account_takes_much,
    an_account_is_opened_once,
    the_systems_own_accounts_are_as_it_opens_them,
    faults_name_their_member,
    a_frozen_account_refuses_what_would_take_from_it,
    an_account_is_closed_at_zero,
    terms_change_under_their_version,
    an_owner_goes_as_it_came,
    what_changes_nothing_raises_no_version,
    the_status_changes_under_its_version,
    what_moved_is_listed,
    accounts_are_listed,
    what_is_not_there_is_not_found,
    an_id_has_one_form,
);

async fn an_account_needs_little(bank: &Bank) {
    let account = json!({"company_id": COMPANY, "code": "alice", "currency": "BRL"});
    let opened = bank.post("/api/v1/accounts", &account).await;
    let body = opened.json(201);
    let id = body["id"].as_str().unwrap();
    let expected = json!({
        "id": id, "company_id": COMPANY, "code": "alice", "currency": "BRL", "kind": "liability", "overdraft": false,
        "status": "open", "owner": null, "metadata": {}, "version": 1,
    });
    assert_eq!(body, expected);
    let path = format!("/api/v1/accounts/{id}");
    assert_eq!(opened.header("location"), Some(path.as_str()));
    let read = bank.get(&path).await;
    assert_eq!(read.json(200), expected);
    assert_eq!(read.header("etag"), Some("\"1\""));
    let balance = bank.get(&format!("{path}/balance")).await.json(200);
    let nothing = json!({"account_id": id, "currency": "BRL", "balance": "0.00", "pending": "0.00", "available": "0.00"});
    assert_eq!(balance, nothing);
}

async fn an_account_takes_much(bank: &Bank) {
    let account = json!({
        "company_id": COMPANY, "code": "bank:itau", "currency": "KWD", "kind": "asset", "overdraft": true,
        "owner": "Padaria Central", "metadata": {"tier": 1.50}, "initial_balance": 12.345,
    });
    let body = bank.post("/api/v1/accounts", &account).await.json(201);
    assert_eq!(
        (&body["kind"], &body["overdraft"], &body["owner"]),
        (&json!("asset"), &json!(true), &json!("Padaria Central"))
    );
    assert_eq!(body["metadata"].to_string(), r#"{"tier":1.5}"#);
    assert_eq!(bank.balance(body["id"].as_str().unwrap()).await, "12.345");
    let funding = bank
        .get(&format!("/api/v1/accounts?company_id={COMPANY}&code=funding"))
        .await
        .json(200);
    let funding = &funding["items"][0];
    assert_eq!(
        (&funding["kind"], &funding["currency"]),
        (&json!("equity"), &json!("KWD"))
    );
    bank.verify().await;
}

async fn an_account_is_opened_once(bank: &Bank) {
    bank.account("alice", "1.00").await;
    let again = json!({"company_id": COMPANY, "code": "alice", "currency": "BRL", "initial_balance": "5.00"});
    bank.post("/api/v1/accounts", &again)
        .await
        .refused(409, "account_exists", "/code");
    bank.account_in("alice", "USD", "0").await;
    let bob = json!({"company_id": COMPANY, "code": "bob", "currency": "BRL"});
    let first = bank.post_as("k", "/api/v1/accounts", &bob).await;
    let second = bank.post_as("k", "/api/v1/accounts", &bob).await;
    assert_eq!(first.json(201), second.json(201));
    assert!(!first.is_replayed() && second.is_replayed());
}

async fn the_systems_own_accounts_are_as_it_opens_them(bank: &Bank) {
    for code in ["exchange", "funding"] {
        let account = json!({"company_id": COMPANY, "code": code, "currency": "BRL"});
        for (member, value) in [("kind", json!("liability")), ("overdraft", json!(false))] {
            let mut other = account.clone();
            other[member] = value;
            bank.post("/api/v1/accounts", &other).await.refused(
                422,
                "invalid_account",
                &format!("/{member}"),
            );
        }
        let opened = bank.post("/api/v1/accounts", &account).await.json(201);
        assert_eq!(
            (&opened["kind"], &opened["overdraft"]),
            (&json!("equity"), &json!(true))
        );
    }
    let account = json!({
        "company_id": COMPANY, "code": "exchange", "currency": "JPY", "kind": "equity", "overdraft": true,
    });
    let yen = bank.post("/api/v1/accounts", &account).await.json(201);
    let (alice, bob) = (
        bank.account("alice", "10").await,
        bank.account_in("bob", "JPY", "0").await,
    );
    for change in ["close", "freeze"] {
        let path = format!("/api/v1/accounts/{}/{change}", yen["id"].as_str().unwrap());
        let refused = bank.post(&path, &Value::Null).await;
        assert_eq!(refused.problem(422).0, "invalid_account", "{change}");
    }
    let mut exchanged = payment(&alice, &bob, "10");
    exchanged["exchange"] = json!({"currency": "JPY", "rate": "29.7"});
    assert_eq!(paid(bank, "p", &exchanged).await["status"], "captured");
    assert_eq!(bank.balance(&bob).await, "297");
    bank.verify().await;
}

async fn faults_name_their_member(bank: &Bank) {
    let good = json!({"company_id": COMPANY, "code": "alice", "currency": "BRL"});
    let faults: [(&str, Value, u16, &str); 10] = [
        ("code", json!("a b"), 422, "invalid_account"),
        ("currency", json!("REAL"), 422, "invalid_currency"),
        ("kind", json!("wealth"), 400, "invalid_request"),
        ("overdraft", json!("no"), 400, "invalid_request"),
        ("owner", json!("a\u{7}"), 422, "invalid_text"),
        ("owner", json!(""), 422, "invalid_text"),
        ("metadata", json!([]), 400, "invalid_request"),
        ("initial_balance", json!("-1"), 422, "invalid_amount"),
        ("initial_balance", json!("0.001"), 422, "invalid_amount"),
        ("ovrdraft", json!(true), 400, "invalid_request"),
    ];
    for (member, value, status, code) in faults {
        let mut account = good.clone();
        account[member] = value;
        bank.post("/api/v1/accounts", &account)
            .await
            .refused(status, code, &format!("/{member}"));
    }
    let listed = bank.get("/api/v1/accounts").await.json(200);
    assert_eq!(listed["items"], json!([]), "nothing was opened");
}

async fn a_frozen_account_refuses_what_would_take_from_it(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "10").await);
    let path = |what: &str| format!("/api/v1/accounts/{alice}/{what}");
    for _ in 0..2 {
        let frozen = bank.post(&path("freeze"), &Value::Null).await.json(200);
        assert_eq!(
            (&frozen["status"], &frozen["version"]),
            (&json!("frozen"), &json!(2))
        );
    }
    bank.transfer("t1", &alice, &bob, "1")
        .await
        .refused(422, "account_frozen", "/source_account_id");
    bank.transfer("t2", &bob, &alice, "1").await.json(201);
    let open = bank.post(&path("unfreeze"), &Value::Null).await.json(200);
    assert_eq!((&open["status"], &open["version"]), (&json!("open"), &json!(3)));
    bank.transfer("t3", &alice, &bob, "1").await.json(201);
    assert_eq!(bank.balance(&alice).await, "10.00");
}

async fn an_account_is_closed_at_zero(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    let close = format!("/api/v1/accounts/{alice}/close");
    let (code, _) = bank.post(&close, &Value::Null).await.problem(422);
    assert_eq!(code, "account_not_empty");
    bank.transfer("t1", &alice, &bob, "10").await.json(201);
    let closed = bank.post(&close, &Value::Null).await.json(200);
    assert_eq!(closed["status"], "closed");
    bank.transfer("t2", &bob, &alice, "1")
        .await
        .refused(422, "account_closed", "/destination_account_id");
    bank.transfer("t3", &alice, &bob, "1")
        .await
        .refused(422, "account_closed", "/source_account_id");
    let freeze = format!("/api/v1/accounts/{alice}/freeze");
    let (code, _) = bank.post(&freeze, &Value::Null).await.problem(422);
    assert_eq!(code, "account_closed");
}

async fn terms_change_under_their_version(bank: &Bank) {
    let path = format!("/api/v1/accounts/{}", bank.account("alice", "1").await);
    let change = |tag: &'static str, body: Value| {
        let path = &path;
        async move { bank.send(Method::PATCH, path, &[("If-Match", tag)], &body).await }
    };
    let changed = change("\"1\"", json!({"owner": "Alice", "metadata": {"a": 1}})).await;
    assert_eq!(changed.header("etag"), Some("\"2\""));
    assert_eq!(changed.json(200)["owner"], "Alice");
    change("\"1\"", json!({"owner": "Eve"}))
        .await
        .refused(412, "stale_version", "If-Match");
    let changed = change("\"2\"", json!({"metadata": {"b": 2}})).await.json(200);
    assert_eq!(
        (&changed["owner"], &changed["metadata"], &changed["version"]),
        (&json!("Alice"), &json!({"b": 2}), &json!(3))
    );
    assert_eq!(bank.get(&path).await.json(200), changed);
    let unguarded = bank
        .send(Method::PATCH, &path, &[], &json!({"owner": "Ann"}))
        .await;
    assert_eq!(unguarded.json(200)["version"], 4);
}

async fn an_owner_goes_as_it_came(bank: &Bank) {
    let path = format!("/api/v1/accounts/{}", bank.account("alice", "1").await);
    let change = |body: Value| {
        let path = &path;
        async move { bank.send(Method::PATCH, path, &[], &body).await }
    };
    assert_eq!(
        change(json!({"owner": "Alice"})).await.json(200)["owner"],
        "Alice"
    );
    change(json!({"owner": ""}))
        .await
        .refused(422, "invalid_text", "/owner");
    change(json!({"owner": 7}))
        .await
        .refused(400, "invalid_request", "/owner");
    let nobodys = change(json!({"owner": null})).await.json(200);
    assert_eq!(
        (&nobodys["owner"], &nobodys["version"]),
        (&Value::Null, &json!(3))
    );
    assert_eq!(bank.get(&path).await.json(200), nobodys);
}

async fn what_changes_nothing_raises_no_version(bank: &Bank) {
    let path = format!("/api/v1/accounts/{}", bank.account("alice", "1").await);
    let said = json!({"owner": "Alice", "metadata": {"a": 1}});
    bank.send(Method::PATCH, &path, &[], &said).await.json(200);
    for nothing in [json!({}), json!({"owner": "Alice"}), said] {
        let left = bank.send(Method::PATCH, &path, &[], &nothing).await;
        assert_eq!(left.header("etag"), Some("\"2\""));
        assert_eq!(left.json(200)["version"], 2);
    }
    let (nothing, tag) = (json!({}), [("If-Match", "\"1\"")]);
    let stale = bank.send(Method::PATCH, &path, &tag, &nothing).await;
    stale.refused(412, "stale_version", "If-Match");
}

async fn the_status_changes_under_its_version(bank: &Bank) {
    let alice = bank.account("alice", "0").await;
    let ask = |what: &'static str, tag: &'static str| {
        let path = format!("/api/v1/accounts/{alice}/{what}");
        async move {
            bank.send(Method::POST, &path, &[("If-Match", tag)], &Value::Null)
                .await
        }
    };
    for (what, tag, stale, next) in [
        ("freeze", "\"1\"", "\"7\"", "\"2\""),
        ("unfreeze", "\"2\"", "\"1\"", "\"3\""),
        ("close", "\"3\"", "\"1\"", "\"4\""),
    ] {
        ask(what, stale).await.refused(412, "stale_version", "If-Match");
        let changed = ask(what, tag).await;
        changed.json(200);
        assert_eq!(changed.header("etag"), Some(next), "{what}");
    }
}

async fn what_moved_is_listed(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    for key in ["t1", "t2", "t3"] {
        bank.clock.advance(jiff::SignedDuration::from_secs(60));
        bank.transfer(key, &alice, &bob, "1").await.json(201);
    }
    let path = format!("/api/v1/accounts/{alice}/transactions");
    let page = bank.get(&format!("{path}?limit=3")).await.json(200);
    let balances: Vec<&Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["balance_after"])
        .collect();
    assert_eq!(balances, ["7.00", "8.00", "9.00"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = bank.get(&format!("{path}?cursor={cursor}")).await.json(200);
    assert_eq!(rest["items"][0]["number"], 1);
    assert_eq!(rest["next_cursor"], Value::Null);
    let span = format!("{path}?from=2026-01-01T00:02:00Z&to=2026-01-01T00:03:00Z");
    let within = bank.get(&span).await.json(200);
    assert_eq!(within["items"].as_array().unwrap().len(), 1);
    assert_eq!(within["items"][0]["balance_after"], "8.00");
}

async fn accounts_are_listed(bank: &Bank) {
    for code in ["a", "b", "c"] {
        bank.account(code, "0").await;
    }
    let listed = bank
        .get(&format!("/api/v1/accounts?company_id={COMPANY}&limit=2"))
        .await
        .json(200);
    assert_eq!(
        (&listed["items"][0]["code"], &listed["items"][1]["code"]),
        (&json!("c"), &json!("b"))
    );
    let account = bank.account("d", "5").await;
    let [from, to] = [&account, &bank.account("e", "0").await];
    let hold = transfer(from, to, "2");
    bank.post_as("h", "/api/v1/holds", &hold).await.json(201);
    let listed = bank
        .get(&format!("/api/v1/accounts?company_id={COMPANY}&code=d"))
        .await
        .json(200);
    let of_it = &listed["items"][0];
    assert_eq!(
        [&of_it["balance"], &of_it["pending"], &of_it["available"]],
        ["5.00", "2.00", "3.00"]
    );
    let elsewhere = format!("/api/v1/accounts?company_id={}", Uuid::nil());
    assert_eq!(bank.get(&elsewhere).await.json(200)["items"], json!([]));
    let (code, _) = bank.get("/api/v1/accounts?codes=a").await.problem(400);
    assert_eq!(code, "invalid_parameter");
}

async fn what_is_not_there_is_not_found(bank: &Bank) {
    let id = Uuid::nil();
    for path in ["", "/balance", "/transactions"] {
        let reply = bank.get(&format!("/api/v1/accounts/{id}{path}")).await;
        assert_eq!(reply.problem(404).0, "account_not_found", "{path}");
    }
    for path in ["freeze", "unfreeze", "close"] {
        let reply = bank
            .post(&format!("/api/v1/accounts/{id}/{path}"), &Value::Null)
            .await;
        assert_eq!(reply.problem(404).0, "account_not_found", "{path}");
    }
    let reply = bank.get(&format!("/api/v1/transfers/{id}")).await;
    assert_eq!(reply.problem(404).0, "transfer_not_found");
}

async fn an_id_has_one_form(bank: &Bank) {
    let alice: Uuid = bank.account("alice", "1").await.parse().unwrap();
    let company: Uuid = COMPANY.parse().unwrap();
    for of in [
        |id: Uuid| id.simple().to_string(),
        |id: Uuid| id.urn().to_string(),
        |id: Uuid| id.braced().to_string().replace('{', "%7B").replace('}', "%7D"),
    ] {
        bank.get(&format!("/api/v1/accounts/{}", of(alice)))
            .await
            .refused(400, "invalid_parameter", "account_id");
        bank.get(&format!("/api/v1/accounts?company_id={}", of(company)))
            .await
            .refused(400, "invalid_parameter", "company_id");
        let account = json!({"company_id": of(company), "code": "bob", "currency": "BRL"});
        bank.post("/api/v1/accounts", &account)
            .await
            .refused(400, "invalid_request", "/company_id");
    }
    let upper = alice.to_string().to_uppercase();
    bank.get(&format!("/api/v1/accounts/{upper}")).await.json(200);
}
