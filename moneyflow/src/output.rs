//! What the commands print: results on stdout, complaints on stderr.

use std::io::Write as _;

use serde_json::Value;

/// A command found a fault and has said so; the exit code is 1.
#[derive(Debug, thiserror::Error)]
#[error("the command found a fault")]
pub(crate) struct Failed;

/// Prints a line of a result. A reader that went away (`| head`) is no fault.
pub(crate) fn say(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout().lock(), "{}", line.as_ref());
}

/// Prints a result for a program: one JSON text on one line.
pub(crate) fn say_json(value: &Value) {
    say(value.to_string());
}

/// Prints a line about what is going on, where results do not go.
pub(crate) fn remark(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", line.as_ref());
}

/// Prints an error with its causes.
pub(crate) fn complain(error: &anyhow::Error) {
    remark(format!("moneyflow: {error:#}"));
}

/// The arguments say something that cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misuse(pub(crate) String);
