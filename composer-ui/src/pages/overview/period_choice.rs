//! How far back the figures go, to be chosen.

use leptos::prelude::*;

use super::super::period::{Period, WITHIN};
use crate::{
    navigation::{Navigation, navigation},
    words::words,
};

/// How many steps a period has, so that a bar is wide enough to be pointed at.
const STEPS: u32 = 60;

/// What the address says; the last hour unless it says anything.
pub(super) fn chosen(navigation: Navigation) -> Period {
    let named = navigation.filter(WITHIN).unwrap_or_default();
    Period::named(&named).unwrap_or(Period::Hour)
}

/// The length of the steps of a period.
pub(super) fn step_s(period: Period) -> u32 {
    period.seconds() / STEPS
}

/// The periods, to be chosen.
#[component]
pub(super) fn PeriodChoice() -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let button = |period: Period| {
        let is_chosen = move || (chosen(navigation) == period).to_string();
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
            assert_eq!(step_s(period) * STEPS, period.seconds());
        }
    }
}
