//! `If-Match`, asked where the answer still holds when the write is done.

use std::future::Future;

use service::IfMatch;
use store::{ChangeRuleError, SaveRuleError};

/// No rule gets so far, so expecting it writes nothing and tells the version that there is.
const NEVER: u32 = u32::MAX;
/// How often somebody else may come first before the write is given up.
const ATTEMPTS: usize = 8;

/// Why a write did not happen: perhaps because somebody saved a newer version.
pub(crate) trait Stale {
    /// The version that there is, zero if there is none; `None` if the error is another.
    fn current(&self) -> Option<u32>;
}

impl Stale for SaveRuleError {
    fn current(&self) -> Option<u32> {
        if let Self::Stale { current } = self {
            Some(*current)
        } else {
            None
        }
    }
}

impl Stale for ChangeRuleError {
    fn current(&self) -> Option<u32> {
        if let Self::Stale { current } = self {
            Some(*current)
        } else {
            None
        }
    }
}

/// Writes if the condition allows. `write` is told the version to expect, and must write nothing if the version is
/// another when it comes to write.
pub(crate) async fn guarded<T, E, W, F>(if_match: &IfMatch, write: W) -> Result<T, E>
where
    E: Stale,
    W: Fn(Option<u32>) -> F,
    F: Future<Output = Result<T, E>>,
{
    if if_match.is_absent() {
        return write(None).await;
    }
    // `*` asks only that there is one, and a rule never ceases to be there.
    let mut outcome = write(Some(NEVER)).await;
    for _ in 0..ATTEMPTS {
        let current = outcome.as_ref().err().and_then(Stale::current);
        match current {
            Some(1..) if if_match.is_any() => return write(None).await,
            Some(current) if allows(if_match, current) => outcome = write(Some(current)).await,
            _ => break,
        }
    }
    outcome
}

fn allows(if_match: &IfMatch, current: u32) -> bool {
    if_match.allows_version((current > 0).then_some(current.into()))
}
