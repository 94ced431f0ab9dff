//! `moneyflow ledger verify`: is every balance what its entries say?

use serde_json::json;

use crate::backends::Places;
use crate::cli::StorageArgs;
use crate::output::{Failed, remark, say, say_json};

pub(crate) async fn run(storage: &StorageArgs, json: bool) -> anyhow::Result<()> {
    let store = Places::of(storage)?.watch_store().await?;
    let spinner = indicatif::ProgressBar::new_spinner().with_message("reading the whole ledger");
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    let audit = store::verify_ledger(store.as_ref()).await;
    spinner.finish_and_clear();
    let audit = audit?;
    store.close().await;
    if json {
        say_json(&json!({"verified": audit.difference.is_none(), "audit": audit}));
    } else if audit.difference.is_none() {
        say(format!(
            "verified: {} accounts, {} transactions, {} entries and {} holds agree",
            audit.accounts, audit.transactions, audit.entries, audit.holds
        ));
    }
    match audit.difference {
        None => Ok(()),
        Some(difference) => {
            remark(format!(
                "moneyflow: the ledger does not agree with itself: {difference}"
            ));
            Err(Failed.into())
        }
    }
}
