//! A sample consumer of MoneyFlow's outgoing events: it prints one line per event.
//!
//! What every consumer has to do, it does: it has a durable queue of its own, so that it misses nothing while it is
//! away; it acknowledges an event once it is done with it, and not before; it drops the second copy of an event, for
//! events come at least once; and it comes back when the broker does.

mod event;
mod listen;
mod seen;

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Parser;
use lapin::uri::AMQPUri;
use tokio::time::sleep;

use crate::event::Event;
use crate::seen::Seen;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Prints MoneyFlow's outgoing events, one line each.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The broker
    #[arg(
        long,
        env = "MONEYFLOW_QUEUE_URL",
        hide_env_values = true,
        default_value = "amqp://guest:guest@127.0.0.1:5672/%2f"
    )]
    queue_url: String,
    /// The queue that collects events for this consumer, also while it is away
    #[arg(long, default_value = "event-consumer")]
    queue: String,
    /// Which events: their types, with * for one word and # for any number; may be given several times
    #[arg(long, default_value = "#")]
    types: Vec<String>,
    /// The exchange that MoneyFlow publishes to
    #[arg(long, default_value = "moneyflow.events")]
    exchange: String,
    /// How many events' ids are kept, to know a second copy by
    #[arg(long, default_value = "100000")]
    remember: NonZeroUsize,
}

#[tokio::main]
async fn main() {
    // Events go to the standard output, all else does not.
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let options = Options::parse();
    // Not read by the command line's parser, which would quote it, with the password.
    let Ok(broker) = options.queue_url.parse::<AMQPUri>() else {
        tracing::error!("the broker's URL should look like amqp://user:password@host:5672/%2f");
        std::process::exit(2);
    };
    let mut seen = Seen::new(options.remember);
    let mut wait = FIRST_WAIT;
    loop {
        let mut handle = |body: &[u8]| {
            wait = FIRST_WAIT;
            print(body, &mut seen);
        };
        tokio::select! {
            ended = listen::listen(&broker, &options, &mut handle) => {
                let error = ended.err().map(|error| error.to_string()).unwrap_or_default();
                tracing::warn!(error, ?wait, "not connected to the broker: coming back");
            }
            _ = tokio::signal::ctrl_c() => return,
        }
        tokio::select! {
            () = sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
            _ = tokio::signal::ctrl_c() => return,
        }
    }
}

/// What this consumer does with an event. One that cannot be read is left out: it would be no better the next time.
fn print(body: &[u8], seen: &mut Seen) {
    match Event::read(body) {
        Ok(event) if seen.is_new(&event.id) => {
            // Nobody reads any more: what is not printed is not acknowledged.
            if writeln!(std::io::stdout(), "{event}").is_err() {
                std::process::exit(1);
            }
        }
        Ok(event) => tracing::info!(id = event.id, "a second copy"),
        Err(error) => tracing::warn!(%error, "an event that cannot be read"),
    }
}
