//! Dividing an amount into shares that add up to it, to the minor unit.

mod exact;

use rust_decimal::Decimal;

use crate::{Currency, Money};
use exact::Exact;

/// What one party gets of a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// A percentage of the total, before fixed amounts: `Percent(10)` of 120.00 is 12.00.
    Percent(Decimal),
    /// A fixed amount.
    Amount(Money),
}

/// Why an amount cannot be divided as asked. Shares are counted from 0, as in a JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// There are no shares.
    #[error("a split needs at least one share")]
    NoShares,
    /// What is to be divided is negative.
    #[error("{total} cannot be divided: expected zero or more")]
    NegativeTotal {
        /// The total.
        total: Money,
    },
    /// A share is negative.
    #[error("share {index} is {share}: expected zero or more")]
    NegativeShare {
        /// Which share.
        index: usize,
        /// What it asks for.
        share: String,
    },
    /// A fixed amount is in another currency than the total.
    #[error("share {index} is in {found}: expected {expected}, the currency of the total")]
    CurrencyMismatch {
        /// Which share.
        index: usize,
        /// Its currency.
        found: Currency,
        /// The total's currency.
        expected: Currency,
    },
    /// There are percentages only, and they are not a hundred together.
    #[error("the percentages add up to {sum} %: expected 100 %")]
    Percentages {
        /// What they add up to.
        sum: Decimal,
    },
    /// The fixed amounts alone exceed the total, or are all there is and fall short of it.
    #[error("the fixed amounts add up to {sum}: expected {total}")]
    Amounts {
        /// What they add up to.
        sum: Money,
        /// The total.
        total: Money,
    },
    /// Fixed amounts and percentages together miss the total by a minor unit or more.
    #[error(
        "the fixed amounts add up to {amounts} and the percentages to {percentages} % of {total}: expected {total} together"
    )]
    Uncovered {
        /// What the fixed amounts add up to.
        amounts: Money,
        /// What the percentages add up to.
        percentages: Decimal,
        /// The total.
        total: Money,
    },
    /// The exact calculation does not fit.
    #[error("the shares of {total} are too large or too precise to be computed exactly")]
    Overflow {
        /// The total.
        total: Money,
    },
}

impl SplitError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::Overflow { .. } => "amount_overflow",
            _ => "invalid_split",
        }
    }
}

/// Divides `total` into its shares, in their order.
///
/// Fixed amounts are taken as they are. Percentages are of the total; what their rounding down leaves is handed
/// out one minor unit each by largest remainder, ties by position. So each share is less than one unit away from
/// its exact value, and all add up to the total.
///
/// Percentages alone must be exactly 100 %. Beside fixed amounts they must cover the rest up to rounding, that
/// is to less than one minor unit.
///
/// # Errors
///
/// The shares do not cover the total exactly, one is negative or in another currency, or the exact arithmetic
/// overflows.
pub fn split(total: Money, shares: &[Share]) -> Result<Vec<Money>, SplitError> {
    check(total, shares)?;
    let exact = Exact::new(total, shares).ok_or(SplitError::Overflow { total })?;
    exact.check_cover(total, shares)?;
    let minors = exact.settle(total).ok_or(SplitError::Overflow { total })?;
    Ok(minors
        .into_iter()
        .map(|minor| Money::new(minor, total.currency()))
        .collect())
}

fn check(total: Money, shares: &[Share]) -> Result<(), SplitError> {
    if shares.is_empty() {
        return Err(SplitError::NoShares);
    }
    if total.is_negative() {
        return Err(SplitError::NegativeTotal { total });
    }
    shares
        .iter()
        .enumerate()
        .try_for_each(|(index, share)| check_share(total, index, share))
}

fn check_share(total: Money, index: usize, share: &Share) -> Result<(), SplitError> {
    match share {
        Share::Amount(amount) if amount.currency() != total.currency() => {
            let (found, expected) = (amount.currency(), total.currency());
            Err(SplitError::CurrencyMismatch {
                index,
                found,
                expected,
            })
        }
        Share::Amount(amount) if amount.is_negative() => Err(SplitError::NegativeShare {
            index,
            share: amount.to_string(),
        }),
        Share::Percent(percent) if percent.mantissa() < 0 => Err(SplitError::NegativeShare {
            index,
            share: format!("{percent} %"),
        }),
        Share::Amount(_) | Share::Percent(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_decimal;

    fn brl(minor: i64) -> Money {
        Money::new(minor, "BRL".parse().unwrap())
    }

    fn percent(text: &str) -> Share {
        Share::Percent(parse_decimal(text).unwrap())
    }

    fn minors(total: i64, shares: &[Share]) -> Vec<i64> {
        split(brl(total), shares)
            .unwrap()
            .into_iter()
            .map(Money::minor)
            .collect()
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest_remainder() {
        assert_eq!(
            minors(100, &[percent("33.4"), percent("33.3"), percent("33.3")]),
            [34, 33, 33]
        );
        assert_eq!(
            minors(1_001, &[percent("50"), percent("25"), percent("25")]),
            [501, 250, 250]
        );
        assert_eq!(
            minors(10, &[percent("16"), percent("17"), percent("67")]),
            [1, 2, 7]
        );
    }

    #[test]
    fn ties_go_by_position() {
        assert_eq!(minors(1, &[percent("50"), percent("50")]), [1, 0]);
        assert_eq!(
            minors(101, &[percent("25"), percent("25"), percent("25"), percent("25")]),
            [26, 25, 25, 25]
        );
    }

    #[test]
    fn percentages_are_of_the_total_beside_fixed_amounts() {
        assert_eq!(
            minors(10_000, &[Share::Amount(brl(1_000)), percent("90")]),
            [1_000, 9_000]
        );
        assert_eq!(
            minors(1_001, &[percent("66.6"), Share::Amount(brl(334))]),
            [667, 334]
        );
        assert_eq!(
            minors(500, &[Share::Amount(brl(200)), Share::Amount(brl(300))]),
            [200, 300]
        );
        assert_eq!(minors(0, &[percent("40"), percent("60")]), [0, 0]);
    }

    #[test]
    fn what_does_not_cover_the_total_is_refused_with_its_sum() {
        let refusal = |total, shares: &[Share]| split(brl(total), shares).unwrap_err().to_string();
        assert_eq!(
            refusal(100, &[percent("50"), percent("49.5")]),
            "the percentages add up to 99.5 %: expected 100 %"
        );
        assert_eq!(
            refusal(100, &[Share::Amount(brl(40)), Share::Amount(brl(50))]),
            "the fixed amounts add up to 0.90 BRL: expected 1.00 BRL"
        );
        assert_eq!(
            refusal(100, &[Share::Amount(brl(140)), percent("0")]),
            "the fixed amounts add up to 1.40 BRL: expected 1.00 BRL"
        );
        assert_eq!(
            refusal(100, &[Share::Amount(brl(40)), percent("59")]),
            "the fixed amounts add up to 0.40 BRL and the percentages to 59 % of 1.00 BRL: expected 1.00 BRL together"
        );
        assert_eq!(
            refusal(0, &[percent("99")]),
            "the percentages add up to 99 %: expected 100 %"
        );
    }

    #[test]
    fn shares_are_named_when_refused() {
        let usd = Money::new(1, "USD".parse().unwrap());
        assert_eq!(
            split(brl(100), &[percent("100"), Share::Amount(usd)])
                .unwrap_err()
                .code(),
            "currency_mismatch"
        );
        assert_eq!(
            split(brl(100), &[percent("101"), percent("-1")]),
            Err(SplitError::NegativeShare {
                index: 1,
                share: "-1 %".into()
            })
        );
        assert_eq!(
            split(brl(100), &[Share::Amount(brl(-1)), percent("101")]),
            Err(SplitError::NegativeShare {
                index: 0,
                share: "-0.01 BRL".into()
            })
        );
        assert_eq!(split(brl(100), &[]), Err(SplitError::NoShares));
        assert_eq!(
            split(brl(-1), &[percent("100")]),
            Err(SplitError::NegativeTotal { total: brl(-1) })
        );
    }

    #[test]
    fn the_largest_total_is_divided_exactly() {
        let thirds = [percent("33.333333"), percent("33.333333"), percent("33.333334")];
        assert_eq!(
            minors(i64::MAX, &thirds)
                .into_iter()
                .map(i128::from)
                .sum::<i128>(),
            i128::from(i64::MAX)
        );
        let too_precise = [
            percent("0.00000000000000000000000001"),
            percent("99.99999999999999999999999999"),
        ];
        assert_eq!(
            split(brl(i64::MAX), &too_precise).unwrap_err().code(),
            "amount_overflow"
        );
    }
}
