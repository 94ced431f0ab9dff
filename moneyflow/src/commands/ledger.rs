//! `moneyflow ledger verify`: is every balance what its entries say, every payment what its events and the ledger say, and every
//! transaction what it was when it was chained?

use serde_json::json;
use store::{Audit, ChainAudit, ChainPoint, Difference, MoneyStore, PaymentAudit, StoreError};

use crate::backends::Places;
use crate::cli::StorageArgs;
use crate::output::{Failed, remark, say, say_json};

/// What was found. What could not be read to its end says why.
struct Found {
    ledger: Result<Audit, StoreError>,
    payments: Result<PaymentAudit, StoreError>,
    chain: Result<ChainAudit, StoreError>,
}

pub(crate) async fn run(storage: &StorageArgs, anchor: Option<ChainPoint>, json: bool) -> anyhow::Result<()> {
    let store = Places::of(storage)?.watch_store().await?;
    let spinner = indicatif::ProgressBar::new_spinner().with_message("reading the whole ledger");
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    let found = look(store.as_ref(), anchor).await;
    spinner.finish_and_clear();
    store.close().await;
    report(found, json)
}

async fn look(store: &dyn MoneyStore, anchor: Option<ChainPoint>) -> Found {
    Found {
        ledger: store::verify_ledger(store).await,
        payments: store::verify_payments(store).await,
        chain: store::verify_chain(store, anchor).await,
    }
}

/// Says what was found: of each of the three the first difference, also where another cannot even be read.
fn report(found: Found, json: bool) -> anyhow::Result<()> {
    let differences: Vec<Difference> = [
        found
            .ledger
            .as_ref()
            .ok()
            .and_then(|audit| audit.difference.clone()),
        found
            .payments
            .as_ref()
            .ok()
            .and_then(|audit| audit.difference.clone()),
        found
            .chain
            .as_ref()
            .ok()
            .and_then(|audit| audit.difference.clone()),
    ]
    .into_iter()
    .flatten()
    .collect();
    for difference in &differences {
        remark(format!(
            "moneyflow: the ledger does not agree with itself: {difference}"
        ));
    }
    let (audit, payments, chain) = (found.ledger?, found.payments?, found.chain?);
    let verified = differences.is_empty();
    if json {
        say_json(&json!({"verified": verified, "audit": audit, "payments": payments, "chain": chain}));
    } else if verified {
        say_verified(&audit, &payments, &chain);
    }
    if verified { Ok(()) } else { Err(Failed.into()) }
}

fn say_verified(audit: &Audit, payments: &PaymentAudit, chain: &ChainAudit) {
    say(format!(
        "verified: {} accounts, {} transactions, {} entries and {} holds agree, and so do {} payments with their events and the ledger",
        audit.accounts, audit.transactions, audit.entries, audit.holds, payments.payments
    ));
    say(format!(
        "chained: {} transactions are as they were when they were chained, and {} wait for it; the chain's head is {}",
        chain.chained, chain.waiting, chain.head
    ));
}
