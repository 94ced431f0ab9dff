//! A payment in two currencies: what is taken in one arrives in another, at a rate that was stated when it was taken.

use rust_decimal::Decimal;

use uuid::Uuid;

use crate::{AccountCode, AccountKey, Currency, Money, MoneyError, Rounding};

/// At which rate an amount becomes one of another currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    to: Currency,
    rate: Decimal,
    rounding: Rounding,
}

impl Exchange {
    /// One unit of a currency is worth `rate` units of the currency `to`.
    ///
    /// # Errors
    ///
    /// The rate is not above zero.
    pub fn new(to: Currency, rate: Decimal, rounding: Rounding) -> Result<Self, MoneyError> {
        let rate = rate.normalize();
        if rate.mantissa() <= 0 {
            return Err(MoneyError::InvalidRate { rate });
        }
        Ok(Self { to, rate, rounding })
    }

    /// The currency that arrives.
    pub const fn to(&self) -> Currency {
        self.to
    }

    /// How much of it one unit is worth, without zeros at its end.
    pub const fn rate(&self) -> Decimal {
        self.rate
    }

    /// How an amount of it that is no whole number of minor units is rounded.
    pub const fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// What an amount is worth.
    ///
    /// # Errors
    ///
    /// The result, or what leads to it, does not fit.
    pub fn worth(&self, amount: Money) -> Result<Money, MoneyError> {
        amount.convert(self.rate, self.to, self.rounding)
    }

    /// What one more part is worth, after so much went before it: what both are worth together, less what the first was
    /// worth. So parts that add up to a whole are worth exactly what the whole is, whatever is rounded between them. A
    /// part may be worth nothing, and never less.
    ///
    /// # Errors
    ///
    /// As [`worth`](Self::worth); or the two are of different currencies.
    pub fn worth_of_part(&self, before: Money, part: Money) -> Result<Money, MoneyError> {
        let together = self.worth(before.checked_add(part)?)?;
        together.checked_sub(self.worth(before)?)
    }

    /// The accounts through which a company exchanges a currency for this one.
    pub fn accounts(&self, company_id: Uuid, from: Currency) -> [AccountKey; 2] {
        [from, self.to].map(|currency| AccountKey::new(company_id, AccountCode::exchange(), currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().unwrap())
    }

    fn exchange(to: &str, rate: &str, rounding: Rounding) -> Exchange {
        Exchange::new(to.parse().unwrap(), rate.parse().unwrap(), rounding).unwrap()
    }

    #[test]
    fn an_amount_is_worth_what_its_rate_says() {
        let to_yen = exchange("JPY", "149.505", Rounding::HalfEven);
        assert_eq!(to_yen.worth(money(100, "USD")), Ok(money(150, "JPY")));
        let to_dinar = exchange("KWD", "0.3071", Rounding::Down);
        assert_eq!(to_dinar.worth(money(100, "USD")), Ok(money(307, "KWD")));
    }

    #[test]
    fn a_rate_is_above_zero() {
        for rate in ["0", "-1"] {
            let rate = rate.parse().unwrap();
            let made = Exchange::new("JPY".parse().unwrap(), rate, Rounding::HalfEven);
            assert!(matches!(made, Err(MoneyError::InvalidRate { .. })));
        }
    }

    #[test]
    fn parts_are_together_worth_what_the_whole_is() {
        for rounding in Rounding::ALL {
            for rate in ["0.3333", "1.005", "0.0049", "149.5"] {
                let exchange = exchange("BRL", rate, rounding);
                let (mut before, mut sum) = (money(0, "USD"), money(0, "BRL"));
                for minor in [1, 1, 2, 3, 500, 1, 92] {
                    let part = money(minor, "USD");
                    let worth = exchange.worth_of_part(before, part).unwrap();
                    assert!(!worth.is_negative(), "{rounding} at {rate}");
                    sum = sum.checked_add(worth).unwrap();
                    before = before.checked_add(part).unwrap();
                }
                assert_eq!(Ok(sum), exchange.worth(money(600, "USD")), "{rounding} at {rate}");
            }
        }
    }
}
