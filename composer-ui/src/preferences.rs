//! How the reader wants it: light or dark, in which language, with a wide or a slim rail.

use leptos::prelude::*;

use crate::{storage, words::Language};

const THEME: &str = "theme";
const LANGUAGE: &str = "language";
const RAIL: &str = "rail";
const SLIM: &str = "slim";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system says.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All, in the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What the reader chose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preferences {
    theme: RwSignal<Theme>,
    language: RwSignal<Language>,
    has_slim_rail: RwSignal<bool>,
}

impl Preferences {
    /// What was chosen before, or what the browser says.
    pub(crate) fn remembered() -> Self {
        let theme = storage::read(THEME);
        let theme = Theme::ALL
            .into_iter()
            .find(|known| Some(known.name()) == theme.as_deref());
        let spoken = || Language::of_browser(&window().navigator().language().unwrap_or_default());
        let language = storage::read(LANGUAGE).and_then(|tag| Language::by_tag(&tag));
        let preferences = Self {
            theme: RwSignal::new(theme.unwrap_or(Theme::System)),
            language: RwSignal::new(language.unwrap_or_else(spoken)),
            has_slim_rail: RwSignal::new(storage::read(RAIL).as_deref() == Some(SLIM)),
        };
        preferences.apply_language();
        preferences
    }

    /// Light or dark.
    pub(crate) fn theme(self) -> Theme {
        self.theme.get()
    }

    /// Chooses light or dark. `start.js` applies it before the next first paint.
    pub(crate) fn choose_theme(self, theme: Theme) {
        let root = document().document_element();
        if theme == Theme::System {
            storage::forget(THEME);
            let _ = root.map(|root| root.remove_attribute("data-theme"));
        } else {
            storage::write(THEME, theme.name());
            let _ = root.map(|root| root.set_attribute("data-theme", theme.name()));
        }
        self.theme.set(theme);
    }

    /// The language.
    pub(crate) fn language(self) -> Language {
        self.language.get()
    }

    /// The language, for whoever is built anew when it changes.
    pub(crate) fn language_untracked(self) -> Language {
        self.language.get_untracked()
    }

    /// Chooses a language.
    pub(crate) fn choose_language(self, language: Language) {
        storage::write(LANGUAGE, language.tag());
        self.language.set(language);
        self.apply_language();
    }

    /// Whether the rail shows signs only.
    pub(crate) fn has_slim_rail(self) -> bool {
        self.has_slim_rail.get()
    }

    /// Changes between a wide rail and a slim one.
    pub(crate) fn toggle_rail(self) {
        let is_slim = !self.has_slim_rail.get_untracked();
        storage::write(RAIL, if is_slim { SLIM } else { "wide" });
        self.has_slim_rail.set(is_slim);
    }

    fn apply_language(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", self.language_untracked().locale());
        }
    }
}

/// The reader's choices.
pub(crate) fn preferences() -> Preferences {
    expect_context()
}
