//! An event as it came, and the names that it carries.

use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::{Map, Value};
use service::{Document, Problem};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::memory::Identity;
use crate::problems::invalid_event;

const MAX_EVENT_ID_CHARS: usize = 255;
/// The header that names an event which does not name itself (Standard Webhooks).
pub(crate) const WEBHOOK_ID: &str = "webhook-id";

/// An event that can be told from others.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) company_id: Uuid,
    pub(crate) event_id: String,
    /// Whether nobody named it, so that its bytes had to.
    pub(crate) is_derived: bool,
    pub(crate) value: Value,
    /// The JSON text, without white space around it.
    pub(crate) text: Bytes,
    pub(crate) sha256: [u8; 32],
}

impl Incoming {
    /// Reads an event. `webhook_id` names it if it does not name itself.
    ///
    /// # Errors
    /// 422 naming what is missing or wrong.
    pub(crate) fn read<S>(event: Document<S>, webhook_id: Option<&str>) -> Result<Self, Problem> {
        let (value, raw) = event.into_parts();
        let text = raw.slice_ref(raw.trim_ascii());
        let sha256 = Sha256::digest(&text).into();
        let nothing = Map::new();
        let members = value.as_object().unwrap_or(&nothing);
        let company_id = company_id(members)?;
        let named = match named_by_itself(members)? {
            Some(id) => Some(id),
            None => webhook_id.map(named_by_header).transpose()?,
        };
        let is_derived = named.is_none();
        let event_id = named.unwrap_or_else(|| derived(&sha256));
        Ok(Self {
            company_id,
            event_id,
            is_derived,
            value,
            text,
            sha256,
        })
    }

    /// What tells it from others, and whether it is the same.
    pub(crate) fn identity(&self) -> Identity {
        let digest = Sha256::new()
            .chain_update(self.company_id)
            .chain_update(&self.event_id)
            .finalize();
        Identity::new(&digest.into(), &self.sha256)
    }
}

fn company_id(members: &Map<String, Value>) -> Result<Uuid, Problem> {
    match members.get("company_id") {
        None => {
            let detail =
                "The member `company_id` is required: the UUID of the company that the event is for.";
            Err(invalid_event("/company_id", "missing", detail.to_owned()))
        }
        Some(Value::String(text)) => Uuid::parse_str(text).map_err(|_| not_a_company_id()),
        Some(_) => Err(not_a_company_id()),
    }
}

fn not_a_company_id() -> Problem {
    let detail = "The member `company_id` must be a UUID, as a string.";
    invalid_event("/company_id", "invalid", detail.to_owned())
}

fn named_by_itself(members: &Map<String, Value>) -> Result<Option<String>, Problem> {
    let named = ["event_id", "id"]
        .into_iter()
        .find_map(|name| Some((name, members.get(name)?)));
    let Some((name, value)) = named else {
        return Ok(None);
    };
    let id = match value {
        Value::String(text) => Some(text.clone()),
        // As it was written: 7 and 7.0 are two ids.
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match id.filter(|id| is_event_id(id)) {
        Some(id) => Ok(Some(id)),
        None => Err(not_an_event_id(
            &format!("/{name}"),
            &format!("The member `{name}`"),
        )),
    }
}

fn named_by_header(text: &str) -> Result<String, Problem> {
    if is_event_id(text) {
        Ok(text.to_owned())
    } else {
        Err(not_an_event_id(WEBHOOK_ID, &format!("The header `{WEBHOOK_ID}`")))
    }
}

fn is_event_id(text: &str) -> bool {
    // At most four bytes make a character: what is far too long is not counted.
    let is_short = text.len() <= 4 * MAX_EVENT_ID_CHARS && text.chars().count() <= MAX_EVENT_ID_CHARS;
    !text.is_empty() && is_short && !text.contains(char::is_control)
}

fn not_an_event_id(pointer: &str, subject: &str) -> Problem {
    let detail = format!(
        "{subject} names the event, so it must be a string of 1 to {MAX_EVENT_ID_CHARS} characters, none of them a \
         control character, or a number."
    );
    invalid_event(pointer, "invalid", detail)
}

fn derived(sha256: &[u8; 32]) -> String {
    sha256.iter().fold("sha256:".to_owned(), |mut id, byte| {
        // Writing to a string cannot fail.
        let _written = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use service::FreeObject;

    use super::*;

    const COMPANY: &str = "b5aa9687-d61f-467c-973e-f55d446981dc";

    fn read(more: &str, webhook_id: Option<&str>) -> Result<Incoming, Problem> {
        let text = format!(r#"{{"company_id":"{COMPANY}"{more}}}"#);
        Incoming::read(Document::<FreeObject>::parse(text.into()).unwrap(), webhook_id)
    }

    fn event_id(more: &str, webhook_id: Option<&str>) -> String {
        read(more, webhook_id).unwrap().event_id
    }

    #[track_caller]
    fn refused_at(more: &str, webhook_id: Option<&str>) -> String {
        let problem = read(more, webhook_id).unwrap_err();
        assert_eq!(
            (problem.status().as_u16(), problem.code()),
            (422, "invalid_event")
        );
        problem.errors()[0].pointer.clone()
    }

    #[test]
    fn an_event_is_named_by_itself_or_by_the_header_or_by_its_bytes() {
        assert_eq!(event_id(r#","id":"b","event_id":"a""#, Some("c")), "a");
        assert_eq!(event_id(r#","id":"b""#, Some("c")), "b");
        assert_eq!(event_id("", Some("c")), "c");
        // printf '{"company_id":"b5aa9687-d61f-467c-973e-f55d446981dc"}' | sha256sum
        let derived = read("", None).unwrap();
        assert!(derived.is_derived);
        assert_eq!(
            derived.event_id,
            "sha256:701578dd61a0b109077aae9a06888e36822ad471c1692dd66a4d2ad236238a5b"
        );
    }

    #[test]
    fn a_number_names_an_event_by_its_digits() {
        for digits in ["7", "-0", "7.0", "1e3", "123456789012345678901234567890"] {
            assert_eq!(event_id(&format!(r#","event_id":{digits}"#), None), digits);
        }
        assert_eq!(refused_at(&format!(r#","id":{}"#, "1".repeat(256)), None), "/id");
    }

    #[test]
    fn what_cannot_name_an_event_is_refused() {
        for bad in [
            "null",
            "true",
            "[]",
            "{}",
            r#""""#,
            r#""a\nb""#,
            r#""\u0085""#,
            r#"{"$serde_json::private::Number":"1"}"#,
        ] {
            assert_eq!(
                refused_at(&format!(r#","event_id":{bad}"#), Some("c")),
                "/event_id",
                "{bad}"
            );
            assert_eq!(refused_at(&format!(r#","id":{bad}"#), None), "/id", "{bad}");
        }
        assert_eq!(refused_at("", Some("")), "webhook-id");
        assert_eq!(refused_at("", Some(&"x".repeat(256))), "webhook-id");
        assert_eq!(
            event_id(&format!(r#","id":"{}""#, "€".repeat(255)), None),
            "€".repeat(255)
        );
        assert_eq!(
            refused_at(&format!(r#","id":"{}""#, "€".repeat(256)), None),
            "/id"
        );
    }

    #[test]
    fn white_space_around_an_event_is_no_part_of_it() {
        let read = |text: &str| {
            let document = Document::<FreeObject>::parse(text.to_owned().into()).unwrap();
            Incoming::read(document, None).unwrap()
        };
        let bare = format!(r#"{{ "company_id": "{COMPANY}" }}"#);
        let padded = read(&format!("\r\n\t {bare} \n"));
        assert_eq!(padded.text, bare.as_bytes());
        assert_eq!(padded.event_id, read(&bare).event_id);
    }

    /// Pieces that JSON is made of, and some that it is not.
    fn json_like() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(","),
            Just(":"),
            Just("\"a\""),
            Just("\"\\u00e9\""),
            Just("\"\\ud83d\\ude00\""),
            Just("\"\\/\u{7f}\""),
            Just("-0"),
            Just("1e400"),
            Just("0.10"),
            Just("-1E+7"),
            Just("true"),
            Just("null"),
            Just(" "),
            Just("\t\r\n"),
            Just("1."),
            Just("\u{a0}"),
        ];
        prop_oneof![
            prop::collection::vec(piece.clone(), 0..8).prop_map(|pieces| pieces.concat()),
            prop::collection::vec(piece, 1..4).prop_map(|pieces| format!("{{\"a\":{}}}", pieces.concat())),
        ]
    }

    proptest! {
        /// Otherwise an event would be accepted that no message can carry.
        #[test]
        fn what_is_read_here_can_be_carried_as_it_is(text in json_like()) {
            if rules::json::parse(text.as_bytes()).is_ok() {
                let carried: Result<&serde_json::value::RawValue, _> = serde_json::from_str(text.trim_ascii());
                prop_assert_eq!(carried.map(|raw| raw.get().to_owned()).ok(), Some(text.trim_ascii().to_owned()));
            }
        }

        #[test]
        fn an_event_is_the_same_if_its_company_its_id_and_its_bytes_are(
            one in ("[ab]", "[xy]{1,2}", "[01]"),
            other in ("[ab]", "[xy]{1,2}", "[01]"),
        ) {
            let identity = |(company, id, total): &(String, String, String)| {
                let company = format!("{company}5aa9687-d61f-467c-973e-f55d446981dc");
                let text = format!(r#"{{"company_id":"{company}","id":"{id}","total":{total}}}"#);
                let document = Document::<FreeObject>::parse(text.into()).unwrap();
                Incoming::read(document, None).unwrap().identity()
            };
            let (a, b) = (identity(&one), identity(&other));
            prop_assert_eq!(a.event == b.event, (&one.0, &one.1) == (&other.0, &other.1));
            prop_assert_eq!(a == b, one == other);
        }
    }
}
