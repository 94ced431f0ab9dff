//! Texts that callers add: what fits.

use api_types::JsonObject;
use service::{FieldError, Problem};

/// How many characters a description or an owner has at most.
const MAX_TEXT_CHARS: usize = 500;
/// How many bytes metadata have at most.
const MAX_METADATA_BYTES: usize = 16 << 10;

/// Checks a text that people read.
///
/// # Errors
/// 422 `invalid_text`, which names the member.
pub(crate) fn check_text(text: Option<&String>, pointer: &str) -> Result<(), Problem> {
    let Some(text) = text else {
        return Ok(());
    };
    if text.chars().count() <= MAX_TEXT_CHARS && !text.contains(char::is_control) {
        return Ok(());
    }
    let reason = format!("Expected up to {MAX_TEXT_CHARS} characters, none of them a control character.");
    Err(unfit("invalid_text", pointer, reason))
}

/// Checks whose something is: a text that says anything.
///
/// # Errors
/// 422 `invalid_text`, which names the member.
pub(crate) fn check_owner(owner: Option<&String>, pointer: &str) -> Result<(), Problem> {
    if owner.is_some_and(String::is_empty) {
        let reason = "Expected a text, or null if it is nobody's.";
        return Err(unfit("invalid_text", pointer, reason.to_owned()));
    }
    check_text(owner, pointer)
}

/// The text of metadata, `{}` if there are none.
///
/// # Errors
/// 422 `invalid_metadata`: they are too large.
pub(crate) fn metadata(object: Option<&JsonObject>, pointer: &str) -> Result<String, Problem> {
    match object.map(JsonObject::text) {
        None => Ok("{}".to_owned()),
        Some(text) if text.len() <= MAX_METADATA_BYTES => Ok(text.to_owned()),
        Some(_) => {
            let reason = format!("Metadata have up to {MAX_METADATA_BYTES} bytes.");
            Err(unfit("invalid_metadata", pointer, reason))
        }
    }
}

/// Whether metadata say nothing.
#[expect(clippy::ref_option, reason = "serde hands the member over so")]
pub(crate) fn is_no_metadata(object: &Option<JsonObject>) -> bool {
    object.as_ref().is_none_or(|object| object.text() == "{}")
}

fn unfit(code: &'static str, pointer: &str, reason: String) -> Problem {
    let fault = FieldError::new(pointer, code, reason.clone());
    Problem::unprocessable(code, reason).with_errors([fault])
}
