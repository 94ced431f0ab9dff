//! Comparing numbers by their digits, never through a float.

use std::cmp::Ordering;

/// A number as its sign, its significant digits and the place of its first digit:
/// `± 0.d₁d₂d₃… × 10^magnitude`, with d₁ ≠ 0. Zero has no digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scientific<'t> {
    negative: bool,
    /// The digits before and after the point, as written, without leading zeros.
    digits: Digits<'t>,
    magnitude: i64,
}

/// Digits in two pieces, since a decimal point may stand between them. Neither leads with zeros unless
/// the piece before it has digits; trailing zeros may remain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Digits<'t> {
    before: &'t [u8],
    after: &'t [u8],
}

impl<'t> Digits<'t> {
    fn iter(self) -> impl Iterator<Item = u8> + 't {
        self.before.iter().chain(self.after).copied()
    }

    fn is_empty(self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// Compares digit by digit, as fractions: a missing digit is a zero.
    fn compare(self, other: Self) -> Ordering {
        let (mut mine, mut theirs) = (self.iter(), other.iter());
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return Ordering::Equal,
                (a, b) => match a.unwrap_or(b'0').cmp(&b.unwrap_or(b'0')) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                },
            }
        }
    }
}

/// Longer numbers are not compared: a list of thousands, each against a million digits, would hold everybody up.
const MAX_CHARACTERS: usize = 1_000;

/// Reads `-?digits(.digits)?([eE][+-]?digits)?`. None if the text is not of that form, or its exponent
/// is beyond 18 digits.
fn read(text: &str) -> Option<Scientific<'_>> {
    if text.len() > MAX_CHARACTERS {
        return None;
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if !all_digits(whole) || !fraction.is_none_or(all_digits) {
        return None;
    }
    Some(place(
        negative,
        whole.as_bytes(),
        fraction.unwrap_or_default().as_bytes(),
        exponent,
    ))
}

fn place<'t>(negative: bool, whole: &'t [u8], fraction: &'t [u8], exponent: i64) -> Scientific<'t> {
    let before = trim_leading_zeros(whole);
    let after = if before.is_empty() {
        trim_leading_zeros(fraction)
    } else {
        fraction
    };
    let skipped = if before.is_empty() {
        fraction.len() - after.len()
    } else {
        0
    };
    // Lengths are those of a text in memory, and the exponent has at most 18 digits: no overflow.
    let places = i64::try_from(before.len()).unwrap_or(i64::MAX) - i64::try_from(skipped).unwrap_or(i64::MAX);
    let digits = Digits { before, after };
    Scientific {
        negative,
        digits,
        magnitude: exponent.saturating_add(places),
    }
}

fn read_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..)?),
        [b'+', ..] => (false, text.get(1..)?),
        _ => (false, text),
    };
    if !all_digits(digits) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    if significant.len() > 18 {
        return None;
    }
    let value: i64 = if significant.is_empty() {
        0
    } else {
        significant.parse().ok()?
    };
    Some(if negative { -value } else { value })
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn trim_leading_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

/// Whether a text is a number that [`compare`] can read.
pub(crate) fn is_numeric(text: &str) -> bool {
    read(text).is_some()
}

/// Compares two numbers by value, exactly. None if one of them is no number (or its exponent has more
/// than 18 digits, which nothing that people pay has).
pub(crate) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (read(left)?, read(right)?);
    let (left_zero, right_zero) = (left.is_zero(), right.is_zero());
    Some(match (left_zero, right_zero) {
        (true, true) => Ordering::Equal,
        (true, false) => {
            if right.negative {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (false, true) => {
            if left.negative {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (false, false) => match (left.negative, right.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => left.compare_size(right),
            (true, true) => right.compare_size(left),
        },
    })
}

impl Scientific<'_> {
    fn is_zero(self) -> bool {
        self.digits.is_empty() || self.digits.iter().all(|digit| digit == b'0')
    }

    /// Compares absolute values of two numbers, neither of them zero.
    fn compare_size(self, other: Self) -> Ordering {
        self.magnitude
            .cmp(&other.magnitude)
            .then_with(|| self.digits.compare(other.digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order(left: &str, right: &str) -> Ordering {
        compare(left, right).unwrap()
    }

    #[test]
    fn compares_by_value() {
        for (left, right) in [
            ("120.0", "120"),
            ("1e2", "100"),
            ("-0", "0.00"),
            ("0e999", "0"),
            ("0012", "12"),
            ("1E+2", "1.00e2"),
            ("0.001", "1e-3"),
            ("1e400", "10e399"),
            ("-1.50", "-1.5"),
        ] {
            assert_eq!(order(left, right), Ordering::Equal, "{left} {right}");
        }
        for (less, more) in [
            ("99", "120.0"),
            ("-1", "0"),
            ("-2", "-1"),
            ("0", "1e-400"),
            ("0.1", "0.10000000000000000000000000000001"),
            ("9007199254740992", "9007199254740993"),
            ("1e399", "1e400"),
            ("-1e400", "1"),
            ("0.09", "0.1"),
            ("9.9", "10"),
        ] {
            assert_eq!(order(less, more), Ordering::Less, "{less} {more}");
            assert_eq!(order(more, less), Ordering::Greater, "{more} {less}");
        }
    }

    #[test]
    fn knows_numbers() {
        for text in [
            "", "-", ".5", "5.", "+1", "1e", "1e+", "abc", "1 ", "NaN", "1_000", "1,0", "0x1", "--1",
        ] {
            assert!(!is_numeric(text), "{text:?}");
        }
        assert!(!is_numeric("1e9999999999999999999"));
        assert!(is_numeric("1e000000000000000000000001"));
        assert!(is_numeric(&"1".repeat(MAX_CHARACTERS)));
        assert_eq!(compare(&"1".repeat(MAX_CHARACTERS + 1), "1"), None);
    }

    proptest! {
        #[test]
        fn agrees_with_integers(left in -1_000_000_000_000_i64..1_000_000_000_000, right in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0usize..12) {
            let shift = |value: i64| {
                let digits = format!("{:013}", value.abs());
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                let point = if scale == 0 { "" } else { "." };
                format!("{}{whole}{point}{fraction}", if value < 0 { "-" } else { "" })
            };
            prop_assert_eq!(compare(&shift(left), &shift(right)), Some(left.cmp(&right)));
        }
    }
}
