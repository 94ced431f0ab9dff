//! Short remarks on what was just done, read out to whoever does not see them.

use std::time::Duration;

use leptos::prelude::*;

use super::Tone;
use crate::icons::Sign;

/// How long a remark stays.
const SHOWN: Duration = Duration::from_secs(6);
/// How long one stays that says what to beware of.
const SHOWN_AS_WARNING: Duration = Duration::from_secs(30);
/// How many stand at once.
const AT_ONCE: usize = 3;

#[derive(Debug, Clone)]
struct Toast {
    id: u64,
    tone: Tone,
    text: String,
}

/// The remarks that stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    made: StoredValue<u64>,
    copied: &'static str,
}

impl Toasts {
    /// None so far. `copied` is what is said of a text on the clipboard.
    pub(crate) fn new(copied: &'static str) -> Self {
        Self {
            shown: RwSignal::new(Vec::new()),
            made: StoredValue::new(0),
            copied,
        }
    }

    /// Says something for a while.
    pub(crate) fn say(self, tone: Tone, text: impl Into<String>) {
        self.show(tone, text.into(), SHOWN);
    }

    /// Says what to beware of, for as long as it takes to do so.
    pub(crate) fn warn(self, text: impl Into<String>) {
        self.show(Tone::Failure, text.into(), SHOWN_AS_WARNING);
    }

    fn show(self, tone: Tone, text: String, time: Duration) {
        self.made.update_value(|made| *made += 1);
        let toast = Toast {
            id: self.made.get_value(),
            tone,
            text,
        };
        let id = toast.id;
        self.shown.update(|shown| {
            shown.push(toast);
            let surplus = shown.len().saturating_sub(AT_ONCE);
            shown.drain(..surplus);
        });
        set_timeout(
            move || {
                let _ = self
                    .shown
                    .try_update(|shown| shown.retain(|toast| toast.id != id));
            },
            time,
        );
    }

    /// Puts a text on the clipboard and says so.
    pub(crate) fn copy(self, text: &str) {
        // A browser that forbids it has said so itself.
        let _ = window().navigator().clipboard().write_text(text);
        self.say(Tone::Success, self.copied);
    }
}

/// The remarks of the page.
pub(crate) fn toasts() -> Toasts {
    expect_context()
}

/// Where remarks stand.
#[component]
pub(crate) fn ToastArea() -> impl IntoView {
    let shown = toasts().shown;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || shown.get() key=|toast| toast.id let:toast>
                <div class=format!("toast {}", toast.tone.class())>
                    <Sign icon=toast.tone.icon() />
                    <span>{toast.text}</span>
                </div>
            </For>
        </div>
    }
}
