//! States: a colour, a shape and a word, so that no reader depends on one of them.

use api_types::RunStatus;
use leptos::prelude::*;

use crate::icons::{Icon, Sign};

/// What a state means, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Success,
    Failure,
    Error,
    Quiet,
    Running,
    Waiting,
}

impl Tone {
    /// Its style.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Success => "tone-success",
            Self::Failure => "tone-failure",
            Self::Error => "tone-error",
            Self::Quiet => "tone-quiet",
            Self::Running => "tone-running",
            Self::Waiting => "tone-waiting",
        }
    }

    /// Its shape.
    pub(crate) fn icon(self) -> Icon {
        match self {
            Self::Success => Icon::Tick,
            Self::Failure => Icon::Stop,
            Self::Error => Icon::Cross,
            Self::Quiet => Icon::Dash,
            Self::Running => Icon::Ring,
            Self::Waiting => Icon::Clock,
        }
    }
}

/// What a run's state means. An abort is what somebody composed, so it alarms nobody.
pub(crate) fn run_tone(status: RunStatus) -> Tone {
    match status {
        RunStatus::Succeeded => Tone::Success,
        RunStatus::Failed | RunStatus::CompensationFailed => Tone::Error,
        RunStatus::Aborted => Tone::Failure,
        RunStatus::Cancelled => Tone::Quiet,
        RunStatus::Running | RunStatus::Compensating => Tone::Running,
        RunStatus::Waiting => Tone::Waiting,
    }
}

/// A state in a word.
#[component]
pub(crate) fn Badge(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class=format!("badge {}", tone.class())>
            <Sign icon=tone.icon() />
            {text}
        </span>
    }
}
