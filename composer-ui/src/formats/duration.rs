//! How long something took, as short as it can be said.

use super::tenths;
use crate::words::Language;

/// `38 ms`, `1.4 s` (in Portuguese `1,4 s`), `3 min 20 s`.
pub(crate) fn took(millis: f64, language: Language) -> String {
    let whole = |value: f64| tenths(value.floor(), language);
    if millis < 1.0 {
        "< 1 ms".to_owned()
    } else if millis < 1_000.0 {
        format!("{} ms", whole(millis))
    } else if millis < 60_000.0 {
        format!("{} s", tenths(millis / 1_000.0, language))
    } else {
        let seconds = millis / 1_000.0;
        format!("{} min {} s", whole(seconds / 60.0), whole(seconds % 60.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_follows_the_length() {
        for (millis, text) in [
            (0.0, "< 1 ms"),
            (38.2, "38 ms"),
            (999.7, "999 ms"),
            (1_440.0, "1.4 s"),
            (200_900.0, "3 min 20 s"),
        ] {
            assert_eq!(took(millis, Language::English), text);
        }
        assert_eq!(took(1_440.0, Language::Portuguese), "1,4 s");
    }
}
