//! The kinds of values that parameters have.

use std::borrow::Cow;

use ledger::{AccountCode, AccountKind, Currency, Decimal, Direction, Money, Rounding, decimal_from_json};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use uuid::Uuid;

use super::{Checking, Member, shown};
use crate::TaskError;

/// The largest amount that a task takes, in minor units. An account's sums are for life and end at 2⁶³: no single event
/// may use them up.
pub(crate) const LARGEST_MINOR: i64 = 1_000_000_000_000_000;

/// An amount of money, as it was written; read to the digit once its currency is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount(pub Value);

impl Amount {
    /// The amount in a currency, zero or more.
    ///
    /// # Errors
    /// `invalid_amount`.
    pub fn in_currency(&self, currency: Currency) -> Result<Money, TaskError> {
        let amount = Money::from_json(&self.0, currency)?;
        if amount.is_negative() {
            let shown = shown(&self.0);
            return Err(TaskError::invalid_amount(format!(
                "{shown} is negative: expected zero or more"
            )));
        }
        if amount.minor() > LARGEST_MINOR {
            let largest = Money::new(LARGEST_MINOR, currency);
            let shown = shown(&self.0);
            return Err(TaskError::invalid_amount(format!(
                "{shown} is too large: expected at most {largest}"
            )));
        }
        Ok(amount)
    }
}

impl Member for Amount {
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self(value.clone()))
    }

    /// Without a currency beside it, an amount has at most two fraction digits: most currencies have no more.
    fn check(value: &Value, pointer: &str, checking: &mut Checking<'_>) {
        if (checking.is_dynamic)(pointer) {
            return;
        }
        let stated = checking.currency;
        let currency = stated.map_or_else(|| "BRL".parse().map_err(|_| ()), Ok);
        let Ok(currency) = currency else { return };
        if let Err(error) = Self(value.clone()).in_currency(currency) {
            let hint = if stated.is_some() {
                ""
            } else {
                "; for a currency of more digits say `currency` beside it"
            };
            checking.note(
                pointer,
                value,
                &format!("an amount such as \"120.00\" ({}{hint})", error.message),
            );
        }
    }
}

/// A decimal number such as a percentage or a rate, read to the digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecimalNumber(pub Decimal);

impl Member for DecimalNumber {
    fn read(value: &Value) -> Result<Self, String> {
        let number =
            decimal_from_json(value).map_err(|_| "a decimal number of at most 28 digits".to_owned())?;
        if number.is_sign_negative() && !number.is_zero() {
            return Err("a number that is not negative".to_owned());
        }
        Ok(Self(number))
    }
}

/// The code of a currency (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrencyCode(pub Currency);

impl Member for CurrencyCode {
    fn read(value: &Value) -> Result<Self, String> {
        let code = value.as_str().and_then(|code| code.parse().ok());
        code.map(Self)
            .ok_or_else(|| "the code of a currency (ISO 4217), such as \"BRL\"".to_owned())
    }
}

/// The code of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName(pub AccountCode);

impl Member for AccountName {
    fn read(value: &Value) -> Result<Self, String> {
        let code = value.as_str().and_then(|text| AccountCode::new(text).ok());
        code.map(Self)
            .ok_or_else(|| "the code of an account, 1 to 128 of A-Z a-z 0-9 _ - . : @ /".to_owned())
    }
}

/// A UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier(pub Uuid);

impl Member for Identifier {
    fn read(value: &Value) -> Result<Self, String> {
        let id = value.as_str().and_then(|text| Uuid::try_parse(text).ok());
        id.map(Self).ok_or_else(|| "a UUID".to_owned())
    }
}

/// The type of an event: dotted lower-case words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventType(pub String);

impl Member for EventType {
    fn read(value: &Value) -> Result<Self, String> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let text = value
            .as_str()
            .filter(|text| (1..=100).contains(&text.len()) && text.bytes().all(allowed));
        text.map(|text| Self(text.to_owned()))
            .ok_or_else(|| "1 to 100 characters of a-z 0-9 . _ - such as \"order.paid\"".to_owned())
    }
}

/// Anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Free(pub Value);

impl Member for Free {
    const NULL_IS_ABSENT: bool = true;

    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self(value.clone()))
    }
}

/// A name on which money hangs: a beneficiary, a reference. Null is not the same as left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub String);

impl Member for Name {
    fn read(value: &Value) -> Result<Self, String> {
        String::read(value).map(Self)
    }
}

/// A span of time on which money hangs, in seconds. Null is not the same as left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub u32);

impl Member for Seconds {
    fn read(value: &Value) -> Result<Self, String> {
        u32::read(value).map(Self)
    }
}

impl Member for String {
    const NULL_IS_ABSENT: bool = true;

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text.clone()),
            // Ids are often numbers in events: a text is what they are here.
            Value::Number(number) => Ok(number.as_str().to_owned()),
            _ => Err("a text".to_owned()),
        }
    }
}

impl Member for u32 {
    const NULL_IS_ABSENT: bool = true;

    fn read(value: &Value) -> Result<Self, String> {
        let number = match value {
            Value::Number(number) => number.as_str().parse().ok(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| "a whole number, zero or more".to_owned())
    }
}

impl Member for bool {
    fn read(value: &Value) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| "true or false".to_owned())
    }
}

/// Declares a parameter that is one of the words of a ledger's enum.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident($inner:ty), $title:literal, [$($word:literal => $value:expr),* $(,)?]) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Member for $name {
            fn read(value: &Value) -> Result<Self, String> {
                match value.as_str() {
                    $( Some($word) => Ok(Self($value)), )*
                    _ => Err(format!("one of {}", [$(concat!("\"", $word, "\"")),*].join(", "))),
                }
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $title.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "enum": [$($word),*]})
            }
        }
    };
}

words!(
    /// The side of an entry.
    Side(Direction), "Direction", ["debit" => Direction::Debit, "credit" => Direction::Credit]
);
words!(
    /// The kind of an account.
    AccountType(AccountKind), "AccountKind",
    [
        "asset" => AccountKind::Asset, "liability" => AccountKind::Liability, "equity" => AccountKind::Equity,
        "revenue" => AccountKind::Revenue, "expense" => AccountKind::Expense,
    ]
);
words!(
    /// How an amount is rounded.
    RoundingMode(Rounding), "Rounding",
    [
        "half_even" => Rounding::HalfEven, "half_up" => Rounding::HalfUp, "half_down" => Rounding::HalfDown,
        "up" => Rounding::Up, "down" => Rounding::Down, "floor" => Rounding::Floor,
        "ceiling" => Rounding::Ceiling,
    ]
);

/// Declares the schema of a kind of value.
macro_rules! schema {
    ($name:ident, $title:literal, $schema:tt) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $title.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

schema!(Amount, "Amount", {
    "type": ["string", "number"], "format": "decimal", "pattern": "^[0-9]+(\\.[0-9]+)?$", "minimum": 0
});
schema!(DecimalNumber, "Decimal", {
    "type": ["string", "number"], "format": "decimal", "pattern": "^[0-9]+(\\.[0-9]+)?$", "minimum": 0
});
schema!(CurrencyCode, "Currency", {"type": "string", "pattern": "^[A-Z]{3}$"});
schema!(AccountName, "AccountCode", {"type": "string", "minLength": 1, "maxLength": 128});
schema!(Identifier, "Uuid", {"type": "string", "format": "uuid"});
schema!(EventType, "EventType", {"type": "string", "pattern": "^[a-z0-9._-]{1,100}$"});
schema!(Free, "Anything", {});
schema!(Name, "Name", {"type": ["string", "number"], "format": "name"});
schema!(Seconds, "Seconds", {"type": "integer", "minimum": 1, "format": "seconds"});
