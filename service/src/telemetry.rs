//! The log: lines for a person on a terminal, JSON for a machine, always on stderr.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// The variable that says what is logged: `info`, or `warn,queue=debug`.
pub const FILTER_VARIABLE: &str = "MONEYFLOW_LOG";
/// What is logged unless something else is said. RabbitMQ's client calls every end of a connection an error, also one that
/// was asked for, and the queue itself says when one is lost; what the client's other targets report is news.
pub const DEFAULT_FILTER: &str = "info,lapin::channels=off";
/// The same for a command that tells its user itself how it goes.
pub const QUIET_FILTER: &str = "warn,lapin::channels=off";

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For a person if stderr is a terminal, else JSON.
    #[default]
    Auto,
    /// For a person.
    Human,
    /// One JSON object per line.
    Json,
}

/// Why the log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error(
        "{FILTER_VARIABLE} is `{filter}`, which is no log filter (expected e.g. `info` or `warn,queue=debug`)"
    )]
    Filter {
        /// What was given.
        filter: String,
        /// Where it breaks.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else in this process logs already.
    #[error("the log is set up already")]
    AlreadySet(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up the log of this process, once, and lets panics go through it. What is logged says `filter`,
/// else the variable [`FILTER_VARIABLE`], else it is [`DEFAULT_FILTER`].
///
/// # Errors
/// [`TelemetryError`] if the filter cannot be read, or the log is set up already.
pub fn init(format: LogFormat, filter: Option<&str>) -> Result<(), TelemetryError> {
    let registry = tracing_subscriber::registry().with(filter_of(filter)?);
    if is_human(format) {
        let lines = fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal());
        registry.with(lines).try_init()?;
    } else {
        let lines = fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_writer(stderr);
        registry.with(lines).try_init()?;
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(tracing::field::display);
        let backtrace = std::backtrace::Backtrace::capture();
        tracing::error!(place, %backtrace, "panicked: {}", panic.payload_as_str().unwrap_or("no message"));
    }));
    Ok(())
}

fn filter_of(filter: Option<&str>) -> Result<EnvFilter, TelemetryError> {
    let from_environment = || std::env::var(FILTER_VARIABLE).ok();
    let filter = filter.map(str::to_owned).or_else(from_environment);
    let filter = filter
        .filter(|text| !text.trim().is_empty())
        .unwrap_or_else(|| DEFAULT_FILTER.to_owned());
    EnvFilter::try_new(&filter).map_err(|source| TelemetryError::Filter { filter, source })
}

fn is_human(format: LogFormat) -> bool {
    match format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        let error = filter_of(Some("service=loud")).unwrap_err();
        assert!(
            error.to_string().starts_with("MONEYFLOW_LOG is `service=loud`"),
            "{error}"
        );
        assert_eq!(
            filter_of(Some("warn,queue=debug")).unwrap().to_string(),
            "queue=debug,warn"
        );
    }

    #[test]
    fn unless_said_the_client_of_the_broker_does_not_speak_of_connections() {
        for (filter, level) in [("  ", "info"), (DEFAULT_FILTER, "info"), (QUIET_FILTER, "warn")] {
            let filter = filter_of(Some(filter)).unwrap().to_string();
            assert_eq!(filter, format!("lapin::channels=off,{level}"));
        }
    }

    #[test]
    fn the_log_is_set_up_once() {
        init(LogFormat::Json, Some("off")).unwrap();
        assert!(matches!(
            init(LogFormat::Human, None),
            Err(TelemetryError::AlreadySet(_))
        ));
    }
}
