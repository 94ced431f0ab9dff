//! What the browser remembers between visits. Where storage is switched off, nothing is remembered, and all else works.

use leptos::prelude::window;

const PREFIX: &str = "moneyflow.";

/// What was kept under this name.
pub(crate) fn read(name: &str) -> Option<String> {
    storage()?.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Keeps a value.
pub(crate) fn write(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // Full or forbidden: the choice holds until the page is left.
        let _ = storage.set_item(&format!("{PREFIX}{name}"), value);
    }
}

/// Forgets a value.
pub(crate) fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{PREFIX}{name}"));
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}
