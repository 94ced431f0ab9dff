//! Panics inside of a simulation: the worker catches them, so somebody else has to notice.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

thread_local! {
    /// The first panic since a simulation began on this thread, while one runs.
    static NOTICED: RefCell<Option<Option<String>>> = const { RefCell::new(None) };
}

/// Runs something, and says where it panicked first, also if nothing came of that.
pub(crate) fn noticing<T>(run: impl FnOnce() -> T) -> (T, Option<String>) {
    install();
    NOTICED.set(Some(None));
    let answer = run();
    (answer, NOTICED.take().flatten())
}

/// Takes note of panics on threads that simulate. All others are reported as before.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            let is_simulation = NOTICED.with_borrow_mut(|noticed| {
                if let Some(first) = noticed {
                    first.get_or_insert_with(|| panicked.to_string());
                }
                noticed.is_some()
            });
            if !is_simulation {
                before(panicked);
            }
        }));
    });
}
