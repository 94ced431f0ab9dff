//! Stretches of time, as they are asked for.

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
