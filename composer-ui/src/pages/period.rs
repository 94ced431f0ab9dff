//! A stretch of time that ends now. It stands in the address, by the same names on every page.

use leptos::prelude::Signal;

use crate::words::Words;

/// The filter's name.
pub(super) const WITHIN: &str = "within";

const HOUR_S: u32 = 3_600;

/// How far back a page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Hour,
    Day,
    Week,
}

impl Period {
    /// Every one, the shortest first.
    pub(super) const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// The one that an address names.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Its name in the address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// Its words.
    pub(super) fn label(self, words: &Words) -> &'static str {
        match self {
            Self::Hour => words.runs.last_hour,
            Self::Day => words.runs.last_day,
            Self::Week => words.runs.last_week,
        }
    }

    /// Every one with its words, to choose from.
    pub(super) fn options(words: &Words) -> Signal<Vec<(String, String)>> {
        let options = Self::ALL.map(|period| (period.name().to_owned(), period.label(words).to_owned()));
        Signal::stored(options.to_vec())
    }

    /// Its length.
    pub(super) fn seconds(self) -> u32 {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_found_by_its_name() {
        for period in Period::ALL {
            assert_eq!(Period::named(period.name()), Some(period));
        }
        assert_eq!(Period::named("1y"), None);
    }
}
