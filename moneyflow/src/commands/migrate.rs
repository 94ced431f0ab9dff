//! `moneyflow migrate`: brings the database to the schema that this program knows.

use serde_json::json;
use store_sqlite::MigrationPolicy;

use crate::backends::{Places, StoreUrl};
use crate::cli::MigrateArgs;
use crate::output::{say, say_json};

pub(crate) async fn run(arguments: &MigrateArgs) -> anyhow::Result<()> {
    let places = Places::of(&arguments.storage);
    let StoreUrl::Sqlite(path) = &places.store;
    let pending = store_sqlite::pending(path)?;
    if !arguments.dry_run {
        places.open_store(MigrationPolicy::Apply).await?.close().await;
    }
    if arguments.json {
        let names = pending
            .iter()
            .map(|migration| json!({"version": migration.version, "name": migration.name}));
        say_json(&json!({"dry_run": arguments.dry_run, "migrations": names.collect::<Vec<_>>()}));
        return Ok(());
    }
    let verb = if arguments.dry_run {
        "would apply"
    } else {
        "applied"
    };
    for migration in &pending {
        say(format!("{verb} {:04} {}", migration.version, migration.name));
    }
    if pending.is_empty() {
        say(format!("{} is up to date", path.display()));
    }
    Ok(())
}
