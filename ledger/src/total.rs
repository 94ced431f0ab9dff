//! Totals: sums over any number of accounts, which need more room than an amount.

use std::fmt;

use crate::money::decimal_string;
use crate::{Currency, Money};

/// A sum of amounts in one currency, in its minor units. An account's sums fit 64 bits; those of a company need not, so
/// that no number of full accounts is too much.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Total {
    minor: i128,
    currency: Currency,
}

impl Total {
    /// A total of so many minor units.
    pub const fn new(minor: i128, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// How many minor units it is.
    pub const fn minor(self) -> i128 {
        self.minor
    }

    /// Its currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum of two; `None` if their currencies differ, or it does not fit.
    #[must_use]
    pub fn checked_add(self, other: impl Into<Self>) -> Option<Self> {
        let other = other.into();
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }

    /// This total less another; `None` if their currencies differ, or it does not fit.
    #[must_use]
    pub fn checked_sub(self, other: impl Into<Self>) -> Option<Self> {
        let other = other.into();
        let minor = self.minor.checked_sub(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }

    /// The total with all of its currency's digits and without its code, as
    /// [`Money::to_decimal_string`] writes an amount.
    pub fn to_decimal_string(self) -> String {
        decimal_string(self.minor < 0, self.minor.unsigned_abs(), self.currency)
    }
}

impl From<Money> for Total {
    fn from(amount: Money) -> Self {
        Self::new(amount.minor().into(), amount.currency())
    }
}

/// `120.00 BRL`.
impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal_string(), self.currency)
    }
}

impl fmt::Debug for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_accounts_add_up() {
        let most = Money::new(i64::MAX, "BRL".parse().unwrap());
        let both = Total::from(most).checked_add(most).unwrap();
        assert_eq!(both.to_string(), "184467440737095516.14 BRL");
        let none = both.checked_sub(both).unwrap();
        assert_eq!(none.to_decimal_string(), "0.00");
        assert_eq!(
            none.checked_sub(most).unwrap().to_decimal_string(),
            "-92233720368547758.07"
        );
    }

    #[test]
    fn what_does_not_add_up_is_none() {
        let real = Total::new(1, "BRL".parse().unwrap());
        assert_eq!(real.checked_add(Money::new(1, "USD".parse().unwrap())), None);
        assert_eq!(real.checked_sub(Money::new(1, "USD".parse().unwrap())), None);
        assert_eq!(Total::new(i128::MAX, real.currency()).checked_add(real), None);
    }
}
