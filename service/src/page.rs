//! Lists, page by page: `limit` and `cursor` in, `{items, next_cursor}` out.
//!
//! An operation takes `#[oai(default)] limit: Query<Limit>` and `cursor: Query<Option<Cursor>>`, asks
//! its store for one item more than the limit, and answers [`page_of`].

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromParameter, ParseResult, ToJSON, Type},
};
use serde_json::Value;
use uuid::Uuid;

use crate::Problem;

pub use api_types::Page;

/// How many items a page has at most: 1 to 200, and 50 unless said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    const MAX: u8 = 200;

    /// The number of items.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// What each of this room's parameter types says of itself as a type of the OpenAPI document.
macro_rules! parameter_type {
    ($type:ty, $name:literal, $schema:expr) => {
        impl Type for $type {
            const IS_REQUIRED: bool = true;

            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new($schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }
    };
}

parameter_type!(
    Limit,
    "limit",
    MetaSchema {
        minimum: Some(1.0),
        maximum: Some(f64::from(Limit::MAX)),
        description: Some("How many items a page has at most."),
        ..MetaSchema::new("integer")
    }
);

impl ParseFromParameter for Limit {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        // `parse` takes a plus sign, which a number in JSON does not have.
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let limit = text
            .parse()
            .ok()
            .filter(|limit| digits && (1..=Self::MAX).contains(limit));
        limit
            .map(Self)
            .ok_or_else(|| ParseError::custom(format!("it is a whole number from 1 to {}.", Self::MAX)))
    }
}

impl ToJSON for Limit {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.into())
    }
}

/// Where the next page begins. Clients pass it back as it came; what it holds is the list's own affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    const MAX_BYTES: usize = 256;

    /// A cursor that holds `position`: up to 256 bytes that the list understands.
    pub fn new(position: impl Into<Vec<u8>>) -> Self {
        Self(position.into())
    }

    /// What the cursor holds.
    pub fn position(&self) -> &[u8] {
        &self.0
    }

    /// The id that the cursor holds.
    ///
    /// # Errors
    /// 400 `invalid_cursor` if it holds something else: it is another list's, or made up.
    pub fn id(&self) -> Result<Uuid, Problem> {
        Uuid::from_slice(&self.0).map_err(|_| Self::invalid())
    }

    /// The cursor as clients see it.
    pub fn into_text(self) -> String {
        hex::encode(self.0)
    }

    /// The refusal of a cursor that this list did not give.
    pub fn invalid() -> Problem {
        let detail = "The parameter `cursor` is not one that this list gave. Leave it out to start over.";
        Problem::bad_request("invalid_cursor", detail)
    }
}

impl From<Uuid> for Cursor {
    fn from(id: Uuid) -> Self {
        Self(id.as_bytes().to_vec())
    }
}

parameter_type!(
    Cursor,
    "cursor",
    MetaSchema {
        description: Some("The `next_cursor` of the page before."),
        ..MetaSchema::new("string")
    }
);

impl ParseFromParameter for Cursor {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        let position = hex::decode(text).ok();
        position
            .filter(|position| (1..=Self::MAX_BYTES).contains(&position.len()))
            .map(Self)
            .ok_or_else(|| ParseError::custom("it is not one that a list gave. Leave it out to start over."))
    }
}

impl ToJSON for Cursor {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(hex::encode(&self.0)))
    }
}

/// The page of up to `limit` items, from one more than that if there are so many: the one too many
/// tells that another page follows, which begins after the last item of this one.
pub fn page_of<T>(mut found: Vec<T>, limit: Limit, cursor_of: impl FnOnce(&T) -> Cursor) -> Page<T> {
    let more = found.len() > limit.get();
    found.truncate(limit.get());
    let next_cursor = found.last().filter(|_| more).map(cursor_of);
    Page {
        items: found,
        next_cursor: next_cursor.map(Cursor::into_text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_limit_is_from_1_to_200() {
        let limit = |text| Limit::parse_from_parameter(text).ok().map(Limit::get);
        assert_eq!(
            (limit("1"), limit("200"), limit("050")),
            (Some(1), Some(200), Some(50))
        );
        for text in [
            "",
            "0",
            "201",
            "256",
            "-1",
            "+5",
            "1.0",
            "ten",
            "99999999999999999999",
        ] {
            assert_eq!(limit(text), None, "{text}");
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let id = Uuid::from_u128(7);
        let Some(Value::String(text)) = Cursor::from(id).to_json() else {
            panic!("a cursor is a string")
        };
        assert_eq!(Cursor::parse_from_parameter(&text).unwrap().id().unwrap(), id);
        assert_eq!(Cursor::new(*b"other").id().unwrap_err().code(), "invalid_cursor");
        for broken in ["", "0", "zz", &"00".repeat(257)] {
            assert!(Cursor::parse_from_parameter(broken).is_err(), "{broken}");
        }
    }

    proptest! {
        /// Reading page after page gives every item once, in order, and ends.
        #[test]
        fn pages_add_up_to_the_list(len in 0_usize..120, limit in 1_u8..=50) {
            let list: Vec<usize> = (0..len).collect();
            let limit = Limit(limit);
            let (mut read, mut after) = (Vec::new(), None::<Cursor>);
            for _ in 0..=len {
                let start = after.map_or(0, |cursor| usize::from(cursor.position()[0]) + 1);
                let found = list.iter().copied().skip(start).take(limit.get() + 1).collect();
                let page = page_of(found, limit, |last| Cursor::new([u8::try_from(*last).unwrap()]));
                prop_assert!(!page.items.is_empty() || list.is_empty(), "no page is there for nothing");
                read.extend(page.items);
                after = page.next_cursor.map(|text| Cursor::parse_from_parameter(&text).unwrap());
                if after.is_none() {
                    break;
                }
            }
            prop_assert!(after.is_none());
            prop_assert_eq!(read, list);
        }
    }
}
