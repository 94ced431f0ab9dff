//! A stretch of days, in the reader's time zone: both are in it. They stand in the address.

use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::navigation::{Navigation, navigation};

/// The filter for the first day.
pub(super) const FROM: &str = "from";
/// The filter for the last day.
pub(super) const TO: &str = "to";

/// The first and the last day, as `2026-01-31`; empty where the stretch is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Days {
    first: String,
    last: String,
}

impl Days {
    /// What the address says.
    pub(super) fn of(navigation: Navigation) -> Self {
        let day = |name| navigation.filter(name).unwrap_or_default();
        Self {
            first: day(FROM),
            last: day(TO),
        }
    }

    /// The moment at which the first day begins, as the API takes it.
    pub(super) fn from(&self) -> String {
        beginning(&self.first, 0)
    }

    /// The moment at which the last day ends.
    pub(super) fn to(&self) -> String {
        beginning(&self.last, 1)
    }
}

/// When the day so many days later begins; nothing for what is no day.
fn beginning(day: &str, later: u32) -> String {
    let midnight = Date::new(&JsValue::from_str(&format!("{day}T00:00:00")));
    if day.is_empty() || midnight.get_time().is_nan() {
        return String::new();
    }
    // By the calendar, not by hours: some days have 23 or 25.
    midnight.set_date(midnight.get_date() + later);
    String::from(midnight.to_iso_string())
}

/// A day to be chosen. It stands in the address under `name`.
#[component]
pub(super) fn DayField(name: &'static str, label: &'static str) -> impl IntoView {
    let navigation = navigation();
    view! {
        <label class="day">
            <span>{label}</span>
            <input
                class="field"
                type="date"
                prop:value=move || navigation.filter(name).unwrap_or_default()
                on:change=move |event| navigation.set_filter(name, &event_target_value(&event))
            />
        </label>
    }
}
