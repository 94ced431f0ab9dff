//! `moneyflow ledger verify`: is every balance what its entries say, and every payment what its events say?

use serde_json::json;

use crate::backends::Places;
use crate::cli::StorageArgs;
use crate::output::{Failed, remark, say, say_json};

pub(crate) async fn run(storage: &StorageArgs, json: bool) -> anyhow::Result<()> {
    let store = Places::of(storage)?.watch_store().await?;
    let spinner = indicatif::ProgressBar::new_spinner().with_message("reading the whole ledger");
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    let audit = store::verify_ledger(store.as_ref()).await;
    let payments = store::verify_payments(store.as_ref()).await;
    spinner.finish_and_clear();
    let (audit, payments) = (audit?, payments?);
    store.close().await;
    let difference = audit.difference.as_ref().or(payments.difference.as_ref());
    if json {
        say_json(&json!({"verified": difference.is_none(), "audit": audit, "payments": payments}));
    } else if difference.is_none() {
        say(format!(
            "verified: {} accounts, {} transactions, {} entries and {} holds agree, and so do {} payments with their events",
            audit.accounts, audit.transactions, audit.entries, audit.holds, payments.payments
        ));
    }
    match difference {
        None => Ok(()),
        Some(difference) => {
            remark(format!(
                "moneyflow: the ledger does not agree with itself: {difference}"
            ));
            Err(Failed.into())
        }
    }
}
