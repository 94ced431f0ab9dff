//! Panics inside of a simulation: the worker catches them, so somebody else has to notice.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

/// What a thread does as far as panics go.
enum Watch {
    /// It simulates nothing: its panics are its own.
    Off,
    /// It simulates. This is the first panic since it began, if there was one.
    On(Option<String>),
}

thread_local! {
    static WATCH: RefCell<Watch> = const { RefCell::new(Watch::Off) };
}

/// Runs something, and says where it panicked first, also if nothing came of that.
pub(crate) fn noticing<T>(run: impl FnOnce() -> T) -> (T, Option<String>) {
    install();
    WATCH.set(Watch::On(None));
    let answer = run();
    match WATCH.replace(Watch::Off) {
        Watch::On(first) => (answer, first),
        Watch::Off => (answer, None),
    }
}

/// Takes note of panics on threads that simulate. All others are reported as before.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            WATCH.with_borrow_mut(|watch| match watch {
                Watch::On(first) => {
                    first.get_or_insert_with(|| panicked.to_string());
                }
                Watch::Off => before(panicked),
            });
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_that_was_caught_is_noticed() {
        let caught = || panic::catch_unwind(|| panic!("a defect")).is_err();
        let (is_caught, first) = noticing(caught);
        assert!(is_caught);
        assert!(first.unwrap().contains("a defect"));
        assert_eq!(noticing(|| 7), (7, None));
    }
}
