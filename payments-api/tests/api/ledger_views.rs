//! The ledger, for reading.

use api_types::{Balance, Entry, LedgerTotals, LedgerTransaction, Page};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use service::Clock as _;

use crate::support::{Bank, COMPANY, Reply, on_every_kind, transfer};

on_every_kind!(
    no_parameter_is_beyond_the_store,
    the_chart_shows_what_accounts_hold,
    entries_are_found_by_what_they_are_of,
    transactions_are_found_by_reference_and_time,
    balances_are_as_of_a_moment,
    the_trial_balance_balances,
    the_totals_prove_that_the_books_balance,
    answers_are_read_by_the_shapes_of_the_pages,
    full_accounts_are_in_balance,
    a_statement_closes_at_the_balance_of_its_end,
    a_company_is_named_and_sees_nobody_elses,
);

const OTHER: &str = "11111111-2222-7333-8444-555555555555";

async fn view(bank: &Bank, what: &str, query: &str) -> Value {
    bank.get(&format!("/api/v1/ledger/{what}?company_id={COMPANY}&{query}"))
        .await
        .json(200)
}

async fn items(bank: &Bank, what: &str, query: &str) -> Vec<Value> {
    view(bank, what, query).await["items"].as_array().unwrap().clone()
}

/// All items of a list, two at a time.
async fn paged(bank: &Bank, what: &str, query: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = view(bank, what, &format!("{query}&limit=2{cursor}")).await;
        found.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

fn codes(accounts: &[Value], name: &str) -> Vec<String> {
    let codes = accounts
        .iter()
        .map(|account| account[name].as_str().unwrap().to_owned());
    codes.collect()
}

/// Two merchants with 10.00 each, a bank with 5.00 in and 2.00 reserved, and dollars.
async fn merchants(bank: &Bank) -> [String; 3] {
    let one = bank.account("merchant:42:payable", "10").await;
    let two = bank.account("merchant:43:payable", "10").await;
    bank.account_in("merchant:42:payable", "USD", "1.5").await;
    let itau = json!({"company_id": COMPANY, "code": "bank:itau", "currency": "BRL", "kind": "asset"});
    let itau = bank.post("/api/v1/accounts", &itau).await.json(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    bank.clock.advance(SignedDuration::from_secs(1));
    bank.transfer("t1", &itau, &one, "5").await.json(201);
    let hold = transfer(&one, &two, "2");
    bank.post_as("h1", "/api/v1/holds", &hold).await.json(201);
    [one, two, itau]
}

async fn the_chart_shows_what_accounts_hold(bank: &Bank) {
    let [one, ..] = merchants(bank).await;
    let all = paged(bank, "accounts", "").await;
    assert_eq!(all.len(), 6, "with the two that balances begin from");
    let found = all.iter().find(|account| account["id"] == json!(one)).unwrap();
    let expected = json!({
        "id": one, "company_id": COMPANY, "code": "merchant:42:payable", "kind": "liability", "currency": "BRL",
        "status": "open", "overdraft": false, "balance": "15.00", "available": "13.00", "posted_debits": "0.00",
        "posted_credits": "15.00", "pending_debits": "2.00", "pending_credits": "0.00",
    });
    assert_eq!(found, &expected);
    for (query, count) in [
        ("kind=asset", 1),
        ("kind=equity", 2),
        ("currency=USD", 2),
        ("code_prefix=merchant:42:", 2),
        ("code_prefix=merchant:4", 3),
        ("code_prefix=merchant:4&currency=BRL&kind=liability", 2),
        ("code_prefix=erchant", 0),
        ("code=merchant:42:payable", 2),
        ("code=merchant:42:payable&currency=USD", 1),
        ("code=merchant:42", 0),
    ] {
        assert_eq!(paged(bank, "accounts", query).await.len(), count, "{query}");
    }
    for (query, pointer) in [
        ("kind=wealth", "kind"),
        ("currency=REAL", "currency"),
        ("code_prefix=a%20b", "code_prefix"),
        ("code=", "code"),
        ("code=caf%C3%A9", "code"),
    ] {
        let path = format!("/api/v1/ledger/accounts?company_id={COMPANY}&{query}");
        bank.get(&path).await.refused(400, "invalid_parameter", pointer);
    }
}

async fn entries_are_found_by_what_they_are_of(bank: &Bank) {
    let [one, _, itau] = merchants(bank).await;
    let all = paged(bank, "entries", "").await;
    assert_eq!(all.len(), 8);
    let newest = &all[0];
    let transaction = newest["transaction_id"].as_str().unwrap();
    assert_eq!(
        (
            &newest["amount"],
            &newest["currency"],
            &newest["run_id"],
            &newest["created_at"]
        ),
        (
            &json!("5.00"),
            &json!("BRL"),
            &Value::Null,
            &json!("2026-01-01T00:00:04Z")
        )
    );
    for (query, count) in [
        ("account=merchant:42:payable".to_owned(), 3),
        (format!("account_id={one}"), 2),
        (format!("account_id={one}&from=2026-01-01T00:00:04Z"), 1),
        (format!("account_id={one}&to=2026-01-01T00:00:04Z"), 1),
        (format!("account_id={one}&from=2026-01-01T00:00:05Z"), 0),
        (format!("account_id={itau}&account=funding"), 0),
        (format!("transaction_id={transaction}"), 2),
        (format!("run_id={transaction}"), 0),
        ("from=2026-01-01T00:00:04Z".to_owned(), 2),
        ("to=2026-01-01T00:00:04Z".to_owned(), 6),
    ] {
        assert_eq!(paged(bank, "entries", &query).await.len(), count, "{query}");
    }
}

async fn transactions_are_found_by_reference_and_time(bank: &Bank) {
    merchants(bank).await;
    bank.post_under("invoices/1", "bank:itau", "merchant:43:payable", 1)
        .await;
    let all = paged(bank, "transactions", "").await;
    assert_eq!(all.len(), 5);
    let found = items(bank, "transactions", "reference=invoices/1").await;
    assert_eq!(found, all[..1]);
    let one = &found[0];
    assert_eq!(
        (
            &one["reference"],
            &one["reverses"],
            &one["metadata"],
            &one["entries"][1]["account"]
        ),
        (
            &json!("invoices/1"),
            &Value::Null,
            &json!({}),
            &json!("merchant:43:payable")
        )
    );
    assert_eq!(
        items(bank, "transactions", "to=2026-01-01T00:00:04Z").await.len(),
        3
    );
    assert_eq!(items(bank, "transactions", "reference=invoices/2").await.len(), 0);
    let path = format!("/api/v1/ledger/transactions/{}", one["id"].as_str().unwrap());
    let read = bank.get(&format!("{path}?company_id={COMPANY}")).await;
    assert_eq!(&read.json(200), one);
    assert_eq!(&bank.get(&path).await.json(200), one, "its id names it");
    let of_another = bank.get(&format!("{path}?company_id={OTHER}")).await;
    assert_eq!(of_another.problem(404).0, "transaction_not_found");
    let unknown = bank.get(&format!("/api/v1/ledger/transactions/{OTHER}")).await;
    assert_eq!(unknown.problem(404).0, "transaction_not_found");
}

async fn balances_are_as_of_a_moment(bank: &Bank) {
    let [one, _, itau] = merchants(bank).await;
    let now = paged(bank, "balances", "").await;
    let of = |balances: &[Value], id: &str| {
        balances
            .iter()
            .find(|balance| balance["account_id"] == json!(id))
            .unwrap()
            .clone()
    };
    let expected = json!({
        "account_id": one, "company_id": COMPANY, "account": "merchant:42:payable", "kind": "liability",
        "currency": "BRL", "as_of": null, "entries": 2, "balance": "15.00", "available": "13.00", "posted_debits": "0.00",
        "posted_credits": "15.00", "pending_debits": "2.00", "pending_credits": "0.00",
    });
    assert_eq!(of(&now, &one), expected);
    // The moment itself counts: the transfer of 00:00:04 is in, and a microsecond before it is not.
    for (as_of, entries, balance, of_bank) in [
        ("2026-01-01T00:00:04Z", 2, "15.00", "5.00"),
        ("2026-01-01T00:00:03.999999Z", 1, "10.00", "0.00"),
        ("2026-01-01T00:00:02Z", 0, "0.00", "0.00"),
        ("9999-01-01T00:00:00Z", 2, "15.00", "5.00"),
    ] {
        let then = paged(bank, "balances", &format!("as_of={as_of}")).await;
        assert_eq!(then.len(), now.len());
        let found = of(&then, &one);
        assert_eq!(
            (&found["entries"], &found["balance"]),
            (&json!(entries), &json!(balance)),
            "{as_of}"
        );
        assert_eq!(
            (&found["available"], &found["posted_debits"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(of(&then, &itau)["balance"], of_bank);
    }
    let some = items(bank, "balances", "account=bank:itau").await;
    assert_eq!(codes(&some, "account"), ["bank:itau"]);
}

/// What two accounts hold together may be more than one could.
async fn full_accounts_are_in_balance(bank: &Bank) {
    for (mint, full) in [("mint:1", "alice"), ("mint:2", "bob")] {
        let mint = json!({"company_id": COMPANY, "code": mint, "currency": "BRL", "kind": "equity", "overdraft": true});
        let mint = bank.post("/api/v1/accounts", &mint).await.json(201);
        let (mint, full) = (mint["id"].as_str().unwrap(), bank.account(full, "0").await);
        bank.transfer(&full, mint, &full, "92233720368547758.07")
            .await
            .json(201);
    }
    for query in ["", "as_of=2026-01-01T00:00:03Z"] {
        let balance = view(bank, "trial-balance", query).await;
        let brl = &balance["currencies"][0];
        let sum = json!("184467440737095516.14");
        assert_eq!(
            (&brl["debit"], &brl["credit"], &brl["balanced"]),
            (&sum, &sum, &json!(true))
        );
    }
    bank.verify().await;
}

async fn the_trial_balance_balances(bank: &Bank) {
    merchants(bank).await;
    let mint = json!({"company_id": COMPANY, "code": "mint", "currency": "BRL", "overdraft": true});
    let mint = bank.post("/api/v1/accounts", &mint).await.json(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let bob = bank.account("bob", "0").await;
    bank.clock.advance(SignedDuration::from_secs(1));
    bank.transfer("t2", &mint, &bob, "7").await.json(201);
    let now = view(bank, "trial-balance", "").await;
    let brl = &now["currencies"][0];
    assert_eq!(
        (&brl["currency"], &brl["debit"], &brl["credit"]),
        (&json!("BRL"), &json!("32.00"), &json!("32.00"))
    );
    assert_eq!(
        (&brl["difference"], &brl["balanced"]),
        (&json!("0.00"), &json!(true))
    );
    let rows: Vec<String> = brl["accounts"].as_array().unwrap().iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "asset bank:itau 5.00 0.00",
            "liability bob 0.00 7.00",
            "liability merchant:42:payable 0.00 15.00",
            "liability merchant:43:payable 0.00 10.00",
            "liability mint 7.00 0.00",
            "equity funding 20.00 0.00",
        ]
    );
    assert_eq!(now["currencies"][1]["currency"], "USD");
    let then = view(bank, "trial-balance", "as_of=2026-01-01T00:00:03Z").await;
    let brl = &then["currencies"][0];
    assert_eq!(
        (&brl["debit"], &brl["credit"], &brl["balanced"]),
        (&json!("20.00"), &json!("20.00"), &json!(true))
    );
    assert_eq!(
        brl["accounts"].as_array().unwrap().len(),
        3,
        "nothing was posted to the others by then"
    );

    let path = format!("/api/v1/ledger/trial-balance?company_id={COMPANY}&as_of=2026-01-01T00:00:03Z");
    let csv = Reply::of(bank.begin(&path, "text/csv").await).await;
    assert_eq!(
        csv.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    let lines: Vec<&str> = csv
        .text()
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0)
        .collect();
    assert_eq!(
        lines,
        [
            "record,currency,account,kind,debit,credit",
            "account,BRL,merchant:42:payable,liability,0.00,10.00",
            "account,BRL,merchant:43:payable,liability,0.00,10.00",
            "account,BRL,funding,equity,20.00,0.00",
            "total,BRL,,,20.00,20.00",
            "account,USD,merchant:42:payable,liability,0.00,1.50",
            "account,USD,funding,equity,1.50,0.00",
            "total,USD,,,1.50,1.50",
        ]
    );
    assert_eq!(bank.get(&format!("{path}&format=csv")).await.text(), csv.text());
}

async fn the_totals_prove_that_the_books_balance(bank: &Bank) {
    merchants(bank).await;
    let kind = |kind: &str, accounts: u32, debits: &str, credits: &str, balance: &str| json!({"kind": kind, "accounts": accounts, "posted_debits": debits, "posted_credits": credits, "balance": balance});
    let reais = json!({
        "currency": "BRL", "accounts": 4, "posted_debits": "25.00", "posted_credits": "25.00", "difference": "0.00",
        "kinds": [
            kind("asset", 1, "5.00", "0.00", "5.00"),
            kind("liability", 2, "0.00", "25.00", "25.00"),
            kind("equity", 1, "20.00", "0.00", "-20.00"),
        ],
    });
    let totals = view(bank, "totals", "").await;
    assert_eq!(totals["currencies"][0], reais);
    assert_eq!(totals["currencies"][1]["currency"], "USD");
    let other = json!({"company_id": OTHER, "code": "ana", "currency": "BRL", "initial_balance": "1"});
    bank.post("/api/v1/accounts", &other).await.json(201);
    assert_eq!(view(bank, "totals", "").await, totals, "nobody else's");
    let of_all = bank.get("/api/v1/ledger/totals").await.json(200);
    assert_eq!(of_all["currencies"][0]["posted_debits"], "26.00");
}

/// The browser application reads these answers by the types that write them.
async fn answers_are_read_by_the_shapes_of_the_pages(bank: &Bank) {
    merchants(bank).await;
    let of = async |what: &str| bank.get(&format!("/api/v1/ledger/{what}")).await;
    let balances: Page<Balance> = read(&of(&format!("balances?company_id={COMPANY}")).await);
    assert!(
        balances
            .items
            .iter()
            .all(|balance| balance.posted_debits.is_some())
    );
    let as_of = "as_of=2026-01-01T00:00:04Z";
    let balances: Page<Balance> = read(&of(&format!("balances?company_id={COMPANY}&{as_of}")).await);
    assert!(balances.items.iter().all(|balance| balance.as_of.is_some()));
    let entries: Page<Entry> = read(&of(&format!("entries?company_id={COMPANY}")).await);
    let transaction: LedgerTransaction =
        read(&of(&format!("transactions/{}", entries.items[0].transaction_id)).await);
    assert!(transaction.entries.contains(&entries.items[0]));
    read::<LedgerTotals>(&of("totals").await);
}

/// What an answer says, which says the same when it is written again.
#[track_caller]
fn read<T: Serialize + DeserializeOwned>(reply: &Reply) -> T {
    let text = reply.text();
    let read: T = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    read
}

fn row(account: &Value) -> String {
    let members = ["kind", "account", "debit", "credit"].map(|name| account[name].as_str().unwrap());
    members.join(" ")
}

/// Transfers at random moments, also back in time, as from processes whose clocks differ.
async fn a_statement_closes_at_the_balance_of_its_end(bank: &Bank) {
    let (alice, bob) = (bank.account("alice", "100").await, bank.account("bob", "0").await);
    let mut random = fastrand::Rng::with_seed(7);
    let start = bank.clock.now();
    for index in 0..40_u32 {
        let late = SignedDuration::from_millis(i64::from(index) * 500 + random.i64(-2_000..2_000));
        bank.clock.set(start.checked_add(late).unwrap());
        let (from, to) = if random.bool() {
            (&alice, &bob)
        } else {
            (&bob, &alice)
        };
        let moved = bank.transfer(&format!("t{index}"), from, to, "0.5").await;
        assert!([201, 422].contains(&moved.status), "{}", moved.text());
    }
    let moment = |random: &mut fastrand::Rng| -> Timestamp {
        start
            .checked_add(SignedDuration::from_millis(random.i64(-1_000..22_000)))
            .unwrap()
    };
    for _ in 0..12 {
        let (one, other) = (moment(&mut random), moment(&mut random));
        let (from, to) = (one.min(other), one.max(other));
        let path = format!("/api/v1/accounts/{alice}/statement?from={from}&to={to}&limit=200");
        let statement = bank.get(&path).await.json(200);
        let minor = |text: &Value| text.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        let moved: i64 = statement["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                let amount = minor(&item["amount"]);
                if item["direction"] == "credit" {
                    amount
                } else {
                    -amount
                }
            })
            .sum();
        assert_eq!(
            minor(&statement["opening_balance"]) + moved,
            minor(&statement["closing_balance"])
        );
        for (bound, balance) in [(from, "opening_balance"), (to, "closing_balance")] {
            let before = bound.checked_sub(SignedDuration::from_micros(1)).unwrap();
            let balances = items(bank, "balances", &format!("account=alice&as_of={before}")).await;
            assert_eq!(balances[0]["balance"], statement[balance], "{bound}");
            let trial = view(bank, "trial-balance", &format!("as_of={before}")).await;
            for currency in trial["currencies"].as_array().unwrap() {
                assert_eq!(
                    (&currency["balanced"], &currency["debit"]),
                    (&json!(true), &currency["credit"])
                );
            }
        }
    }
}

async fn a_company_is_named_and_sees_nobody_elses(bank: &Bank) {
    let [one, ..] = merchants(bank).await;
    for what in ["accounts", "entries", "transactions", "balances", "trial-balance"] {
        let path = format!("/api/v1/ledger/{what}");
        bank.get(&path)
            .await
            .refused(400, "invalid_parameter", "company_id");
        let others = bank.get(&format!("{path}?company_id={OTHER}")).await.json(200);
        let list = if what == "trial-balance" {
            "currencies"
        } else {
            "items"
        };
        assert_eq!(others[list], json!([]), "{what}");
    }
    let path = format!("/api/v1/ledger/entries?company_id={OTHER}&account_id={one}");
    assert_eq!(bank.get(&path).await.json(200)["items"], json!([]));
    let reversed = "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z";
    for what in ["entries", "transactions"] {
        let path = format!("/api/v1/ledger/{what}?company_id={COMPANY}&{reversed}");
        bank.get(&path).await.refused(400, "invalid_parameter", "to");
    }
}

async fn no_parameter_is_beyond_the_store(bank: &Bank) {
    let account = bank.account("alice", "1").await;
    let company = format!("company_id={COMPANY}");
    let always = "from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z";
    for path in [
        format!("/api/v1/ledger/entries?{company}&{always}"),
        format!("/api/v1/ledger/transactions?{company}&{always}"),
        format!("/api/v1/payments?{company}&{always}"),
        format!("/api/v1/accounts/{account}/transactions?{always}"),
        format!("/api/v1/accounts/{account}/statement?{always}"),
        format!("/api/v1/ledger/balances?{company}&as_of=9999-12-31T23:59:59Z"),
        format!("/api/v1/ledger/balances?{company}&as_of=0000-01-01T00:00:00Z"),
        format!("/api/v1/ledger/trial-balance?{company}&as_of=9999-12-31T23:59:59Z"),
    ] {
        bank.get(&path).await.json(200);
    }
    for (list, name) in [
        ("payments", "provider"),
        ("accounts", "code"),
        ("ledger/entries", "reference"),
    ] {
        bank.get(&format!("/api/v1/{list}?{company}&{name}=a%00b"))
            .await
            .refused(400, "invalid_parameter", name);
    }
    let path = format!("/api/v1/ledger/entries?{company}&from=-004800-01-01T00:00:00Z");
    bank.get(&path).await.refused(400, "invalid_parameter", "from");
}
