//! The accounts, and the transfers between them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode};
use serde_json::{Value, json};
use service::{Ids as _, SystemIds};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::super::latencies::Latencies;
use super::super::load::Traffic;
use crate::commands::http;

/// How many accounts are opened at once.
const OPENERS: u32 = 64;

/// Accounts of one company, each with enough on it that it never runs dry.
#[derive(Clone)]
pub(super) struct Accounts {
    company_id: Uuid,
    ids: Arc<[Uuid]>,
}

impl Accounts {
    /// Opens so many.
    pub(super) async fn open(count: u32, payments_url: &str) -> anyhow::Result<Self> {
        let (company_id, client) = (SystemIds.next(), http::client()?);
        let url = format!("{payments_url}/api/v1/accounts");
        let mut openers = JoinSet::new();
        for lane in 0..OPENERS.min(count) {
            let (client, url) = (client.clone(), url.clone());
            openers.spawn(async move {
                let mut ids = Vec::new();
                for number in (lane..count).step_by(OPENERS as usize) {
                    ids.push(open(&client, &url, company_id, number).await?);
                }
                Ok::<_, anyhow::Error>(ids)
            });
        }
        let mut ids = Vec::new();
        while let Some(opened) = openers.join_next().await {
            ids.extend(opened.context("an account's task broke off")??);
        }
        let ids = ids.into();
        Ok(Self { company_id, ids })
    }

    fn id(&self, number: u32) -> Uuid {
        let place = usize::try_from(number).ok();
        place
            .and_then(|place| self.ids.get(place))
            .copied()
            .unwrap_or_default()
    }
}

async fn open(client: &reqwest::Client, url: &str, company_id: Uuid, number: u32) -> anyhow::Result<Uuid> {
    let account = json!({
        "company_id": company_id.to_string(),
        "code": format!("bench:{number}"),
        "currency": "BRL",
        "initial_balance": "100000000",
    });
    let response = http::post(client, url, "application/json", account.to_string().into_bytes()).await?;
    let answer = http::json_of(response).await?;
    let id = answer.get("id").and_then(Value::as_str);
    let id = id.with_context(|| {
        format!(
            "no account was opened: {}",
            http::problem_lines(&answer).join("; ")
        )
    })?;
    Ok(id.parse()?)
}

/// Between which accounts money goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Route {
    /// From any to any.
    Spread,
    /// From the first to any other.
    FromOne,
}

impl Route {
    /// The ends of the nth transfer among so many accounts: two different numbers.
    pub(super) fn ends(self, number: u64, accounts: u32) -> (u32, u32) {
        let mixed = mix(number);
        let among = u64::from(accounts.max(2));
        let source = match self {
            Self::Spread => mixed % among,
            Self::FromOne => 0,
        };
        let further = 1 + (mixed >> 32) % (among - 1);
        let account = |number: u64| u32::try_from(number % among).unwrap_or_default();
        (account(source), account(source + further))
    }
}

/// A number that looks as if it had been drawn, from one that counts: the finalizer of `SplitMix64` (Steele, Lea, Flood 2014).
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Transfers of 1.00, each under a key of its own, and how long they took.
pub(super) struct Transfers {
    accounts: Accounts,
    route: Route,
    pub(super) latencies: Latencies,
}

impl Transfers {
    pub(super) fn new(accounts: &Accounts, route: Route) -> Self {
        Self {
            accounts: accounts.clone(),
            route,
            latencies: Latencies::default(),
        }
    }
}

impl Traffic for Transfers {
    fn request(&self, number: u64) -> hyper::http::Result<Request<Full<Bytes>>> {
        let count = u32::try_from(self.accounts.ids.len()).unwrap_or(u32::MAX);
        let (source, destination) = self.route.ends(number, count);
        let body = format!(
            "{{\"company_id\":\"{}\",\"source_account_id\":\"{}\",\"destination_account_id\":\"{}\",\
             \"amount\":\"1.00\",\"currency\":\"BRL\"}}",
            self.accounts.company_id,
            self.accounts.id(source),
            self.accounts.id(destination),
        );
        Request::post("/api/v1/transfers")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .header("idempotency-key", format!("bench-{number}"))
            .body(Full::from(body))
    }

    fn is_accepted(&self, status: StatusCode, _body: &Bytes, took: Duration) -> bool {
        self.latencies.record(took);
        status == StatusCode::CREATED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_differ_and_are_among_the_accounts() {
        for accounts in [2, 3, 10_000] {
            for number in 0..1_000 {
                for route in [Route::Spread, Route::FromOne] {
                    let (source, destination) = route.ends(number, accounts);
                    assert!(source < accounts && destination < accounts && source != destination);
                }
            }
        }
    }

    #[test]
    fn transfers_spread_over_all_accounts() {
        let sources: std::collections::HashSet<u32> = (0..1_000)
            .map(|number| Route::Spread.ends(number, 100).0)
            .collect();
        assert_eq!(sources.len(), 100);
    }
}
