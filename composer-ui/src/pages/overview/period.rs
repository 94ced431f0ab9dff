//! How far back the figures go. It stands in the address, by the same names as in the list of runs.

use leptos::prelude::*;

use crate::{
    navigation::{Navigation, navigation},
    words::{Words, words},
};

/// The filter's name.
pub(super) const WITHIN: &str = "within";

const HOUR_S: u32 = 3_600;
/// How many steps a period has, so that a bar is wide enough to be pointed at.
const STEPS: u32 = 60;

/// A stretch of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Hour,
    Day,
    Week,
}

impl Period {
    const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// What the address says; the last hour unless it says anything.
    pub(super) fn of(navigation: Navigation) -> Self {
        let named = navigation.filter(WITHIN).unwrap_or_default();
        let known = Self::ALL.into_iter().find(|known| known.name() == named);
        known.unwrap_or(Self::Hour)
    }

    /// Its name in the address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    fn label(self, words: &Words) -> &'static str {
        match self {
            Self::Hour => words.runs.last_hour,
            Self::Day => words.runs.last_day,
            Self::Week => words.runs.last_week,
        }
    }

    fn seconds(self) -> u32 {
        match self {
            Self::Hour => HOUR_S,
            Self::Day => 24 * HOUR_S,
            Self::Week => 7 * 24 * HOUR_S,
        }
    }

    /// Its length.
    pub(super) fn millis(self) -> f64 {
        f64::from(self.seconds()) * 1_000.0
    }

    /// The length of its steps.
    pub(super) fn step_s(self) -> u32 {
        self.seconds() / STEPS
    }
}

/// The periods, to be chosen.
#[component]
pub(super) fn PeriodChoice() -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let button = |period: Period| {
        let is_chosen = move || (Period::of(navigation) == period).to_string();
        view! {
            <button
                type="button"
                aria-pressed=is_chosen
                on:click=move |_| navigation.set_filter(WITHIN, period.name())
            >
                {period.label(words)}
            </button>
        }
    };
    view! {
        <div class="choice" role="group" aria-label=words.overview.period>
            {Period::ALL.map(button).collect_view()}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fill_their_period() {
        for period in Period::ALL {
            let steps = f64::from(period.step_s() * STEPS) * 1_000.0;
            assert!((steps - period.millis()).abs() < 1.0, "{steps}");
        }
    }
}
