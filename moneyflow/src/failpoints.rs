//! Holds the process at a commit boundary, so that a test can kill it there.
//!
//! `MONEYFLOW_HOLD_AT=store:before:17` holds the store's writer before its 17th commit: it says so on stdout and
//! sleeps for ever. Only in builds with the feature `failpoints`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlite::CommitHook;

/// Sets the hook that the environment asks for, if it asks for this file.
pub(crate) fn arm(file: &str, before: &mut Option<CommitHook>, after: &mut Option<CommitHook>) {
    let Ok(wanted) = std::env::var("MONEYFLOW_HOLD_AT") else {
        return;
    };
    let mut parts = wanted.split(':');
    let (Some(name), Some(side), Some(nth)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let Ok(nth) = nth.parse::<u64>() else { return };
    if name != file {
        return;
    }
    let commits = AtomicU64::new(0);
    let hook: CommitHook = Arc::new(move || {
        if commits.fetch_add(1, Ordering::Relaxed) + 1 == nth {
            crate::output::say("held at the commit boundary");
            loop {
                std::thread::park();
            }
        }
    });
    match side {
        "before" => *before = Some(hook),
        "after" => *after = Some(hook),
        _ => {}
    }
}
