//! The kinds of values that parameters have.

use std::borrow::Cow;

use ledger::{AccountCode, AccountKind, Currency, Decimal, Direction, Money, Rounding, decimal_from_json};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use uuid::Uuid;

use super::{Member, shown};
use crate::TaskError;

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
        Ok(amount)
    }
}

impl Member for Amount {
    // A path that names nothing must not become the default amount.
    const NULL_IS_ABSENT: bool = false;

    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self(value.clone()))
    }
}

/// A decimal number such as a percentage or a rate, read to the digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecimalNumber(pub Decimal);

impl Member for DecimalNumber {
    const NULL_IS_ABSENT: bool = false;

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
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self(value.clone()))
    }
}

impl Member for String {
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
