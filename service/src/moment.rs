//! Moments, as parameters.

use std::borrow::Cow;

use api_types::Time;
use jiff::Timestamp;
use poem_openapi::{
    registry::MetaSchemaRef,
    types::{ParseError, ParseFromParameter, ParseResult, ToJSON, Type},
};
use serde_json::Value;

/// A moment that is asked about: RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Type for Moment {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        Time::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        Time::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromParameter for Moment {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        let expected = "it is a moment such as 2026-01-31T09:30:00Z (RFC 3339).";
        text.parse().map(Self).map_err(|_| ParseError::custom(expected))
    }
}

impl ToJSON for Moment {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.to_string()))
    }
}
