//! Times: relative to now, exact when pointed at, in the reader's language and time zone.

use std::time::Duration;

use js_sys::{Array, Date, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::words::Language;

/// How often relative times are written anew.
const TICK: Duration = Duration::from_secs(10);
/// Units with their length in seconds, the largest first.
const UNITS: [(&str, f64); 4] = [
    ("day", 86_400.0),
    ("hour", 3_600.0),
    ("minute", 60.0),
    ("second", 1.0),
];
/// Below this many seconds it is "just now".
const JUST_NOW: f64 = 5.0;

/// The time of day, and how the language of the page writes it. Only what the browser offers: no tables are loaded.
#[derive(Clone)]
pub(crate) struct Clock {
    now: RwSignal<f64>,
    relative: StoredValue<Intl::RelativeTimeFormat, LocalStorage>,
    exact: StoredValue<Intl::DateTimeFormat, LocalStorage>,
    just_now: &'static str,
}

impl Clock {
    /// A clock that ticks as long as its owner lives.
    pub(crate) fn start(language: Language, just_now: &'static str) -> Self {
        let locale = Array::of1(&JsValue::from_str(language.locale()));
        let relative = options(&[("numeric", "always"), ("style", "long")]);
        let exact = options(&[("dateStyle", "medium"), ("timeStyle", "medium")]);
        let now = RwSignal::new(Date::now());
        if let Ok(ticking) = set_interval_with_handle(move || now.set(Date::now()), TICK) {
            on_cleanup(move || ticking.clear());
        }
        Self {
            now,
            relative: StoredValue::new_local(Intl::RelativeTimeFormat::new(&locale, &relative)),
            exact: StoredValue::new_local(Intl::DateTimeFormat::new(&locale, &exact)),
            just_now,
        }
    }

    /// How long ago a time was, as of the last tick.
    pub(crate) fn ago(&self, time: &str) -> String {
        let seconds = (self.now.get().max(Date::now()) - millis_of(time)) / 1_000.0;
        if seconds < JUST_NOW {
            return self.just_now.to_owned();
        }
        let (unit, length) = unit_of(seconds);
        let count = -(seconds / length).floor();
        let written = self.relative.try_with_value(|format| format.format(count, unit));
        written.map(String::from).unwrap_or_default()
    }

    /// How long it is until a time, as of the last tick.
    pub(crate) fn until(&self, time: &str) -> String {
        let seconds = (millis_of(time) - self.now.get().max(Date::now())) / 1_000.0;
        if seconds < JUST_NOW {
            return self.just_now.to_owned();
        }
        let (unit, length) = unit_of(seconds);
        let count = (seconds / length).floor();
        let written = self.relative.try_with_value(|format| format.format(count, unit));
        written.map(String::from).unwrap_or_default()
    }

    /// The day and time, to the second.
    pub(crate) fn exactly(&self, time: &str) -> String {
        let date = Date::new(&JsValue::from_str(time));
        let written = self.exact.try_with_value(|format| {
            let written = format.format().call1(&JsValue::UNDEFINED, &date);
            written.ok().and_then(|written| written.as_string())
        });
        written.flatten().unwrap_or_else(|| time.to_owned())
    }
}

/// The clock of the page.
pub(crate) fn clock() -> Clock {
    expect_context()
}

/// The moment so many milliseconds ago, as the API takes it.
pub(crate) fn before_now(millis: f64) -> String {
    let moment = Date::new(&JsValue::from_f64(Date::now() - millis));
    String::from(moment.to_iso_string())
}

/// A time of the API as milliseconds since 1970.
pub(crate) fn millis_of(time: &str) -> f64 {
    Date::parse(time)
}

fn unit_of(seconds: f64) -> (&'static str, f64) {
    let fitting = UNITS.into_iter().find(|(_, length)| seconds >= *length);
    fitting.unwrap_or(("second", 1.0))
}

fn options(members: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in members {
        // A plain object takes every member.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_that_fits_is_taken() {
        for (seconds, unit) in [
            (7.0, "second"),
            (61.0, "minute"),
            (7_199.0, "hour"),
            (90_000.0, "day"),
        ] {
            assert_eq!(unit_of(seconds).0, unit);
        }
    }
}
