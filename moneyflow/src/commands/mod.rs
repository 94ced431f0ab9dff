//! One file per command.

mod bench;
mod events;
mod files;
mod health;
pub(crate) mod http;
mod ledger;
mod migrate;
mod reconcile;
mod rules;
mod serve;
mod up;

use service::LogFormat;

use crate::cli::{Cli, Command, EventsCommand, LedgerCommand, RulesCommand};

/// Runs a command to its end.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Up(arguments) => {
            service::telemetry::init(LogFormat::Auto, None)?;
            up::run(arguments).await
        }
        Command::Serve(service) => {
            service::telemetry::init(LogFormat::Auto, None)?;
            serve::run(service).await
        }
        Command::Migrate(arguments) => migrate::run(&arguments).await,
        Command::Rules(RulesCommand::Validate { files, json }) => rules::validate::run(&files, json),
        Command::Rules(RulesCommand::Simulate { file, event, json }) => {
            rules::simulate::run(&file, &event, json)
        }
        Command::Rules(RulesCommand::Push {
            files,
            composer_url,
            draft,
            json,
        }) => rules::push::run(&files, &composer_url, draft, json).await,
        Command::Rules(RulesCommand::Test { paths, json }) => rules::test::run(&paths, json),
        Command::Events(EventsCommand::Send {
            file,
            router_url,
            json,
        }) => events::run(&file, &router_url, json).await,
        Command::Ledger(LedgerCommand::Verify {
            storage,
            anchor,
            json,
        }) => ledger::run(&storage, anchor, json).await,
        Command::Ledger(LedgerCommand::Reconcile(arguments)) => reconcile::run(&arguments).await,
        Command::Health { url } => health::run(&url).await,
        Command::Bench(arguments) => {
            let wanted = std::env::var(service::telemetry::FILTER_VARIABLE);
            let filter = wanted.as_deref().unwrap_or(service::telemetry::QUIET_FILTER);
            service::telemetry::init(LogFormat::Auto, Some(filter))?;
            bench::run(arguments).await
        }
    }
}
