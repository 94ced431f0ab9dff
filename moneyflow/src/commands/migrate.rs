//! `moneyflow migrate`: brings the database to the schema that this program knows.

use serde_json::json;

use crate::backends::{Migrations, Places};
use crate::cli::MigrateArgs;
use crate::output::{say, say_json};

pub(crate) async fn run(arguments: &MigrateArgs) -> anyhow::Result<()> {
    let places = Places::of(&arguments.storage)?;
    let pending = places.pending_migrations().await?;
    if !arguments.dry_run {
        places.open_store(Migrations::Apply).await?.close().await;
    }
    if arguments.json {
        say_json(&json!({"dry_run": arguments.dry_run, "migrations": pending}));
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
        say(format!("{} is up to date", places.store));
    }
    Ok(())
}
