//! JSON as it came: every digit of every number survives, and what two readers could understand
//! differently is refused.
//!
//! RFC 8259 leaves duplicate member names, unpaired surrogates and the size of numbers to the reader.
//! A payment must not depend on the reader, so [`parse`] refuses the first two (and NUL, which
//! databases cannot hold), and keeps numbers as the digits that were written.
//!
//! This is the only way from bytes to a [`Value`] in the system. `serde_json::from_slice` is not: with
//! `arbitrary_precision` it takes an object whose only member is named
//! `$serde_json::private::Number` for a number.

use json_event_parser::{JsonEvent, LowLevelJsonParser};
use serde_json::{Map, Number, Value};

/// How deep arrays and objects may nest. Everything that walks a value recursively relies on it.
pub const MAX_DEPTH: usize = 128;

/// Why bytes are not JSON that we accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at byte {offset})")]
pub struct JsonError {
    /// The kind of fault.
    pub kind: JsonErrorKind,
    /// How many bytes had been read when the fault was noticed.
    pub offset: usize,
    message: String,
}

/// The kinds of [`JsonError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// Not JSON at all.
    Malformed,
    /// One object has two members of the same name.
    DuplicateMember,
    /// A string or member name holds U+0000.
    NulCharacter,
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl JsonError {
    /// The fault's stable name, as it stands in problem documents.
    pub fn code(&self) -> &'static str {
        match self.kind {
            JsonErrorKind::Malformed => "malformed_json",
            JsonErrorKind::DuplicateMember => "duplicate_member",
            JsonErrorKind::NulCharacter => "nul_character",
            JsonErrorKind::TooDeep => "nested_too_deeply",
        }
    }

    fn malformed(offset: usize, what: &str) -> Self {
        Self {
            kind: JsonErrorKind::Malformed,
            offset,
            message: format!("this is not valid JSON: {what}"),
        }
    }
}

/// Parses one JSON text (RFC 8259, UTF-8 without a byte order mark), keeping every digit.
///
/// # Errors
/// What is not JSON, has duplicate member names, NUL or unpaired surrogates, or nests deeper than
/// [`MAX_DEPTH`].
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return Err(JsonError::malformed(0, "it starts with a byte order mark"));
    }
    let mut parser = LowLevelJsonParser::new();
    let mut tree = Tree::default();
    let mut offset = 0;
    loop {
        let read = parser.parse_next(bytes.get(offset..).unwrap_or_default(), true);
        offset += read.consumed_bytes;
        let event = match read.event {
            Some(Ok(JsonEvent::Eof)) => return Ok(tree.root),
            Some(Ok(event)) => event,
            Some(Err(error)) => return Err(explained(bytes, offset, error.message())),
            None => return Err(JsonError::malformed(offset, "it ends too early")),
        };
        tree.take(event).map_err(|(kind, message)| JsonError {
            kind,
            offset,
            message,
        })?;
    }
}

/// The parser's words for most faults; for an unpaired surrogate, which it takes for many things, our own.
fn explained(bytes: &[u8], offset: usize, what: &str) -> JsonError {
    let may_be = what.contains("surrogate") || what.contains("end of file");
    match unpaired_surrogate(bytes).filter(|_| may_be) {
        Some(place) => JsonError::malformed(
            place,
            "a string has an unpaired surrogate (\\ud800 to \\udfff stand in pairs)",
        ),
        None => JsonError::malformed(offset, what),
    }
}

/// Where an escaped surrogate stands without its other half.
fn unpaired_surrogate(bytes: &[u8]) -> Option<usize> {
    let mut place = 0;
    while let Some(&byte) = bytes.get(place) {
        if byte != b'\\' {
            place += 1;
            continue;
        }
        let rest = bytes.get(place..).unwrap_or_default();
        place += match escaped_unit(rest) {
            Some(0xD800..=0xDBFF) => match escaped_unit(rest.get(6..).unwrap_or_default()) {
                Some(0xDC00..=0xDFFF) => 12,
                _ => return Some(place),
            },
            Some(0xDC00..=0xDFFF) => return Some(place),
            _ => 2,
        };
    }
    None
}

/// The UTF-16 unit that `\uXXXX` at the beginning stands for.
fn escaped_unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The value under construction.
#[derive(Default)]
struct Tree {
    root: Value,
    /// The containers that are open, outermost first, each with the name it will have in its parent.
    open: Vec<(Value, String)>,
    /// The name of the member whose value comes next.
    name: String,
}

impl Tree {
    fn take(&mut self, event: JsonEvent<'_>) -> Result<(), (JsonErrorKind, String)> {
        match event {
            JsonEvent::StartObject => self.enter(Value::Object(Map::new())),
            JsonEvent::StartArray => self.enter(Value::Array(Vec::new())),
            JsonEvent::EndObject | JsonEvent::EndArray => {
                let Some((container, name)) = self.open.pop() else {
                    return Ok(());
                };
                self.name = name;
                self.put(container);
                Ok(())
            }
            JsonEvent::ObjectKey(name) => self.begin_member(name.into_owned()),
            JsonEvent::String(text) => {
                refuse_nul(&text)?;
                self.put(Value::String(text.into_owned()));
                Ok(())
            }
            JsonEvent::Number(digits) => {
                self.put(Value::Number(Number::from_string_unchecked(digits.into_owned())));
                Ok(())
            }
            JsonEvent::Boolean(flag) => {
                self.put(Value::Bool(flag));
                Ok(())
            }
            JsonEvent::Null | JsonEvent::Eof => {
                self.put(Value::Null);
                Ok(())
            }
        }
    }

    fn enter(&mut self, container: Value) -> Result<(), (JsonErrorKind, String)> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("this JSON nests deeper than {MAX_DEPTH} levels");
            return Err((JsonErrorKind::TooDeep, message));
        }
        self.open.push((container, std::mem::take(&mut self.name)));
        Ok(())
    }

    fn begin_member(&mut self, name: String) -> Result<(), (JsonErrorKind, String)> {
        refuse_nul(&name)?;
        if let Some((Value::Object(members), _)) = self.open.last()
            && members.contains_key(&name)
        {
            let message = format!("the member \"{name}\" stands twice in one object");
            return Err((JsonErrorKind::DuplicateMember, message));
        }
        self.name = name;
        Ok(())
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some((Value::Object(members), _)) => {
                members.insert(std::mem::take(&mut self.name), value);
            }
            Some((Value::Array(elements), _)) => elements.push(value),
            _ => self.root = value,
        }
    }
}

fn refuse_nul(text: &str) -> Result<(), (JsonErrorKind, String)> {
    if text.contains('\0') {
        let message = "a string holds the character U+0000, which is not accepted".to_owned();
        return Err((JsonErrorKind::NulCharacter, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> JsonErrorKind {
        parse(text.as_bytes()).unwrap_err().kind
    }

    #[test]
    fn keeps_every_digit() {
        let text = r#"{"a":120.0,"b":[1e400,-0.10,123456789012345678901234567890.123456789012345678901234567890],"c":{}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn a_member_with_a_private_name_is_a_member() {
        let text = r#"{"total":{"$serde_json::private::Number":"120.00"}}"#;
        let value = parse(text.as_bytes()).unwrap();
        assert!(value["total"].is_object());
        assert_eq!(value.to_string(), text);
    }

    #[test]
    fn refuses_what_readers_disagree_about() {
        assert_eq!(
            kind(r#"{"a":1,"b":{"a":1,"a":2}}"#),
            JsonErrorKind::DuplicateMember
        );
        assert_eq!(kind(r#"{"a":1,"\u0061":2}"#), JsonErrorKind::DuplicateMember);
        assert_eq!(kind(r#"["\u0000"]"#), JsonErrorKind::NulCharacter);
        assert_eq!(kind(r#"{"\u0000":1}"#), JsonErrorKind::NulCharacter);
        assert_eq!(kind(r#"["\ud800"]"#), JsonErrorKind::Malformed);
        assert_eq!(kind(r#"["\ud800\u0041"]"#), JsonErrorKind::Malformed);
        assert_eq!(kind(r#"["\udc00xxxxxx"]"#), JsonErrorKind::Malformed);
    }

    #[test]
    fn refuses_what_is_not_json() {
        let broken = [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "nul",
            "01",
            "1.",
            ".5",
            "+1",
            "NaN",
            "'a'",
            "[1 2]",
            "{}{}",
            "\"a",
            "\"\\u00",
            "\"\t\"",
            "\u{feff}{}",
            "{\"a\"}",
            "{1:2}",
            "]",
            "1e",
            "-",
        ];
        for text in broken {
            assert_eq!(kind(text), JsonErrorKind::Malformed, "{text:?}");
        }
        assert_eq!(parse(b"[\"\xff\"]").unwrap_err().kind, JsonErrorKind::Malformed);
    }

    #[test]
    fn bounds_the_depth() {
        let nested = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(kind(&nested(MAX_DEPTH + 1)), JsonErrorKind::TooDeep);
        assert_eq!(kind(&"[".repeat(1 << 20)), JsonErrorKind::TooDeep);
    }

    #[test]
    fn an_unpaired_surrogate_is_called_by_its_name() {
        for text in [
            r#"{"a":"\ud800"}"#,
            r#"["\udc00"]"#,
            r#"{"\ud800x":1}"#,
            r#"["\ud800\u0041"]"#,
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(
                error.to_string().contains("unpaired surrogate"),
                "{text}: {error}"
            );
        }
        assert!(
            !parse(br#"["\\ud800", x]"#)
                .unwrap_err()
                .to_string()
                .contains("surrogate")
        );
    }

    #[test]
    fn says_where_and_what() {
        let error = parse(br#"{"a":1,"a":2}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the member \"a\" stands twice in one object (at byte 10)"
        );
        assert_eq!(error.code(), "duplicate_member");
    }
}
