//! Money that the demo company's own systems move: accounts, payments in different states, holds. All of it over the payments
//! API, as theirs would.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{COMPANY_ID, answered};

/// Accounts with their owners, and what they begin with.
const ACCOUNTS: [(&str, &str, &str); 4] = [
    ("customer:ana", "Ana Souza", "500.00"),
    ("customer:bruno", "Bruno Lima", "80.00"),
    ("merchant:books", "Demo Books Ltda.", "0.00"),
    ("merchant:courier", "Rápido Entregas", "0.00"),
];

/// A payment of one account to another, and what is done with it afterwards.
struct Example {
    ends: [usize; 2],
    amount: &'static str,
    description: &'static str,
    is_manual: bool,
    then: &'static [(&'static str, &'static str, &'static str)],
}

const PAYMENTS: [Example; 6] = [
    Example {
        ends: [0, 2],
        amount: "120.00",
        description: "Order 1001: three novels",
        is_manual: false,
        then: &[],
    },
    Example {
        ends: [0, 2],
        amount: "64.90",
        description: "Order 1002: an atlas",
        is_manual: false,
        then: &[("refund", "14.90", "The cover was damaged")],
    },
    Example {
        ends: [1, 2],
        amount: "35.00",
        description: "Order 1003: a cookbook",
        is_manual: false,
        then: &[("refund", "", "Sent back unread")],
    },
    Example {
        ends: [1, 2],
        amount: "950.00",
        description: "Order 1004: an encyclopedia",
        is_manual: false,
        then: &[],
    },
    Example {
        ends: [0, 3],
        amount: "18.50",
        description: "Delivery of order 1001",
        is_manual: true,
        then: &[("cancel", "", "Picked up at the shop")],
    },
    Example {
        ends: [0, 2],
        amount: "89.00",
        description: "Order 1005, not shipped yet",
        is_manual: true,
        then: &[],
    },
];

/// Holds between accounts, and for how long.
const HOLDS: [([usize; 2], &str, u32); 2] = [([0, 3], "25.00", 2_592_000), ([1, 3], "12.50", 604_800)];

/// Opens the accounts and moves money between them.
pub(super) async fn move_some(client: &reqwest::Client, payments: &str) -> anyhow::Result<()> {
    let door = Door {
        client,
        base: format!("{payments}/api/v1"),
    };
    let mut ids = Vec::new();
    for (code, owner, balance) in ACCOUNTS {
        let account = json!({"company_id": COMPANY_ID.to_string(), "code": code, "currency": "BRL", "owner": owner,
            "initial_balance": balance});
        ids.push(door.post("accounts", code, &account).await?);
    }
    for (number, payment) in PAYMENTS.iter().enumerate() {
        door.pay(&format!("demo-payment-{number}"), payment, &ids).await?;
    }
    for (number, (ends, amount, expires_in_s)) in HOLDS.into_iter().enumerate() {
        let [from, to] = ends_of(&ids, ends)?;
        let hold = json!({"company_id": COMPANY_ID.to_string(), "source_account_id": from,
            "destination_account_id": to, "amount": amount, "currency": "BRL", "expires_in_s": expires_in_s});
        door.post("holds", &format!("demo-hold-{number}"), &hold).await?;
    }
    Ok(())
}

/// The ids of two of the accounts.
fn ends_of(ids: &[String], places: [usize; 2]) -> anyhow::Result<[&str; 2]> {
    let id = |place: usize| {
        ids.get(place)
            .map(String::as_str)
            .context("the demo has this account")
    };
    let [from, to] = places.map(id);
    Ok([from?, to?])
}

/// The payments API.
struct Door<'c> {
    client: &'c reqwest::Client,
    base: String,
}

impl Door<'_> {
    /// Makes a payment, and does with it what is to be done.
    async fn pay(&self, key: &str, payment: &Example, ids: &[String]) -> anyhow::Result<()> {
        let [from, to] = ends_of(ids, payment.ends)?;
        let capture = if payment.is_manual { "manual" } else { "automatic" };
        let body = json!({"company_id": COMPANY_ID.to_string(), "payment_type": "internal",
            "source_account_id": from, "destination_account_id": to, "amount": payment.amount, "currency": "BRL",
            "capture": capture, "description": payment.description});
        let id = self.post("payments", key, &body).await?;
        for (act, amount, reason) in payment.then {
            let change = match *amount {
                "" => json!({"reason": reason}),
                amount => json!({"amount": amount, "reason": reason}),
            };
            let what = format!("payments/{id}/{act}");
            self.post(&what, &format!("{key}-{act}"), &change).await?;
        }
        Ok(())
    }

    /// Asks for something, and gives the id of what came of it.
    async fn post(&self, what: &str, key: &str, body: &Value) -> anyhow::Result<String> {
        let url = format!("{}/{what}", self.base);
        let answer = answered(self.client, &url, &[("Idempotency-Key", key)], body).await?;
        let id = answer.get("id").and_then(Value::as_str);
        id.map(str::to_owned)
            .with_context(|| format!("{url} answered without an id"))
    }
}
