//! Amounts: decimal texts, grouped as the reader's language does it. No digit goes through a float.

use crate::words::Language;

/// How many digits stand together.
const GROUP: usize = 3;

/// `-1234.50` as `−1,234.50` or `−1.234,50`.
pub(crate) fn amount(decimal: &str, language: Language) -> String {
    let (group, point) = match language {
        Language::English => (',', '.'),
        Language::Portuguese => ('.', ','),
    };
    let (sign, digits) = decimal
        .strip_prefix('-')
        .map_or(("", decimal), |digits| ("\u{2212}", digits));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut written = String::from(sign);
    let count = whole.chars().count();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (count - place).is_multiple_of(GROUP) {
            written.push(group);
        }
        written.push(digit);
    }
    if let Some(fraction) = fraction {
        written.push(point);
        written.push_str(fraction);
    }
    written
}

/// Whether an amount is zero, whatever its currency's digits.
pub(crate) fn is_zero(decimal: &str) -> bool {
    decimal.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_and_all_kept() {
        for (decimal, english, portuguese) in [
            ("0.00", "0.00", "0,00"),
            ("999", "999", "999"),
            ("-1234.50", "\u{2212}1,234.50", "\u{2212}1.234,50"),
            (
                "12345678901234567890.123",
                "12,345,678,901,234,567,890.123",
                "12.345.678.901.234.567.890,123",
            ),
        ] {
            assert_eq!(amount(decimal, Language::English), english);
            assert_eq!(amount(decimal, Language::Portuguese), portuguese);
        }
    }

    #[test]
    fn zero_has_no_other_digit() {
        assert!(is_zero("0") && is_zero("0.000") && is_zero("-0.00"));
        assert!(!is_zero("0.01") && !is_zero("-10.00"));
    }
}
