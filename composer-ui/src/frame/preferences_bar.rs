//! Theme and language, to be chosen by hand.

use leptos::prelude::*;

use crate::{
    icons::{Icon, Sign},
    preferences::{Theme, preferences},
    words::{Language, words},
};

/// Theme and language.
#[component]
pub(crate) fn PreferencesBar() -> impl IntoView {
    let words = words();
    let preferences = preferences();
    let languages = Language::ALL.map(|language| {
        let is_chosen = preferences.language_untracked() == language;
        let tag = language.tag().to_ascii_uppercase();
        // Whoever speaks to the page says what stands on the button.
        let label = format!("{tag}: {}", language.name());
        view! {
            <button
                type="button"
                title=language.name()
                aria-label=label
                aria-pressed=is_chosen.to_string()
                on:click=move |_| preferences.choose_language(language)
            >
                {tag}
            </button>
        }
    });
    let themes = Theme::ALL.map(|theme| {
        let (icon, label) = match theme {
            Theme::System => (Icon::Screen, words.frame.theme_system),
            Theme::Light => (Icon::Sun, words.frame.theme_light),
            Theme::Dark => (Icon::Moon, words.frame.theme_dark),
        };
        view! {
            <button
                type="button"
                title=label
                aria-label=label
                aria-pressed=move || (preferences.theme() == theme).to_string()
                on:click=move |_| preferences.choose_theme(theme)
            >
                <Sign icon=icon />
            </button>
        }
    });
    view! {
        <div class="choice" role="group" aria-label=words.frame.language>{languages.collect_view()}</div>
        <div class="choice" role="group" aria-label=words.frame.theme>{themes.collect_view()}</div>
    }
}
