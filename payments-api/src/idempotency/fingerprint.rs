//! What a request says, as a hash: two requests are the same if theirs are.
//!
//! Hashes are kept with keys that are good for ever, so the form never changes. A request that may say more in a later version
//! says by then what it says now: what is left out, null or the default has no part in the hash, and the types of requests
//! leave it out where they are written (`skip_serializing_if`).

use serde::Serialize;
use serde_json::Value;
use service::Problem;
use sha2::{Digest, Sha256};

const DOMAIN: &str = "moneyflow.request.v1";

/// The hash of a request's body and of whatever of its address matters. The order of members and the space between them
/// mean nothing; a number is its digits.
///
/// # Errors
/// 500: the body cannot be written as JSON, which would be our fault.
pub(crate) fn fingerprint(address: &str, body: &impl Serialize) -> Result<[u8; 32], Problem> {
    let text = serde_json::to_vec(body).map_err(Problem::internal)?;
    let value = rules::json::parse(&text).map_err(|error| Problem::internal(error.to_string()))?;
    let mut hash = Sha256::new();
    text_of(&mut hash, DOMAIN);
    text_of(&mut hash, address);
    say(&mut hash, &value);
    Ok(hash.finalize().into())
}

/// Whether a member says what leaving it out says.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Each value begins with its kind, and what has a length says it, so that no two values are said alike.
fn say(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null => hash.update(b"n"),
        Value::Bool(false) => hash.update(b"f"),
        Value::Bool(true) => hash.update(b"t"),
        Value::Number(number) => {
            hash.update(b"#");
            text_of(hash, number.as_str());
        }
        Value::String(text) => {
            hash.update(b"s");
            text_of(hash, text);
        }
        Value::Array(elements) => {
            hash.update(b"[");
            length(hash, elements.len());
            for element in elements {
                say(hash, element);
            }
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            hash.update(b"{");
            length(hash, sorted.len());
            for (name, value) in sorted {
                text_of(hash, name);
                say(hash, value);
            }
        }
    }
}

fn text_of(hash: &mut Sha256, text: &str) {
    length(hash, text.len());
    hash.update(text);
}

fn length(hash: &mut Sha256, length: usize) {
    hash.update(u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
}

/// That each of these bodies, which say the same, has this fingerprint, and had it ever since.
#[cfg(test)]
#[track_caller]
pub(crate) fn expect_pinned<T: poem_openapi::types::ParseFromJSON + Serialize>(
    address: &str,
    bodies: &[Value],
    expected: &str,
) {
    for body in bodies {
        let read =
            T::parse_from_json(Some(body.clone())).map_err(poem_openapi::types::ParseError::into_message);
        let hash = fingerprint(address, &read.unwrap()).unwrap();
        assert_eq!(
            hash.map(|byte| format!("{byte:02x}")).concat(),
            expected,
            "{body}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> [u8; 32] {
        let body = api_types::JsonText::new(text.to_owned()).unwrap();
        fingerprint("/transfers", &body).unwrap()
    }

    #[test]
    fn order_and_space_mean_nothing() {
        assert_eq!(
            of(r#"{"a": {"x": 1, "y": [2, 3]}, "b": null}"#),
            of(r#"{"b":null,"a":{"y":[2,3],"x":1}}"#)
        );
    }

    #[test]
    fn whatever_else_differs_is_another_request() {
        let all = [
            r#"{"a":1}"#,
            r#"{"a":"1"}"#,
            r#"{"a":1.0}"#,
            r#"{"a":[1]}"#,
            r#"{"b":1}"#,
            r#"{"a":null}"#,
            "{}",
        ];
        for (index, one) in all.iter().enumerate() {
            for other in all.iter().skip(index + 1) {
                assert_ne!(of(one), of(other), "{one} {other}");
            }
        }
        let body = api_types::JsonText::new("{}".to_owned()).unwrap();
        assert_ne!(of("{}"), fingerprint("/accounts", &body).unwrap());
    }
}
