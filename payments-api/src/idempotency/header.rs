//! The header `Idempotency-Key`: a string in quotes (RFC 8941), or bare.

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};
use serde::Serialize;
use service::{FieldError, Problem};
use uuid::Uuid;

use super::{Named, fingerprint};

const NAME: &str = "Idempotency-Key";
const MAX_CHARS: usize = 255;

/// The key of a request that must have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(pub(crate) String);

/// The key of a request that may have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OptionalIdempotencyKey(pub(crate) Option<String>);

impl OptionalIdempotencyKey {
    /// What names a request of a company to a route, if it has a key. `address` and `body` are all that it says.
    ///
    /// # Errors
    /// As [`fingerprint`].
    pub(crate) fn naming(
        &self,
        company_id: Uuid,
        route: &str,
        address: &str,
        body: &impl Serialize,
    ) -> Result<Option<Named>, Problem> {
        let named = |key: &String| Ok(Named::new(company_id, route, key, fingerprint(address, body)?));
        self.0.as_ref().map(named).transpose()
    }
}

fn read(request: &Request) -> Result<Option<String>, Problem> {
    let mut lines = request.headers().get_all(NAME).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return if request.headers().contains_key(NAME) {
            Err(invalid("it is given more than once."))
        } else {
            Ok(None)
        };
    };
    let text = line.to_str().ok().and_then(unquoted);
    let expected = "it is 1 to 255 visible ASCII characters, bare or in quotes.";
    text.map(Some).ok_or_else(|| invalid(expected))
}

/// Whether a text can be a key: 1 to 255 visible ASCII characters.
pub(crate) fn is_key(text: &str) -> bool {
    (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The key as it is meant: `"a"` and `a` are one.
fn unquoted(text: &str) -> Option<String> {
    let text = text.trim();
    let key = match text.strip_prefix('"') {
        Some(rest) => unescaped(rest.strip_suffix('"')?)?,
        None => text.to_owned(),
    };
    is_key(&key).then_some(key)
}

/// What stands between quotes: a quote or a backslash in it has a backslash before it.
fn unescaped(text: &str) -> Option<String> {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        match next {
            '"' => return None,
            '\\' => meant.push(rest.next().filter(|next| matches!(next, '"' | '\\'))?),
            other => meant.push(other),
        }
    }
    Some(meant)
}

fn invalid(reason: &str) -> Problem {
    let detail = format!("The header `{NAME}` cannot be used: {reason}");
    let fault = FieldError::new(NAME, "invalid_idempotency_key", reason);
    Problem::bad_request("invalid_idempotency_key", detail).with_errors([fault])
}

fn missing() -> Problem {
    let detail = format!(
        "The header `{NAME}` is missing. Name the request by a key of your own, such as a UUID: sent again under the same \
         key it moves no money twice."
    );
    let fault = FieldError::new(NAME, "missing", "It is required here.");
    Problem::bad_request("idempotency_key_missing", detail).with_errors([fault])
}

macro_rules! header_parameter {
    ($type:ident, $required:literal, $of:expr) => {
        impl<'a> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
            const PARAM_IS_REQUIRED: bool = $required;

            type ParamType = String;
            type ParamRawType = String;

            fn param_in() -> Option<MetaParamIn> {
                Some(MetaParamIn::Header)
            }

            fn param_schema_ref() -> Option<MetaSchemaRef> {
                Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
                    description: Some(
                        "Names the request: sent again it is answered the same, and does nothing.",
                    ),
                    max_length: Some(MAX_CHARS),
                    min_length: Some(1),
                    ..MetaSchema::new("string")
                })))
            }

            async fn from_request(
                request: &'a Request,
                _: &mut RequestBody,
                _: ExtractParamOptions<String>,
            ) -> Result<Self> {
                let of: fn(Option<String>) -> Result<Self, Problem> = $of;
                Ok(of(read(request)?)?)
            }
        }
    };
}

header_parameter!(IdempotencyKey, true, |key| key.map(Self).ok_or_else(missing));
header_parameter!(OptionalIdempotencyKey, false, |key| Ok(Self(key)));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_bare_are_one() {
        for text in ["8e03978e", "\"8e03978e\"", " \"8e03978e\" "] {
            assert_eq!(unquoted(text).as_deref(), Some("8e03978e"), "{text}");
        }
        assert_eq!(unquoted(r#""a\"b\\c""#).as_deref(), Some(r#"a"b\c"#));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = "x".repeat(256);
        for text in [
            "", "\"\"", "\"a", "\"a\"b\"", "a b", "ä", r#""a\n""#, r#""a\"#, &long,
        ] {
            assert_eq!(unquoted(text), None, "{text}");
        }
    }
}
