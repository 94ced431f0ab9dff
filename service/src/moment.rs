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
        let moment = is_rfc_3339(text).then(|| text.parse().ok().or_else(|| after_all_others(text)));
        let moment = moment.flatten().filter(|moment| *moment >= FIRST);
        moment.map(Self).ok_or_else(|| ParseError::custom(expected))
    }
}

/// Whether a text has the form of RFC 3339, which is narrower than what the parser takes: no space for the `T`, no zone in
/// brackets, an offset of less than a day.
fn is_rfc_3339(text: &str) -> bool {
    let Some((at, rest)) = text.split_at_checked("2026-01-31T09:30:00".len()) else {
        return false;
    };
    let fraction = rest.strip_prefix('.');
    let offset = fraction.map_or(rest, |fraction| {
        fraction.trim_start_matches(|digit: char| digit.is_ascii_digit())
    });
    let has_digits = fraction.is_none_or(|fraction| fraction.len() > offset.len());
    has_form(at, "0000-00-00T00:00:00") && has_digits && is_offset(offset)
}

/// Whether a text is a form, but for its digits and the case of its letters.
fn has_form(text: &str, form: &str) -> bool {
    let same = |(byte, of_form): (u8, u8)| match of_form {
        b'0' => byte.is_ascii_digit(),
        other => byte.eq_ignore_ascii_case(&other),
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(same)
}

fn is_offset(text: &str) -> bool {
    let hours_and_minutes = text.get(1..3).zip(text.get(4..6));
    let is_within_a_day = hours_and_minutes.is_some_and(|(hours, minutes)| hours < "24" && minutes < "60");
    has_form(text, "Z") || (has_form(text, "+00:00") || has_form(text, "-00:00")) && is_within_a_day
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
            ("2026-01-31t09:30:00.25z", "2026-01-31T09:30:00.25Z"),
            ("2026-01-31T09:30:00-23:59", "2026-02-01T09:29:00Z"),
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
            "2026-01-31 09:30:00Z",
            "2026-01-31T09:30:00+25:00",
            "2026-01-31T09:30:00+02:60",
            "2026-01-31T09:30:00+02",
            "2026-01-31T09:30:00+0200",
            "2026-01-31T09:30:00+02:00:00",
            "2026-01-31T09:30Z",
            "2026-01-31T09:30:00.Z",
            "2026-01-31T09:30:00,5Z",
            "20260131T093000Z",
            "2026-01-31T09:30:00Z[UTC]",
            "2026-01-31T09:30:00+01:00[Europe/Berlin]",
            "2026-01-31T09:30:00é",
            "soon",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
