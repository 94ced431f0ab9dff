//! Why something was refused, or failed.

use serde::{Deserialize, Serialize};

/// Why a request was refused, or that it failed (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Problem {
    /// The kind of problem, as a relative reference to its description.
    #[cfg_attr(feature = "openapi", oai(rename = "type"))]
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem, in a few words that never vary.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do about it.
    pub detail: String,
    /// The kind of problem, for a program.
    pub code: String,
    /// What to quote when asking about this request.
    #[cfg_attr(feature = "openapi", oai(skip_serializing_if_is_none))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// Each fault of the request, where there are several or they have a place.
    #[cfg_attr(feature = "openapi", oai(skip_serializing_if_is_empty, default))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One fault of a request, in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct FieldError {
    /// Where in the body: a JSON Pointer (RFC 6901); or the parameter's name.
    pub pointer: String,
    /// The kind of fault, stable.
    pub code: String,
    /// What is wrong there, for a person.
    pub detail: String,
}

impl FieldError {
    /// A fault with its place, its stable code and a sentence for a person.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}
