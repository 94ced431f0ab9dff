//! Ids, times, companies and claims for tests.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use jiff::Timestamp;
use ledger::{AccountKey, Currency, Money};
use uuid::Uuid;

use crate::{Claim, Company, PageRequest, PinnedRun};

/// 2026-01-01T00:00:00Z, in microseconds.
const BEGINNING: i64 = 1_767_225_600_000_000;

static IDS: AtomicU64 = AtomicU64::new(1);

/// A new id: a `UUIDv7`, greater than those before it.
pub fn id() -> Uuid {
    let number = IDS.fetch_add(1, Ordering::Relaxed);
    let milliseconds = u64::try_from(BEGINNING / 1_000).unwrap() + number;
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &[7; 10]).into_uuid()
}

/// A moment, so many milliseconds after the beginning of the tests' time.
pub fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(BEGINNING + milliseconds * 1_000).unwrap()
}

pub(super) fn brl() -> Currency {
    "BRL".parse().unwrap()
}

pub(super) fn money(minor: i64) -> Money {
    Money::new(minor, brl())
}

pub(super) fn key(company_id: Uuid, code: &str) -> AccountKey {
    AccountKey::new(company_id, code.parse().unwrap(), brl())
}

/// A company with an id of its own.
pub fn company() -> Company {
    Company {
        company_id: id(),
        name: "Padaria Central".to_owned(),
        plan: Some("pro".to_owned()),
        region: None,
        currency: brl(),
        created_at: at(0),
    }
}

/// A claim on an event of a company. Its body is `body`, and so is the beginning of its hash.
pub fn claim(company_id: Uuid, event_id: &str, body: &str) -> Claim {
    let mut body_sha256 = [0; 32];
    for (to, from) in body_sha256.iter_mut().zip(body.bytes()) {
        *to = from;
    }
    Claim {
        id: id(),
        company_id,
        event_id: event_id.to_owned(),
        body_sha256,
        body: Bytes::copy_from_slice(body.as_bytes()),
        accepted_at: at(0),
        runs: vec![PinnedRun {
            run_id: id(),
            rule_id: Uuid::from_u128(0xA1),
            version: 1,
        }],
    }
}

pub(super) fn first(limit: u32) -> PageRequest {
    PageRequest { limit, after: None }
}

/// Reads all pages of a list, checking that each is full and says truly whether there is more.
macro_rules! all_pages {
    ($limit:expr, $page:ident => $list:expr) => {{
        let mut items = Vec::new();
        let mut $page = $crate::PageRequest {
            limit: $limit,
            after: None,
        };
        loop {
            let read = $list.await.unwrap();
            let full = read.items.len() == usize::try_from($limit).unwrap();
            assert!(full || read.next.is_none(), "a page that is not full is the last");
            items.extend(read.items);
            match read.next {
                Some(next) => $page.after = Some(next),
                None => break items,
            }
        }
    }};
}
pub(super) use all_pages;
