//! Money: a whole number of a currency's minor units.

use std::fmt;

use rust_decimal::Decimal;

use crate::rounding::{pow10, round_product};
use crate::{Currency, Rounding};

/// An amount in one currency, counted in its minor units: 120.00 BRL is 12,000 centavos.
///
/// There is no default and no ordering: amounts of two currencies do not compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why a calculation has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Two amounts of different currencies met.
    #[error("expected two amounts in one currency, found {left} and {right}")]
    CurrencyMismatch {
        /// The currency of the first amount.
        left: Currency,
        /// The currency of the second.
        right: Currency,
    },
    /// The result does not fit.
    #[error("the result does not fit: expected at most {max} either way", max = Money::new(i64::MAX, *.currency))]
    Overflow {
        /// The currency of the result.
        currency: Currency,
    },
    /// A conversion rate is zero or negative.
    #[error("{rate} is not a rate: expected a decimal above zero")]
    InvalidRate {
        /// The rate.
        rate: Decimal,
    },
}

impl MoneyError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::Overflow { .. } => "amount_overflow",
            Self::InvalidRate { .. } => "invalid_rate",
        }
    }
}

impl Money {
    /// An amount of `minor` units: `Money::new(12_000, brl)` is 120.00 BRL.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// How many minor units it is.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// Its currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is above zero.
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether it is exactly zero.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    ///
    /// The currencies differ, or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.require_same_currency(other)?;
        self.with_minor(self.minor.checked_add(other.minor))
    }

    /// This amount less another.
    ///
    /// # Errors
    ///
    /// The currencies differ, or the difference does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.require_same_currency(other)?;
        self.with_minor(self.minor.checked_sub(other.minor))
    }

    /// This amount with the other sign.
    ///
    /// # Errors
    ///
    /// The amount is the least there is, which has no opposite.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        self.with_minor(self.minor.checked_neg())
    }

    /// `percent` per cent of this amount: `percent(10, …)` of 120.00 is 12.00. Computed exactly, then rounded once.
    ///
    /// # Errors
    ///
    /// The result does not fit.
    pub fn percent(self, percent: Decimal, rounding: Rounding) -> Result<Self, MoneyError> {
        let percent = percent.normalize();
        let hundred = percent.scale().checked_add(2).and_then(pow10);
        let minor = hundred.and_then(|hundred| {
            let rounded = round_product(self.minor.into(), percent.mantissa(), hundred, rounding)?;
            i64::try_from(rounded).ok()
        });
        self.with_minor(minor)
    }

    /// This amount in another currency, `rate` of whose units are worth one unit of this one. The exponents of
    /// both are respected, so 1.00 USD at 150 is 150 JPY. Computed exactly, then rounded once.
    ///
    /// # Errors
    ///
    /// The rate is not positive, or the result does not fit.
    pub fn convert(self, rate: Decimal, to: Currency, rounding: Rounding) -> Result<Self, MoneyError> {
        let rate = rate.normalize();
        if rate.mantissa() <= 0 {
            return Err(MoneyError::InvalidRate { rate });
        }
        self.times_rate(rate, to, rounding)
            .map(|minor| Self::new(minor, to))
            .ok_or(MoneyError::Overflow { currency: to })
    }

    /// `minor · mantissa · 10^to / 10^(from + scale)`, the powers of ten cancelled first. A rate has up to 28 digits, so the
    /// product may be wider than 128 bits although the result is not.
    fn times_rate(self, rate: Decimal, to: Currency, rounding: Rounding) -> Option<i64> {
        let raised = u32::from(to.exponent());
        let lowered = u32::from(self.currency.exponent()).checked_add(rate.scale())?;
        let amount = i128::from(self.minor).checked_mul(pow10(raised.saturating_sub(lowered))?)?;
        let denominator = pow10(lowered.saturating_sub(raised))?;
        let rounded = round_product(amount, rate.mantissa(), denominator, rounding)?;
        i64::try_from(rounded).ok()
    }

    /// The amount with all of its currency's digits and without its code, such as `120.00`; JPY has no point.
    pub fn to_decimal_string(self) -> String {
        decimal_string(
            self.is_negative(),
            self.minor.unsigned_abs().into(),
            self.currency,
        )
    }

    fn require_same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            })
        }
    }

    fn with_minor(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        minor
            .map(|minor| Self::new(minor, self.currency))
            .ok_or(MoneyError::Overflow {
                currency: self.currency,
            })
    }
}

/// So many minor units with all of their currency's digits.
pub(crate) fn decimal_string(negative: bool, minor: u128, currency: Currency) -> String {
    let sign = if negative { "-" } else { "" };
    let exponent = usize::from(currency.exponent());
    let width = exponent.saturating_add(1);
    let digits = format!("{minor:0>width$}");
    match digits.split_at_checked(digits.len().saturating_sub(exponent)) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
        _ => format!("{sign}{digits}"),
    }
}

/// `120.00 BRL`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal_string(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_decimal;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().unwrap())
    }

    fn decimal(text: &str) -> Decimal {
        parse_decimal(text).unwrap()
    }

    #[test]
    fn it_is_written_with_all_of_its_digits() {
        for (minor, code, text) in [
            (12_000, "BRL", "120.00 BRL"),
            (-1, "BRL", "-0.01 BRL"),
            (-150, "BRL", "-1.50 BRL"),
            (0, "BRL", "0.00 BRL"),
            (1_200, "JPY", "1200 JPY"),
            (0, "JPY", "0 JPY"),
            (5, "KWD", "0.005 KWD"),
            (1, "CLF", "0.0001 CLF"),
            (i64::MIN, "BRL", "-92233720368547758.08 BRL"),
            (i64::MIN, "JPY", "-9223372036854775808 JPY"),
        ] {
            assert_eq!(money(minor, code).to_string(), text);
        }
    }

    #[test]
    fn arithmetic_is_checked() {
        let most = money(i64::MAX, "BRL");
        let cent = money(1, "BRL");
        assert_eq!(cent.checked_add(cent), Ok(money(2, "BRL")));
        assert_eq!(cent.checked_sub(money(3, "BRL")), Ok(money(-2, "BRL")));
        assert!(matches!(most.checked_add(cent), Err(MoneyError::Overflow { .. })));
        assert!(matches!(
            money(i64::MIN, "BRL").checked_sub(cent),
            Err(MoneyError::Overflow { .. })
        ));
        assert!(matches!(
            money(i64::MIN, "BRL").checked_neg(),
            Err(MoneyError::Overflow { .. })
        ));
        let mismatch = cent.checked_add(money(1, "USD")).unwrap_err();
        assert_eq!(mismatch.code(), "currency_mismatch");
        assert_eq!(
            mismatch.to_string(),
            "expected two amounts in one currency, found BRL and USD"
        );
    }

    #[test]
    fn percentages_round_once_and_as_named() {
        let amount = money(12_345, "BRL");
        assert_eq!(
            amount.percent(decimal("10"), Rounding::HalfEven),
            Ok(money(1_234, "BRL"))
        );
        assert_eq!(
            amount.percent(decimal("10"), Rounding::HalfUp),
            Ok(money(1_235, "BRL"))
        );
        assert_eq!(
            amount.percent(decimal("0.0001"), Rounding::Up),
            Ok(money(1, "BRL"))
        );
        assert_eq!(
            money(i64::MAX, "BRL").percent(decimal("100.000"), Rounding::Up),
            Ok(money(i64::MAX, "BRL"))
        );
        let overflow = money(i64::MAX, "BRL")
            .percent(decimal("101"), Rounding::Down)
            .unwrap_err();
        assert_eq!(overflow.code(), "amount_overflow");
    }

    #[test]
    fn conversion_respects_both_exponents() {
        for (from, code, rate, to, minor) in [
            (100, "USD", "150", "JPY", 150),
            (150, "JPY", "0.0066", "USD", 99),
            (1_000, "KWD", "16.255", "BRL", 1_626),
            (100, "BRL", "0.0615", "KWD", 62),
            (7, "JPY", "1", "CLF", 70_000),
        ] {
            let converted = money(from, code).convert(decimal(rate), to.parse().unwrap(), Rounding::HalfEven);
            assert_eq!(converted, Ok(money(minor, to)), "{from} {code} at {rate}");
        }
    }

    #[test]
    fn a_rate_of_28_digits_is_exact() {
        let third = decimal("0.3333333333333333333333333333");
        let (usd, jpy): (Currency, Currency) = ("USD".parse().unwrap(), "JPY".parse().unwrap());
        let most = money(99_999_999_999, "BRL");
        assert_eq!(
            most.convert(third, usd, Rounding::HalfEven),
            Ok(money(33_333_333_333, "USD"))
        );
        assert_eq!(
            most.convert(third, usd, Rounding::Down),
            Ok(money(33_333_333_332, "USD"))
        );
        assert_eq!(
            money(i64::MAX, "BRL").convert(decimal("1.000000000000000000000000001"), jpy, Rounding::Down),
            Ok(money(i64::MAX / 100, "JPY"))
        );
        assert_eq!(
            money(i64::MIN, "BRL").percent(decimal("33.33333333333333333333333333"), Rounding::Floor),
            Ok(money(-3_074_457_345_618_258_603, "BRL"))
        );
    }

    #[test]
    fn rates_are_positive_and_results_fit() {
        let brl = money(i64::MAX, "BRL");
        let usd: Currency = "USD".parse().unwrap();
        for rate in ["0", "-1"] {
            let refused = brl.convert(decimal(rate), usd, Rounding::Up).unwrap_err();
            assert_eq!(refused.code(), "invalid_rate");
        }
        assert_eq!(
            brl.convert(decimal("2"), usd, Rounding::Up),
            Err(MoneyError::Overflow { currency: usd })
        );
    }
}
