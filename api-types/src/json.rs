//! JSON that passes through as text, to the last byte.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Value, value::RawValue};

/// Any JSON, as the text that it was written as.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonText(Box<RawValue>);

/// A JSON object, as the text that it was written as.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct JsonObject(JsonText);

/// Why a text was not taken for JSON, or not for an object.
#[derive(Debug)]
pub struct NotJson(String);

impl JsonText {
    /// Takes a text that is JSON, without the space around it.
    ///
    /// # Errors
    /// If it is not JSON.
    pub fn new(text: String) -> Result<Self, NotJson> {
        let trimmed = text.trim_ascii();
        let text = if trimmed.len() == text.len() {
            text
        } else {
            trimmed.to_owned()
        };
        RawValue::from_string(text)
            .map(Self)
            .map_err(|error| NotJson(error.to_string()))
    }

    /// Writes a value, every digit kept.
    ///
    /// # Errors
    /// If it cannot be written as JSON: a map whose keys are no strings, say.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, NotJson> {
        serde_json::value::to_raw_value(value)
            .map(Self)
            .map_err(|error| NotJson(error.to_string()))
    }

    /// The text. Read it by `rules::json::parse`, which keeps every digit and takes no member for anything else.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// Reads it as one of the shapes of this room.
    ///
    /// # Errors
    /// If it is something else.
    pub fn read<T: de::DeserializeOwned>(&self) -> Result<T, NotJson> {
        serde_json::from_str(self.text()).map_err(|error| NotJson(error.to_string()))
    }
}

impl JsonObject {
    /// Takes a text that is a JSON object, without the space around it.
    ///
    /// # Errors
    /// If it is something else.
    pub fn new(text: String) -> Result<Self, NotJson> {
        JsonText::new(text).and_then(Self::try_from)
    }

    /// Writes an object, every digit kept.
    ///
    /// # Errors
    /// If the value is something else, or cannot be written.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, NotJson> {
        JsonText::of(value).and_then(Self::try_from)
    }

    /// The text, which begins with a brace. Read it by `rules::json::parse`.
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// Reads it as one of the shapes of this room.
    ///
    /// # Errors
    /// If it is something else.
    pub fn read<T: de::DeserializeOwned>(&self) -> Result<T, NotJson> {
        self.0.read()
    }
}

impl TryFrom<JsonText> for JsonObject {
    type Error = NotJson;

    fn try_from(json: JsonText) -> Result<Self, NotJson> {
        // It is JSON, and without space before it: its first byte tells.
        if json.text().starts_with('{') {
            Ok(Self(json))
        } else {
            Err(NotJson("it is not an object".to_owned()))
        }
    }
}

impl From<JsonObject> for JsonText {
    fn from(JsonObject(json): JsonObject) -> Self {
        json
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = JsonText::deserialize(deserializer)?;
        Self::try_from(json).map_err(de::Error::custom)
    }
}

impl TryFrom<&Value> for JsonText {
    type Error = NotJson;

    fn try_from(value: &Value) -> Result<Self, NotJson> {
        Self::of(value)
    }
}

/// Two texts are equal byte for byte, not by what they say.
impl PartialEq for JsonText {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for JsonText {}

impl fmt::Debug for JsonText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

impl fmt::Debug for JsonObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for NotJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NotJson {}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"total" : 1.20e1,"$serde_json::private::Number":"x", "total": 0.10000000000000000000000000000001}"#;

    #[test]
    fn a_text_stays_as_it_was() {
        let embedded = JsonObject::new(format!(" {TEXT}\n")).unwrap();
        assert_eq!(serde_json::to_string(&[&embedded]).unwrap(), format!("[{TEXT}]"));
        let read: Vec<JsonObject> = serde_json::from_str(&format!("[ {TEXT} ]")).unwrap();
        assert_eq!(read, [embedded]);
    }

    #[test]
    fn a_value_is_written_with_every_digit() {
        let value: Value = serde_json::from_str("[1.20, 12345678901234567890123456789.10]").unwrap();
        assert_eq!(
            JsonText::of(&value).unwrap().text(),
            "[1.20,12345678901234567890123456789.10]"
        );
    }

    #[test]
    fn what_is_something_else_is_refused() {
        assert!(JsonText::new("{".to_owned()).is_err());
        assert!(JsonText::new(String::new()).is_err());
        for text in ["[]", "null", "1", r#""{}""#] {
            assert!(JsonText::new(text.to_owned()).is_ok(), "{text}");
            assert!(JsonObject::new(text.to_owned()).is_err(), "{text}");
            assert!(serde_json::from_str::<JsonObject>(text).is_err(), "{text}");
        }
    }
}
