//! Moments, as parameters.

use std::borrow::Cow;

use api_types::Time;
use jiff::{Timestamp, fmt::temporal::Pieces};
use poem_openapi::{
    registry::MetaSchemaRef,
    types::{ParseError, ParseFromParameter, ParseResult, ToJSON, Type},
};
use serde_json::Value;

/// The first moment that can be asked about, 0000-01-01T00:00:00Z.
const FIRST: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// A moment that is asked about: RFC 3339, so of the years 0000 to 9999.
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
        let expected = "it is a moment such as 2026-01-31T09:30:00Z (RFC 3339), of the years 0000 to 9999.";
        let moment = text.parse().ok().or_else(|| after_all_others(text));
        let moment = moment.filter(|moment| *moment >= FIRST);
        moment.map(Self).ok_or_else(|| ParseError::custom(expected))
    }
}

/// The last hours of the year 9999, which people name for the end of time, are beyond what a timestamp says: they are its last
/// moment, after which nothing is dated either.
fn after_all_others(text: &str) -> Option<Timestamp> {
    let pieces = Pieces::parse(text).ok()?;
    let (at, offset) = (
        pieces.date().to_datetime(pieces.time()?),
        pieces.to_numeric_offset()?,
    );
    let is_beyond = at.year() == 9999 && offset.to_timestamp(at).is_err();
    is_beyond.then_some(Timestamp::MAX)
}

impl ToJSON for Moment {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let moment = Moment::parse_from_parameter(text).ok()?;
        Some(moment.0.to_string())
    }

    #[test]
    fn the_years_are_those_of_rfc_3339() {
        for (text, expected) in [
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            ("2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00Z"),
            ("9999-12-30T21:59:59Z", "9999-12-30T21:59:59Z"),
            ("9999-12-31T23:59:59Z", "9999-12-30T22:00:00.999999999Z"),
            (
                "9999-12-31T23:59:59.999999-03:00",
                "9999-12-30T22:00:00.999999999Z",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "-000001-12-31T23:59:59Z",
            "-009999-01-02T01:59:59Z",
            "0000-01-01T00:00:00+01:00",
            "10000-01-01T00:00:00Z",
            "+010000-01-01T00:00:00Z",
            "9999-12-32T00:00:00Z",
            "9999-12-31",
            "9999-12-31T23:59:59",
            "soon",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
