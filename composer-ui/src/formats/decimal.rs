//! Numbers with at most one place after the point. Whole numbers do the work: formatting floats would be some kilobytes of
//! what the first visit loads.

use super::amount;
use crate::words::Language;

/// Rounded to a tenth, as the language writes it: `2.5`, `127`, in Portuguese `2,5`.
pub(crate) fn tenths(value: f64, language: Language) -> String {
    amount(&plain_tenths(value), language)
}

/// Rounded to a tenth, as drawings are written: `-0.5`, `127`.
pub(crate) fn plain_tenths(value: f64) -> String {
    let tenths = rounded(value * 10.0);
    let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let sign = if tenths < 0 { "-" } else { "" };
    match rest {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest}"),
    }
}

/// The nearest whole number.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the fraction is rounded away, and what no integer holds becomes the last that is held"
)]
fn rounded(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_written_where_there_is_one() {
        for (value, text) in [
            (0.0, "0"),
            (-0.04, "0"),
            (0.05, "0.1"),
            (-0.5, "-0.5"),
            (126.96, "127"),
            (1_234.56, "1234.6"),
        ] {
            assert_eq!(plain_tenths(value), text);
        }
        assert_eq!(tenths(1_234.56, Language::English), "1,234.6");
        assert_eq!(tenths(1_234.56, Language::Portuguese), "1.234,6");
    }
}
