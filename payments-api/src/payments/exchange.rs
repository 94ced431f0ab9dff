//! How a payment's amount becomes one of another currency: as it is asked for, and as it is shown.

use ledger::{AmountError, Exchange, Money, MoneyError, PaymentFigures};
use poem_openapi::{Enum, NewType, Object};
use serde::Serialize;
use service::{FieldError, Problem};

use crate::amount::{self, Amount};
use crate::idempotency::is_default;

const CURRENCY: &str = "/exchange/currency";
const RATE: &str = "/exchange/rate";

/// A decimal above zero, as a string or a number, read to the digit.
#[derive(Debug, Clone, Serialize, NewType)]
#[serde(transparent)]
#[oai(from_parameter = false, from_multipart = false, to_header = false)]
struct Rate(Amount);

/// At which rate an amount becomes one of another currency.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewExchange {
    /// The currency that arrives (ISO 4217): that of the destination.
    currency: String,
    /// How much of it one unit of the payment's currency is worth: a decimal above zero.
    rate: Rate,
    /// How a worth that is no whole number of minor units is rounded.
    #[serde(skip_serializing_if = "is_default")]
    #[oai(default)]
    rounding: Rounding,
}

impl NewExchange {
    /// Reads it.
    ///
    /// # Errors
    /// 422, which names the member.
    pub(super) fn read(&self) -> Result<Exchange, Problem> {
        let to = amount::currency(&self.currency, CURRENCY)?;
        let rate = self.rate.0.decimal();
        let rate = rate.map_err(|error| invalid(&unreadable(&error)))?;
        Exchange::new(to, rate, self.rounding.into()).map_err(|error| invalid(&error.to_string()))
    }
}

fn unreadable(error: &AmountError) -> String {
    match error {
        AmountError::NotADecimal { value } => {
            format!("{value} is not a rate: expected a decimal above zero, such as 0.1839")
        }
        other => other.to_string(),
    }
}

fn invalid(reason: &str) -> Problem {
    let fault = FieldError::new(RATE, "invalid_rate", reason);
    Problem::unprocessable("invalid_rate", reason).with_errors([fault])
}

/// At which rate the amount becomes one of another currency, and what that comes to.
#[derive(Debug, Clone, Serialize, Object)]
pub(super) struct PaymentExchange {
    /// The currency that arrives.
    currency: String,
    /// How much of it one unit of the payment's currency is worth.
    rate: String,
    /// How a worth that is no whole number of minor units is rounded.
    rounding: Rounding,
    /// What all of the payment is worth.
    amount: String,
    /// What was captured is worth: so much was posted to the destination.
    captured_amount: String,
    /// What was refunded is worth: so much was posted back from it.
    refunded_amount: String,
}

impl PaymentExchange {
    /// What a payment is worth that stands there.
    ///
    /// # Errors
    /// It does not fit, though it was checked when the payment was taken.
    pub(super) fn of(exchange: Exchange, life: &PaymentFigures) -> Result<Self, MoneyError> {
        let worth = |amount: Money| exchange.worth(amount).map(Money::to_decimal_string);
        Ok(Self {
            currency: exchange.to().code().to_owned(),
            rate: exchange.rate().to_string(),
            rounding: exchange.rounding().into(),
            amount: worth(life.amount)?,
            captured_amount: worth(life.captured)?,
            refunded_amount: worth(life.refunded)?,
        })
    }
}

/// Which neighbouring minor unit an amount between two goes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
enum Rounding {
    /// To the nearest; a tie to the even one.
    #[default]
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

impl From<Rounding> for ledger::Rounding {
    fn from(rounding: Rounding) -> Self {
        match rounding {
            Rounding::HalfEven => Self::HalfEven,
            Rounding::HalfUp => Self::HalfUp,
            Rounding::HalfDown => Self::HalfDown,
            Rounding::Up => Self::Up,
            Rounding::Down => Self::Down,
            Rounding::Floor => Self::Floor,
            Rounding::Ceiling => Self::Ceiling,
        }
    }
}

impl From<ledger::Rounding> for Rounding {
    fn from(rounding: ledger::Rounding) -> Self {
        match rounding {
            ledger::Rounding::HalfEven => Self::HalfEven,
            ledger::Rounding::HalfUp => Self::HalfUp,
            ledger::Rounding::HalfDown => Self::HalfDown,
            ledger::Rounding::Up => Self::Up,
            ledger::Rounding::Down => Self::Down,
            ledger::Rounding::Floor => Self::Floor,
            ledger::Rounding::Ceiling => Self::Ceiling,
        }
    }
}
