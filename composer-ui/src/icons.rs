//! The signs: drawn here, one line wide, in the colour of the text around them. A sign never stands alone without a word
//! or a label.

use leptos::prelude::*;

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Accounts,
    Archive,
    Clock,
    Close,
    Copy,
    Cross,
    Dash,
    DeadLetters,
    File,
    Fit,
    Holds,
    Ledger,
    Minus,
    Moon,
    More,
    Overview,
    Payments,
    Plus,
    Publish,
    Rail,
    Redo,
    Requeue,
    Ring,
    Rules,
    Runs,
    Screen,
    Search,
    Stop,
    Sun,
    Tasks,
    Tick,
    Undo,
    Warning,
}

impl Icon {
    /// The lines, in a square of 16.
    pub(crate) fn lines(self) -> &'static str {
        match self {
            Self::Accounts => "M2.5 4.5h11v8.5h-11zM2.5 7.5h11M5 10.3h3",
            Self::Archive => "M2.5 3.5h11v3h-11zM3.5 6.5v6h9v-6M6.5 9h3",
            Self::Clock => "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M8 5.2V8l2 1.3",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Cross => "M4.5 4.5l7 7M11.5 4.5l-7 7",
            Self::Dash => "M4 8h8",
            Self::DeadLetters => "M2.5 4h11v8.5h-11zM2.5 4.5L8 9l5.5-4.5M9.8 14.6l3-3M9.8 11.6l3 3",
            Self::File => "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
            Self::Fit => "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
            Self::Holds => "M4 7.2h8v6H4zM5.6 7.2V5a2.4 2.4 0 0 1 4.8 0v2.2M8 9.6v1.4",
            Self::Ledger => "M3.5 2.5h9v11h-9zM6 2.5v11M8 5.5h2.5M8 8h2.5",
            Self::Minus => "M3.5 8h9",
            Self::Moon => "M13 9.6A5.4 5.4 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6",
            Self::Overview => "M2.5 13.5h11M4 11V8M7 11V4M10 11V6.5M13 11V2.5",
            Self::Payments => "M2.5 5.5h9.5M9.5 3l2.5 2.5L9.5 8M13.5 10.5H4M6.5 8L4 10.5L6.5 13",
            Self::More => "M3.5 8v.1M8 8v.1M12.5 8v.1",
            Self::Plus => "M8 3.5v9M3.5 8h9",
            Self::Publish => "M8 10.5v-8M4.8 5.5L8 2.3l3.2 3.2M3 10v3h10v-3",
            Self::Rail => "M2.5 3h11v10h-11zM6 3v10",
            Self::Redo => "M13 6.5H6a3.5 3.5 0 0 0 0 7h3M10 3.5l3 3l-3 3",
            Self::Requeue => "M3 8a5 5 0 0 1 8.8-3.2L13 6M13 3v3h-3M13 8a5 5 0 0 1-8.8 3.2L3 10M3 13v-3h3",
            Self::Ring => "M13 8a5 5 0 1 1-5-5",
            Self::Rules => {
                "M8 1.8l2.7 2.7L8 7.2L5.3 4.5zM8 7.2v2M4 14v-2.3a1.5 1.5 0 0 1 1.5-1.5h5a1.5 1.5 0 0 1 1.5 1.5V14"
            }
            Self::Runs => "M2 8h2.5l2-4.5l3 9l2-4.5H14",
            Self::Screen => "M2.5 3h11v8h-11zM6 13.5h4M8 11v2.5",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9M10.3 10.3l3.2 3.2",
            Self::Stop => "M5.7 2.5h4.6l3.2 3.2v4.6l-3.2 3.2H5.7l-3.2-3.2V5.7zM8 5.3v3.2M8 10.6v.1",
            Self::Sun => {
                "M8 5.3a2.7 2.7 0 1 1 0 5.4a2.7 2.7 0 0 1 0-5.4M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"
            }
            Self::Tasks => "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
            Self::Tick => "M3.5 8.5l3 3l6-7",
            Self::Undo => "M3 6.5h7a3.5 3.5 0 0 1 0 7H7M6 3.5l-3 3l3 3",
            Self::Warning => "M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.1",
        }
    }
}

/// Draws a sign. It says nothing to a screen reader: the word beside it does.
#[component]
pub(crate) fn Sign(icon: Icon) -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=icon.lines() />
        </svg>
    }
}
