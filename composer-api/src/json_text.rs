//! JSON text that is embedded as it is: what a company wrote, or what was stored, to the last byte.

use std::borrow::Cow;

use poem_openapi::{
    registry::MetaSchemaRef,
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use service::{FreeObject, Problem, RawJson};

/// A JSON object, as text.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct JsonText(Box<RawValue>);

impl JsonText {
    /// Takes text that was stored as JSON.
    ///
    /// # Errors
    /// 500: it is not. `place` says where it was found, for the log.
    pub(crate) fn stored(text: String, place: impl FnOnce() -> String) -> Result<Self, Problem> {
        let corrupt = |error| Problem::internal(format!("{} is not JSON: {error}", place()));
        RawValue::from_string(text).map(Self).map_err(corrupt)
    }

    /// Takes the bytes of an event.
    ///
    /// # Errors
    /// 500: they are not JSON.
    pub(crate) fn stored_bytes(bytes: &[u8], place: impl Fn() -> String) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|error| Problem::internal(format!("{} is not text: {error}", place())))?;
        Self::stored(text.to_owned(), place)
    }
}

impl Type for JsonText {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        FreeObject::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        FreeObject::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

/// For examples in the OpenAPI document; answers are written by [`write`].
impl ToJSON for JsonText {
    fn to_json(&self) -> Option<Value> {
        rules::json::parse(self.0.get().as_bytes()).ok()
    }
}

impl ParseFromJSON for JsonText {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let text = value.unwrap_or_default().to_string();
        RawValue::from_string(text).map(Self).map_err(ParseError::custom)
    }
}

/// Writes an answer in which texts are embedded.
///
/// # Errors
/// 500: it cannot be written, which would be our fault.
pub(crate) fn write<S: Serialize>(answer: &S) -> Result<RawJson<S>, Problem> {
    serde_json::to_vec(answer)
        .map(RawJson::from_text)
        .map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_as_it_was() {
        let text = r#"{"total" : 1.20e1,"$serde_json::private::Number":"x"}"#;
        let embedded = JsonText::stored(text.to_owned(), String::new).unwrap();
        assert_eq!(write(&[embedded]).unwrap().text(), format!("[{text}]").as_bytes());
    }

    #[test]
    fn what_is_not_json_is_our_fault() {
        assert_eq!(
            JsonText::stored("{".to_owned(), || "a run".to_owned())
                .unwrap_err()
                .code(),
            "internal_error"
        );
        assert_eq!(
            JsonText::stored_bytes(b"\xff", String::new).unwrap_err().code(),
            "internal_error"
        );
    }
}
