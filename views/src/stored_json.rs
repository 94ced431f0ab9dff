//! JSON as it is stored, on its way out: embedded as text, to the last byte.

use api_types::{JsonObject, JsonText, NotJson};
use serde::Serialize;
use service::{Problem, RawJson};

/// Takes text that was stored as JSON.
///
/// # Errors
/// 500: it is not. `place` says where it was found, for the log.
pub fn json(text: String, place: impl FnOnce() -> String) -> Result<JsonText, Problem> {
    JsonText::new(text).map_err(|error| corrupt(&error, place))
}

/// Takes text that was stored as a JSON object.
///
/// # Errors
/// 500: it is not. `place` says where it was found, for the log.
pub fn object(text: String, place: impl FnOnce() -> String) -> Result<JsonObject, Problem> {
    JsonObject::new(text).map_err(|error| corrupt(&error, place))
}

/// Takes the bytes of an event.
///
/// # Errors
/// 500: they are no JSON object. `place` says where they were found, for the log.
pub fn object_in(bytes: &[u8], place: impl FnOnce() -> String) -> Result<JsonObject, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => object(text.to_owned(), place),
        Err(error) => Err(Problem::internal(format!("{} is not text: {error}", place()))),
    }
}

fn corrupt(error: &NotJson, place: impl FnOnce() -> String) -> Problem {
    Problem::internal(format!("{} is not what was stored: {error}", place()))
}

/// Writes an answer in which texts are embedded.
///
/// # Errors
/// 500: it cannot be written, which would be our fault.
pub fn write<S: Serialize>(answer: &S) -> Result<RawJson<S>, Problem> {
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
        let embedded = object(text.to_owned(), String::new).unwrap();
        assert_eq!(write(&[embedded]).unwrap().text(), format!("[{text}]").as_bytes());
    }

    #[test]
    fn what_is_not_json_is_our_fault() {
        let place = || "a run".to_owned();
        assert_eq!(json("{".to_owned(), place).unwrap_err().code(), "internal_error");
        assert_eq!(
            object("[]".to_owned(), place).unwrap_err().code(),
            "internal_error"
        );
        assert_eq!(object_in(b"\xff", place).unwrap_err().code(), "internal_error");
    }
}
