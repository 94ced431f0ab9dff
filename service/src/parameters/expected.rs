//! What was expected of a parameter that cannot be read, in the words of the OpenAPI document. The parsers say what went wrong
//! in them.

use poem::Error;
use poem_openapi::{
    error::{ParseParamError, ParsePathError},
    registry::MetaSchema,
};
use serde_json::Value;

use crate::{
    FieldError, Problem,
    fault::{self, says_little},
};

/// What can be said of a parameter.
pub(super) struct Expected {
    /// What the parsers call it.
    pub(super) internal: String,
    /// What clients call it.
    pub(super) name: String,
    /// What it should be, if its schema says so.
    pub(super) what: Option<String>,
}

/// What a parameter should be: values are told as they are written in an address, without quotes.
pub(super) fn in_words(schema: &MetaSchema) -> Option<String> {
    if schema.enum_items.is_empty() {
        return fault::expected(schema);
    }
    let choices = schema.enum_items.iter().map(|choice| match choice {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    Some(format!("one of {}", choices.collect::<Vec<_>>().join(", ")))
}

/// Says what was expected, where the error is that a parameter is missing or cannot be read.
pub(super) fn explain(declared: &[Expected], error: Error) -> Error {
    let told = if let Some(ParseParamError { name, reason }) = error.downcast_ref() {
        Some((*name, reason))
    } else if let Some(ParsePathError { name, reason }) = error.downcast_ref() {
        Some((*name, reason))
    } else {
        None
    };
    let problem = told.and_then(|(name, reason)| {
        let parameter = declared.iter().find(|parameter| parameter.internal == name)?;
        parameter.refusal(reason)
    });
    problem.map_or(error, Error::from)
}

impl Expected {
    fn refusal(&self, reason: &str) -> Option<Problem> {
        let (name, what) = (&self.name, self.what.as_deref());
        let (code, detail) = if reason.contains("expects an input value.") {
            let what = what.map(|what| format!(": {what}")).unwrap_or_default();
            ("missing", format!("The parameter `{name}` is required{what}."))
        } else {
            let what = what.filter(|_| says_little(reason))?;
            let detail = format!("The parameter `{name}` cannot be read: expected {what}.");
            ("invalid", detail)
        };
        let fault = FieldError::new(name.as_str(), code, detail.clone());
        Some(Problem::bad_request("invalid_parameter", detail).with_errors([fault]))
    }
}
