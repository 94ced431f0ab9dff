//! The command line. Every flag `--some-name` is also the variable `MONEYFLOW_SOME_NAME`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Composes payment rules as graphs and runs them, exactly once in effect, for every payment event.
#[derive(Debug, Parser)]
#[command(name = "moneyflow", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the whole system in one process.
    Up(UpArgs),
    /// Runs one service.
    #[command(subcommand)]
    Serve(Serve),
    /// Brings the database to the schema that this program knows.
    Migrate(MigrateArgs),
    /// Checks, tries and uploads rules.
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Sends payment events.
    #[command(subcommand)]
    Events(EventsCommand),
    /// Looks at the ledger.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Measures a system of its own under load, and verifies its ledger.
    Bench(BenchArgs),
    /// Asks a service whether it is ready: exit code 0 if it is, 1 if not. For containers without other tools.
    Health {
        /// The service, such as `http://127.0.0.1:8000`.
        url: String,
    },
}

/// Where things are kept.
#[derive(Debug, Clone, Args)]
pub(crate) struct StorageArgs {
    /// The folder of the embedded database and queue.
    #[arg(long, env = "MONEYFLOW_DATA_DIR", default_value = "data")]
    pub(crate) data_dir: PathBuf,
    /// The database, as `sqlite:PATH` or `postgres://…`; in the data folder unless said.
    #[arg(long, env = "MONEYFLOW_DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// The queue, as `sqlite:PATH` or `amqp://…`; in the data folder unless said.
    #[arg(long, env = "MONEYFLOW_QUEUE_URL", hide_env_values = true)]
    pub(crate) queue_url: Option<String>,
    /// What the names of queues and exchanges on a broker begin with: two systems on one broker differ in it.
    #[arg(long, env = "MONEYFLOW_QUEUE_PREFIX", default_value = "moneyflow")]
    pub(crate) queue_prefix: String,
}

/// Where services listen.
#[derive(Debug, Clone, Args)]
pub(crate) struct HostArgs {
    /// The address to listen on.
    #[arg(long, env = "MONEYFLOW_HOST", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Serves another address than this machine's own although nobody has to sign in.
    #[arg(long, env = "MONEYFLOW_ALLOW_OPEN")]
    pub(crate) allow_open: bool,
}

/// What the payments API takes and keeps.
#[derive(Debug, Clone, Args)]
pub(crate) struct PaymentsLimitArgs {
    /// How large a file of settlements may be that is to be compared with payments, in bytes.
    #[arg(long, env = "MONEYFLOW_SETTLEMENTS_LIMIT_BYTES", default_value_t = payments_api::Limits::default().settlements_bytes)]
    settlements_limit_bytes: usize,
    /// For how many hours a request that is sent again under its key is given its first answer.
    #[arg(long, env = "MONEYFLOW_ANSWERS_KEPT_H", default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(1..=8_760))]
    answers_kept_h: u32,
}

impl PaymentsLimitArgs {
    pub(crate) fn read(&self) -> payments_api::Limits {
        payments_api::Limits {
            settlements_bytes: self.settlements_limit_bytes,
            answers_kept: jiff::SignedDuration::from_hours(self.answers_kept_h.into()),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    #[command(flatten)]
    pub(crate) host: HostArgs,
    /// The composer API's port; 0 is any free one.
    #[arg(long, env = "MONEYFLOW_COMPOSER_PORT", default_value_t = 8000)]
    pub(crate) composer_port: u16,
    /// The router's port.
    #[arg(long, env = "MONEYFLOW_ROUTER_PORT", default_value_t = 8001)]
    pub(crate) router_port: u16,
    /// The payments API's port.
    #[arg(long, env = "MONEYFLOW_PAYMENTS_PORT", default_value_t = 8002)]
    pub(crate) payments_port: u16,
    /// The port of the payments API over gRPC.
    #[arg(long, env = "MONEYFLOW_GRPC_PORT", default_value_t = 50051)]
    pub(crate) grpc_port: u16,
    /// The port of the worker's health.
    #[arg(long, env = "MONEYFLOW_WORKER_PORT", default_value_t = 8003)]
    pub(crate) worker_port: u16,
    #[command(flatten)]
    pub(crate) limits: PaymentsLimitArgs,
    /// Starts without the demo company.
    #[arg(long, env = "MONEYFLOW_NO_DEMO")]
    pub(crate) no_demo: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Serve {
    /// Rules and runs over REST; the pages.
    ComposerApi(ServeComposerArgs),
    /// Accounts, transfers, holds, payments and the ledger over REST, payments over gRPC, too.
    PaymentsApi(ServePaymentsArgs),
    /// Webhooks in, events out to the queue.
    Router(ServeRouterArgs),
    /// The worker.
    Orchestrator(ServeWorkerArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ServeComposerArgs {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    #[command(flatten)]
    pub(crate) host: HostArgs,
    /// The port.
    #[arg(long, env = "MONEYFLOW_COMPOSER_PORT", default_value_t = 8000)]
    pub(crate) composer_port: u16,
    /// Where the payments API is, which the browser application reaches through the composer.
    #[arg(long, env = "MONEYFLOW_PAYMENTS_URL", default_value = "http://127.0.0.1:8002")]
    pub(crate) payments_url: String,
}

#[derive(Debug, Args)]
pub(crate) struct ServePaymentsArgs {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    #[command(flatten)]
    pub(crate) host: HostArgs,
    /// The port.
    #[arg(long, env = "MONEYFLOW_PAYMENTS_PORT", default_value_t = 8002)]
    pub(crate) payments_port: u16,
    /// The port for gRPC.
    #[arg(long, env = "MONEYFLOW_GRPC_PORT", default_value_t = 50051)]
    pub(crate) grpc_port: u16,
    #[command(flatten)]
    pub(crate) limits: PaymentsLimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServeRouterArgs {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    #[command(flatten)]
    pub(crate) host: HostArgs,
    /// The port.
    #[arg(long, env = "MONEYFLOW_ROUTER_PORT", default_value_t = 8001)]
    pub(crate) router_port: u16,
    /// Where the composer API is.
    #[arg(long, env = "MONEYFLOW_COMPOSER_URL", default_value = "http://127.0.0.1:8000")]
    pub(crate) composer_url: String,
}

#[derive(Debug, Args)]
pub(crate) struct ServeWorkerArgs {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    #[command(flatten)]
    pub(crate) host: HostArgs,
    /// For how many seconds this worker's partitions are kept for it when it is not heard of: how long they stand still if
    /// it dies.
    #[arg(long, env = "MONEYFLOW_PARTITION_LEASE_S", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(2..=3_600))]
    pub(crate) partition_lease_s: u64,
    /// The port of the worker's health.
    #[arg(long, env = "MONEYFLOW_WORKER_PORT", default_value_t = 8003)]
    pub(crate) worker_port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    /// Says what would be done, and does nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Says everything that is wrong with rules.
    Validate {
        /// Files with a rule each; `-` is stdin.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Prints JSON, one object a file.
        #[arg(long)]
        json: bool,
    },
    /// Says what a rule would do with an event, on an empty ledger.
    Simulate {
        /// The rule.
        file: PathBuf,
        /// The event; `-` is stdin.
        #[arg(long)]
        event: PathBuf,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Saves rules with the composer API.
    Push {
        /// Files with a rule each.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where the composer API is.
        #[arg(long, env = "MONEYFLOW_COMPOSER_URL", default_value = "http://127.0.0.1:8000")]
        composer_url: String,
        /// Saves without publishing.
        #[arg(long)]
        draft: bool,
        /// Prints the answers as JSON, one a line.
        #[arg(long)]
        json: bool,
    },
    /// Runs examples: a rule with events and their expected outcomes.
    Test {
        /// Folders of examples, or folders that hold such folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Prints JSON, one object a case.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Sends the events of a file to the router.
    Send {
        /// A JSON file with one event, or an NDJSON file (`.ndjson`) with one a line; `-` is one event on stdin.
        file: PathBuf,
        /// Where the router is.
        #[arg(long, env = "MONEYFLOW_ROUTER_URL", default_value = "http://127.0.0.1:8001")]
        router_url: String,
        /// Prints the answers as JSON, one a line.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Computes every balance and invariant again from the entries, every payment from its events, and the chain of hashes
    /// over all transactions, and reports the first difference of each. The system may run meanwhile.
    Verify {
        #[command(flatten)]
        storage: StorageArgs,
        /// Checks that the chain still passes through a head that was printed before and noted down.
        #[arg(long, value_name = "POSITION:HASH")]
        anchor: Option<store::ChainPoint>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Compares a provider's settlements with payments: exit code 0 if they agree, 1 if not.
    Reconcile(ReconcileArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ReconcileArgs {
    /// A CSV file, or an NDJSON file (`.ndjson`); `-` is CSV on stdin.
    pub(crate) file: PathBuf,
    /// The company, by its id.
    #[arg(long)]
    pub(crate) company: String,
    /// Only payments through this provider; all of the company's unless said.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// The payments that were taken from this moment on (RFC 3339).
    #[arg(long)]
    pub(crate) from: String,
    /// The payments that were taken up to, and without, this moment.
    #[arg(long)]
    pub(crate) to: String,
    /// Where the payments API is.
    #[arg(long, env = "MONEYFLOW_PAYMENTS_URL", default_value = "http://127.0.0.1:8002")]
    pub(crate) payments_url: String,
    /// Prints the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is measured, and how.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) command: Option<BenchCommand>,
    /// Prints one JSON object on the last line.
    #[arg(long)]
    pub(crate) json: bool,
    /// How long to measure, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) duration: u64,
    /// Payments per second; found by raising the rate unless said.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) rate: Option<u64>,
    /// How many companies pay.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) companies: u16,
    /// Sends everything to one company: all runs touch the same accounts.
    #[arg(long)]
    pub(crate) hot_account: bool,
    #[command(flatten)]
    pub(crate) place: BenchPlace,
    /// The queue, as `sqlite:PATH` or `amqp://…`.
    #[arg(long, env = "MONEYFLOW_QUEUE_URL", hide_env_values = true)]
    pub(crate) queue_url: Option<String>,
    /// What the names of queues and exchanges on a broker begin with. Every measurement adds something of its own to it, and
    /// deletes them at its end.
    #[arg(long, default_value = "moneyflow-bench")]
    pub(crate) queue_prefix: String,
}

/// What else can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Transfers through the payments API: as fast as they are answered, at half of that, over one hot account, and one at a
    /// time; and beside them, on PostgreSQL, transfers in the classic way, each in a database transaction of its own.
    Transfers(BenchTransfersArgs),
}

/// How transfers are measured.
#[derive(Debug, Args)]
pub(crate) struct BenchTransfersArgs {
    /// Prints one JSON object on the last line.
    #[arg(long)]
    pub(crate) json: bool,
    /// How long each of the measurements takes, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) duration: u64,
    /// How many accounts there are.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(crate) accounts: u32,
    /// How many callers there are at once, each with a connection of its own.
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u16).range(1..=4_096))]
    pub(crate) callers: u16,
    #[command(flatten)]
    pub(crate) place: BenchPlace,
}

/// Where the measured system lives.
#[derive(Debug, Args)]
pub(crate) struct BenchPlace {
    /// The folder of the measured system; a temporary one unless said. It must not hold a system yet.
    #[arg(long)]
    pub(crate) data_dir: Option<PathBuf>,
    /// The database, as `sqlite:PATH` or `postgres://…`; what is measured stays in it.
    #[arg(long, env = "MONEYFLOW_DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
