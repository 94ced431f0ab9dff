//! Numbers as a whole number times a power of ten.

use std::cmp::Ordering;

use num_bigint::BigInt;

/// `digits × 10^exponent`.
pub(crate) struct Decimal {
    digits: BigInt,
    exponent: i64,
}

/// Reads a number as JSON writes it, leading zeros allowed. An exponent beyond 18 digits is no number
/// that anybody could write out.
pub(crate) fn read(text: &str) -> Option<Decimal> {
    let lower = text.to_ascii_lowercase();
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let only_digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if !only_digits(whole.strip_prefix('-').unwrap_or(whole)) || !only_digits(fraction) {
        return None;
    }
    let exponent_digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if !only_digits(exponent_digits) || exponent_digits.trim_start_matches('0').len() > 18 {
        return None;
    }
    let exponent: i64 = exponent.parse().unwrap();
    Some(Decimal {
        digits: format!("{whole}{fraction}").parse().unwrap(),
        exponent: exponent - i64::try_from(fraction.len()).unwrap(),
    })
}

impl Decimal {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let common = self.exponent.min(other.exponent);
        self.scaled(common).cmp(&other.scaled(common))
    }

    fn scaled(&self, exponent: i64) -> BigInt {
        let power = u32::try_from(self.exponent - exponent).unwrap();
        &self.digits * BigInt::from(10).pow(power)
    }
}
