//! Amounts as people type them: digits, and the point or comma of the language. Groups are not typed: `1,234` is one thing in
//! one language and another in the next, and nobody should have to guess which was meant.

use std::cmp::Ordering;

use crate::words::Language;

/// The mark before the fraction.
fn point(language: Language) -> char {
    match language {
        Language::English => '.',
        Language::Portuguese => ',',
    }
}

/// An amount of the API, as it would be typed.
pub(super) fn to_type(decimal: &str, language: Language) -> String {
    decimal.replace('.', &point(language).to_string())
}

/// What was typed, as the API takes it; nothing if it is no amount. How many digits a currency has the API knows.
pub(super) fn typed(text: &str, language: Language) -> Option<String> {
    let text = text.trim();
    let (whole, fraction) = match text.split_once(point(language)) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !fraction.is_none_or(is_digits) {
        return None;
    }
    Some(fraction.map_or_else(|| whole.to_owned(), |fraction| format!("{whole}.{fraction}")))
}

/// How one amount of the API is to another, whatever zeros they are written with: `20` is `20.00`.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let parts = |decimal| {
        let (whole, fraction) = str::split_once(decimal, '.').unwrap_or((decimal, ""));
        let whole = whole.trim_start_matches('0');
        (whole.len(), whole, fraction.trim_end_matches('0'))
    };
    parts(one).cmp(&parts(other))
}

/// What is left of an amount less another of the same digits: `12.50` less `2.50` is `10.00`. Nothing if they have not the
/// same digits, or too many for a number.
pub(crate) fn less(from: &str, taken: &str) -> Option<String> {
    let places = |decimal: &str| decimal.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits = places(from);
    if digits != places(taken) {
        return None;
    }
    let minor = |decimal: &str| decimal.replace('.', "").parse::<i128>().ok();
    let left = minor(from)?.checked_sub(minor(taken)?)?;
    let sign = if left < 0 { "-" } else { "" };
    let written = format!("{:0>width$}", left.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = written.split_at_checked(written.len() - digits)?;
    Some(match digits {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_typed_as_the_language_writes_it() {
        let (english, portuguese) = (Language::English, Language::Portuguese);
        for (text, language, amount) in [
            ("12.50", english, Some("12.50")),
            (" 7 ", english, Some("7")),
            ("12,50", portuguese, Some("12.50")),
            ("12,50", english, None),
            ("1,234.50", english, None),
            ("12.50", portuguese, None),
            ("1.234,50", portuguese, None),
            ("-1", english, None),
            ("1e3", english, None),
            (".5", english, None),
            ("5.", english, None),
            ("", english, None),
        ] {
            assert_eq!(typed(text, language).as_deref(), amount, "{text}");
        }
        assert_eq!(to_type("12.50", portuguese), "12,50");
        assert_eq!(to_type("12", english), "12");
    }

    #[test]
    fn amounts_are_compared_whatever_zeros_they_have() {
        for (one, order, other) in [
            ("20", Ordering::Equal, "20.00"),
            ("007.5", Ordering::Equal, "7.50"),
            ("0", Ordering::Equal, "0.00"),
            ("9", Ordering::Less, "10.00"),
            ("69.51", Ordering::Greater, "69.50"),
            ("69.501", Ordering::Greater, "69.50"),
            ("0.09", Ordering::Less, "0.1"),
            (
                "999999999999999999999999999999999999999999",
                Ordering::Greater,
                "10.00",
            ),
        ] {
            assert_eq!(compare(one, other), order, "{one} and {other}");
            assert_eq!(compare(other, one), order.reverse(), "{other} and {one}");
        }
    }

    #[test]
    fn what_is_left_keeps_its_digits() {
        for (from, taken, left) in [
            ("12.50", "2.50", Some("10.00")),
            ("0.30", "0.29", Some("0.01")),
            ("1.00", "3.05", Some("-2.05")),
            ("900", "1", Some("899")),
            ("1.000", "0.001", Some("0.999")),
            ("92233720368547758.07", "0.01", Some("92233720368547758.06")),
            ("1.0", "1.00", None),
            ("x", "1", None),
        ] {
            assert_eq!(less(from, taken).as_deref(), left, "{from} less {taken}");
        }
    }
}
