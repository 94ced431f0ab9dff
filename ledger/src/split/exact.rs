//! Shares before they are rounded, over one common denominator.

use rust_decimal::Decimal;

use super::{Share, SplitError};
use crate::Money;
use crate::rounding::pow10;

/// A share in minor units, cut into a whole part and what is beyond it, in parts of [`Exact::unit`].
struct Part {
    floor: i64,
    remainder: i128,
}

/// The shares over one common denominator, so that nothing is rounded before all are known.
pub(super) struct Exact {
    parts: Vec<Part>,
    /// The common denominator: one minor unit. The same number is a hundred per cent, scaled as `percentages`.
    unit: i128,
    /// The exact sum of all shares, in parts of `unit`.
    sum: i128,
    /// The sum of the fixed amounts, in minor units.
    amounts: i64,
    /// The sum of the percentages, times ten to the power of `scale`.
    percentages: i128,
    scale: u32,
}

impl Exact {
    pub(super) fn new(total: Money, shares: &[Share]) -> Option<Self> {
        let scale_of = |share: &Share| match share {
            Share::Percent(percent) => percent.normalize().scale(),
            Share::Amount(_) => 0,
        };
        let scale = shares.iter().map(scale_of).max().unwrap_or(0);
        let unit = pow10(scale.checked_add(2)?)?;
        let parts = Vec::with_capacity(shares.len());
        let mut exact = Self {
            parts,
            unit,
            sum: 0,
            amounts: 0,
            percentages: 0,
            scale,
        };
        for share in shares {
            match share {
                Share::Amount(amount) => exact.add_amount(amount.minor())?,
                Share::Percent(percent) => exact.add_percent(total, percent.normalize())?,
            }
        }
        Some(exact)
    }

    fn add_amount(&mut self, minor: i64) -> Option<()> {
        self.amounts = self.amounts.checked_add(minor)?;
        self.add(i128::from(minor).checked_mul(self.unit)?)
    }

    fn add_percent(&mut self, total: Money, percent: Decimal) -> Option<()> {
        let raised = pow10(self.scale.checked_sub(percent.scale())?)?;
        let scaled = percent.mantissa().checked_mul(raised)?;
        self.percentages = self.percentages.checked_add(scaled)?;
        self.add(i128::from(total.minor()).checked_mul(scaled)?)
    }

    fn add(&mut self, parts_of_unit: i128) -> Option<()> {
        self.sum = self.sum.checked_add(parts_of_unit)?;
        let floor = i64::try_from(parts_of_unit.checked_div(self.unit)?).ok()?;
        let remainder = parts_of_unit.checked_rem(self.unit)?;
        self.parts.push(Part { floor, remainder });
        Some(())
    }

    pub(super) fn check_cover(&self, total: Money, shares: &[Share]) -> Result<(), SplitError> {
        let is_amount = |share: &Share| matches!(share, Share::Amount(_));
        let amounts = Money::new(self.amounts, total.currency());
        if self.amounts > total.minor() || (shares.iter().all(is_amount) && amounts != total) {
            return Err(SplitError::Amounts { sum: amounts, total });
        }
        let percentages = Decimal::try_from_i128_with_scale(self.percentages, self.scale);
        let percentages = percentages
            .map_err(|_| SplitError::Overflow { total })?
            .normalize();
        if !shares.iter().any(is_amount) && self.percentages != self.unit {
            return Err(SplitError::Percentages { sum: percentages });
        }
        let wanted = i128::from(total.minor()).checked_mul(self.unit);
        let wanted = wanted.ok_or(SplitError::Overflow { total })?;
        if self.sum.abs_diff(wanted) >= self.unit.unsigned_abs() {
            return Err(SplitError::Uncovered {
                amounts,
                percentages,
                total,
            });
        }
        Ok(())
    }

    /// The shares in minor units, once they are known to cover the total.
    pub(super) fn settle(&self, total: Money) -> Option<Vec<i64>> {
        let mut minors: Vec<i64> = self.parts.iter().map(|part| part.floor).collect();
        // The exact sum is less than one unit from the total: so what the floors leave is never negative, and
        // never more than there are shares with a remainder.
        let floors = minors
            .iter()
            .try_fold(0_i64, |sum, floor| sum.checked_add(*floor))?;
        let leftover = usize::try_from(total.minor().checked_sub(floors)?).ok()?;
        for index in self.by_remainder().take(leftover) {
            let minor = minors.get_mut(index)?;
            *minor = minor.checked_add(1)?;
        }
        Some(minors)
    }

    /// The positions of the shares with a remainder, the largest first, equals in the order of their positions.
    fn by_remainder(&self) -> impl Iterator<Item = usize> {
        let remainders = self.parts.iter().map(|part| part.remainder).enumerate();
        let mut remainders: Vec<_> = remainders.filter(|(_, remainder)| *remainder > 0).collect();
        remainders.sort_by_key(|(_, remainder)| std::cmp::Reverse(*remainder));
        remainders.into_iter().map(|(index, _)| index)
    }
}
