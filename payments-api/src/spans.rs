//! Stretches of time, and moments, as they are asked for.

use jiff::Timestamp;
use service::Problem;
use store::Span;

use crate::{Moment, problems};

/// A stretch of time, from one moment on and up to another.
///
/// # Errors
/// 400: it ends before it begins.
pub(crate) fn read(from: Option<Moment>, to: Option<Moment>) -> Result<Span, Problem> {
    let span = Span {
        from: from.map(|moment| moment.0),
        to: to.map(|moment| moment.0),
    };
    match (span.from, span.to) {
        (Some(from), Some(to)) if to < from => Err(problems::invalid_parameter(
            "to",
            &format!("{to} is before `from`, {from}."),
        )),
        _ => Ok(span),
    }
}

/// The end of what was posted up to a moment, the moment included. Dates are kept to the microsecond.
pub(crate) fn behind(as_of: Moment) -> Timestamp {
    let next = as_of.0.as_microsecond().checked_add(1);
    let next = next.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    next.unwrap_or(Timestamp::MAX)
}
