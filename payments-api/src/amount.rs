//! Amounts, as they are asked for: a decimal string or a JSON number, read to the digit.

use std::borrow::Cow;

use ledger::{AmountError, Currency, Decimal, Money};
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde::Serialize;
use serde_json::Value;
use service::{FieldError, Problem};

/// An amount whose currency stands beside it. Whether it is one is asked once the currency is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Amount(Value);

impl Amount {
    /// Reads it in a currency, as more than zero.
    ///
    /// # Errors
    /// 422 `invalid_amount`, which names the member.
    pub(crate) fn positive(&self, currency: Currency, pointer: &str) -> Result<Money, Problem> {
        Money::positive_from_json(&self.0, currency).map_err(|error| invalid(pointer, &error.to_string()))
    }

    /// Reads it in a currency, as zero or more.
    ///
    /// # Errors
    /// As [`positive`](Self::positive).
    pub(crate) fn not_negative(&self, currency: Currency, pointer: &str) -> Result<Money, Problem> {
        match Money::from_json(&self.0, currency) {
            Ok(amount) if amount.is_negative() => Err(invalid(pointer, &format!("{amount} is below zero."))),
            Ok(amount) => Ok(amount),
            Err(error) => Err(invalid(pointer, &error.to_string())),
        }
    }

    /// Reads it as a number without a currency.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn decimal(&self) -> Result<Decimal, AmountError> {
        ledger::decimal_from_json(&self.0)
    }
}

fn invalid(pointer: &str, reason: &str) -> Problem {
    let fault = FieldError::new(pointer, "invalid_amount", reason);
    Problem::unprocessable("invalid_amount", reason).with_errors([fault])
}

/// Reads a currency.
///
/// # Errors
/// 422 `invalid_currency`, which names the member.
pub(crate) fn currency(code: &str, pointer: &str) -> Result<Currency, Problem> {
    code.parse().map_err(|error: ledger::CurrencyError| {
        let reason = error.to_string();
        let fault = FieldError::new(pointer, "invalid_currency", reason.clone());
        Problem::unprocessable("invalid_currency", reason).with_errors([fault])
    })
}

impl Type for Amount {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "amount".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let text = MetaSchema {
            pattern: Some(r"^-?[0-9]+(\.[0-9]+)?$".to_owned()),
            ..MetaSchema::new("string")
        };
        let alternatives = [text, MetaSchema::new("number")];
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            description: Some("A decimal string or a number, read to the digit."),
            any_of: alternatives
                .map(|schema| MetaSchemaRef::Inline(Box::new(schema)))
                .into(),
            ..MetaSchema::ANY
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Amount {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value.unwrap_or_default() {
            value @ (Value::String(_) | Value::Number(_)) => Ok(Self(value)),
            value => Err(ParseError::expected_type(value)),
        }
    }
}

impl ToJSON for Amount {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.clone())
    }
}
