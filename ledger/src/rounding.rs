//! Rounding: named at every use, and applied once to an exact quotient.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::wide::divided_product;

/// Which neighbouring minor unit an exact result between two goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest; a tie to the even one.
    HalfEven,
    /// To the nearest; a tie away from zero.
    HalfUp,
    /// To the nearest; a tie towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards negative infinity.
    Floor,
    /// Towards positive infinity.
    Ceiling,
}

/// A text that names no rounding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a rounding: expected half_even, half_up, half_down, up, down, floor or ceiling")]
pub struct RoundingError {
    found: String,
}

impl RoundingError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "invalid_rounding"
    }
}

impl Rounding {
    /// Every rounding there is.
    pub const ALL: [Self; 7] = [
        Self::HalfEven,
        Self::HalfUp,
        Self::HalfDown,
        Self::Up,
        Self::Down,
        Self::Floor,
        Self::Ceiling,
    ];

    /// Its name, such as `half_even`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfEven => "half_even",
            Self::HalfUp => "half_up",
            Self::HalfDown => "half_down",
            Self::Up => "up",
            Self::Down => "down",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
        }
    }

    /// Whether a quotient cut off towards zero moves one unit away from it; `half` is how what was cut off
    /// compares with half a unit.
    fn leaves_zero(self, half: Ordering, quotient: u128, negative: bool) -> bool {
        match self {
            Self::HalfEven => half.is_gt() || (half.is_eq() && quotient & 1 == 1),
            Self::HalfUp => half.is_ge(),
            Self::HalfDown => half.is_gt(),
            Self::Up => true,
            Self::Down => false,
            Self::Floor => negative,
            Self::Ceiling => !negative,
        }
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Rounding {
    type Err = RoundingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|rounding| rounding.name() == text)
            .ok_or_else(|| RoundingError {
                found: text.chars().take(16).collect(),
            })
    }
}

/// `one · other / denominator`, rounded, however wide the product; `None` if the denominator is not positive or the result
/// does not fit.
pub(crate) fn round_product(one: i128, other: i128, denominator: i128, rounding: Rounding) -> Option<i128> {
    let denominator = u128::try_from(denominator).ok()?;
    let negative = one.is_negative() != other.is_negative();
    let (quotient, remainder) = divided_product(one.unsigned_abs(), other.unsigned_abs(), denominator)?;
    let half = remainder.cmp(&denominator.checked_sub(remainder)?);
    let is_moved = remainder > 0 && rounding.leaves_zero(half, quotient, negative);
    let rounded = i128::try_from(quotient.checked_add(is_moved.into())?).ok()?;
    if negative {
        rounded.checked_neg()
    } else {
        Some(rounded)
    }
}

/// Ten to the power of `exponent`; `None` if it does not fit.
pub(crate) fn pow10(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rounding_does_as_named() {
        // Tenths: what 1.5, 2.5, 1.4, 1.6 and their opposites become.
        let tenths = [15, 25, 14, 16, -15, -25, -14, -16];
        for (rounding, expected) in [
            (Rounding::HalfEven, [2, 2, 1, 2, -2, -2, -1, -2]),
            (Rounding::HalfUp, [2, 3, 1, 2, -2, -3, -1, -2]),
            (Rounding::HalfDown, [1, 2, 1, 2, -1, -2, -1, -2]),
            (Rounding::Up, [2, 3, 2, 2, -2, -3, -2, -2]),
            (Rounding::Down, [1, 2, 1, 1, -1, -2, -1, -1]),
            (Rounding::Floor, [1, 2, 1, 1, -2, -3, -2, -2]),
            (Rounding::Ceiling, [2, 3, 2, 2, -1, -2, -1, -1]),
        ] {
            let rounded = tenths.map(|tenth| round_product(tenth, 1, 10, rounding).unwrap());
            assert_eq!(rounded, expected, "{rounding}");
        }
    }

    #[test]
    fn what_is_exact_is_never_moved() {
        for rounding in Rounding::ALL {
            assert_eq!(round_product(-15, 2, 10, rounding), Some(-3));
        }
    }

    #[test]
    fn extremes_do_not_overflow() {
        let (least, most) = (i128::MIN, i128::MAX);
        assert_eq!(round_product(least, 1, most, Rounding::HalfUp), Some(-1));
        assert_eq!(round_product(most, 1, most, Rounding::Up), Some(1));
        assert_eq!(round_product(most, most, most, Rounding::Up), Some(most));
        assert_eq!(round_product(most, most, 1, Rounding::Up), None);
        assert_eq!(round_product(1, 1, 0, Rounding::Up), None);
        assert_eq!(round_product(1, 1, -1, Rounding::Up), None);
    }

    #[test]
    fn names_are_read_back() {
        for rounding in Rounding::ALL {
            assert_eq!(rounding.name().parse(), Ok(rounding));
            assert_eq!(serde_json::to_value(rounding).unwrap(), rounding.name());
        }
        assert!("bankers".parse::<Rounding>().is_err());
    }
}
