//! Entity tags, and the conditions on them (RFC 9110, sections 8.8.3 and 13.1).
//!
//! A version `3` has the tag `"3"`. `If-Match` guards a write against what it has not read,
//! `If-None-Match` spares a read that would bring nothing new.

use std::fmt::{self, Display};

use poem::{
    Request, RequestBody, Result,
    http::{HeaderName, HeaderValue, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};

use crate::Problem;

/// How many tags a condition may list.
const MAX_TAGS: usize = 64;

/// One state of a resource, opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTag {
    opaque: String,
    is_weak: bool,
}

impl EntityTag {
    /// The tag of an integer version.
    pub fn version(version: u64) -> Self {
        Self {
            opaque: version.to_string(),
            is_weak: false,
        }
    }

    /// A tag of visible ASCII without quotes, such as a hash in hexadecimal; `None` for another text.
    pub fn opaque(text: impl Into<String>) -> Option<Self> {
        let opaque = text.into();
        opaque.bytes().all(is_tag_byte).then_some(Self {
            opaque,
            is_weak: false,
        })
    }

    /// As it stands in the `ETag` header.
    pub fn to_header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.to_string()).ok()
    }

    /// The same state, byte for byte: a weak tag never says so.
    fn is_strongly(&self, other: &Self) -> bool {
        !self.is_weak && !other.is_weak && self.opaque == other.opaque
    }
}

/// With its quotes, and `W/` if it is weak.
impl Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weak = if self.is_weak { "W/" } else { "" };
        write!(f, "{weak}\"{}\"", self.opaque)
    }
}

/// `etagc`, without the bytes beyond ASCII.
fn is_tag_byte(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x7e)
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Condition {
    #[default]
    Absent,
    Any,
    Tags(Vec<EntityTag>),
}

impl Condition {
    fn of(request: &Request, name: &HeaderName) -> Result<Self, Problem> {
        let invalid = || {
            let detail = format!(
                "The header `{name}` cannot be read: it is `*`, or a list of tags in quotes such as `\"3\"`."
            );
            Problem::bad_request("invalid_parameter", detail)
        };
        let mut lines = Vec::new();
        for line in request.headers().get_all(name) {
            lines.push(line.to_str().map_err(|_| invalid())?);
        }
        if lines.is_empty() {
            return Ok(Self::Absent);
        }
        let condition = Self::parse(&lines.join(",")).ok_or_else(invalid)?;
        if *name == header::IF_MATCH && condition.is_weak() {
            let detail = "`If-Match` compares strongly (RFC 9110), and a weak tag is never met: send the tag without its `W/`.";
            return Err(Problem::precondition_failed("stale_version", detail));
        }
        Ok(condition)
    }

    /// Whether it holds weak tags alone.
    fn is_weak(&self) -> bool {
        matches!(self, Self::Tags(tags) if tags.iter().all(|tag| tag.is_weak))
    }

    /// The lines of one header are one list. Tags may hold commas, so it cannot be split at them.
    fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                return (!tags.is_empty()).then_some(Self::Tags(tags));
            }
            let (is_weak, quoted) = rest
                .strip_prefix("W/")
                .map_or((false, rest), |strong| (true, strong));
            let (opaque, after) = quoted.strip_prefix('"')?.split_once('"')?;
            let ends = after.is_empty() || after.starts_with([' ', '\t', ',']);
            if !ends || tags.len() == MAX_TAGS || !opaque.bytes().all(is_tag_byte) {
                return None;
            }
            tags.push(EntityTag {
                opaque: opaque.to_owned(),
                is_weak,
            });
            rest = after;
        }
    }

    fn holds(&self, current: Option<&EntityTag>, same: impl Fn(&EntityTag, &EntityTag) -> bool) -> bool {
        match (self, current) {
            (Self::Tags(tags), Some(current)) => tags.iter().any(|tag| same(tag, current)),
            (Self::Any, Some(_)) => true,
            (Self::Absent, _) | (_, None) => false,
        }
    }
}

/// `If-Match`: the write is based on a state that was read. As an operation's parameter:
/// `#[oai(name = "If-Match")] if_match: IfMatch`; it may be absent.
///
/// The question must be asked where the answer still holds when the write does: in the database
/// transaction, under the lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IfMatch(Condition);

impl IfMatch {
    /// Whether the write may go ahead, when the resource is in the state `current` (`None`: it does
    /// not exist). Weak tags never match.
    pub fn allows(&self, current: Option<&EntityTag>) -> bool {
        self.0 == Condition::Absent || self.0.holds(current, EntityTag::is_strongly)
    }

    /// [`Self::allows`], for a resource whose tags are integer versions.
    pub fn allows_version(&self, current: Option<u64>) -> bool {
        self.allows(current.map(EntityTag::version).as_ref())
    }

    /// Whether the client made no condition.
    pub fn is_absent(&self) -> bool {
        self.0 == Condition::Absent
    }

    /// Whether the client asks only that there is something (`*`).
    pub fn is_any(&self) -> bool {
        self.0 == Condition::Any
    }
}

/// `If-None-Match`: the client has these states already. As an operation's parameter:
/// `#[oai(name = "If-None-Match")] if_none_match: IfNoneMatch`; it may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IfNoneMatch(Condition);

impl IfNoneMatch {
    /// Whether the client has the state `current`: then a read is answered 304, and a write 412.
    pub fn has(&self, current: &EntityTag) -> bool {
        self.0
            .holds(Some(current), |known, current| known.opaque == current.opaque)
    }
}

macro_rules! header_parameter {
    ($type:ident, $header:expr) => {
        impl<'a> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

            type ParamType = String;
            type ParamRawType = String;

            fn param_in() -> Option<MetaParamIn> {
                Some(MetaParamIn::Header)
            }

            fn param_schema_ref() -> Option<MetaSchemaRef> {
                Some(MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))))
            }

            async fn from_request(
                request: &'a Request,
                _: &mut RequestBody,
                _: ExtractParamOptions<String>,
            ) -> Result<Self> {
                Ok(Self(Condition::of(request, &$header)?))
            }
        }
    };
}

header_parameter!(IfMatch, header::IF_MATCH);
header_parameter!(IfNoneMatch, header::IF_NONE_MATCH);

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(text: &str) -> IfMatch {
        IfMatch(Condition::parse(text).unwrap())
    }

    #[test]
    fn if_match_compares_strongly() {
        assert!(IfMatch::default().allows_version(None));
        assert!(IfMatch::default().allows_version(Some(3)));
        assert!(if_match("\"3\"").allows_version(Some(3)));
        assert!(if_match("\"2\" , \"3\"").allows_version(Some(3)));
        assert!(if_match("*").allows_version(Some(3)));
        for refused in ["\"2\"", "W/\"3\"", "\"03\"", "\"\""] {
            assert!(!if_match(refused).allows_version(Some(3)), "{refused}");
        }
        assert!(!if_match("*").allows_version(None));
        assert!(!if_match("\"3\"").allows_version(None));
    }

    #[test]
    fn if_none_match_compares_weakly() {
        let tag = EntityTag::opaque("a,b").unwrap();
        let has = |text| IfNoneMatch(Condition::parse(text).unwrap()).has(&tag);
        assert!(has("\"a,b\"") && has("\"x\",W/\"a,b\"") && has("*"));
        assert!(!has("\"a\", \"b\""));
        assert!(!IfNoneMatch::default().has(&tag));
    }

    #[test]
    fn what_is_not_a_list_of_tags_is_refused() {
        for text in [
            "",
            ",",
            "3",
            "\"3",
            "3\"",
            "w/\"3\"",
            "\"a\"\"b\"",
            "*, \"3\"",
            "\"a b\"",
            "\"\u{7f}\"",
        ] {
            assert_eq!(Condition::parse(text), None, "{text}");
        }
        assert_eq!(Condition::parse(&"\"x\",".repeat(MAX_TAGS + 1)), None);
    }

    #[test]
    fn a_tag_stands_in_quotes() {
        assert_eq!(EntityTag::version(3).to_header().unwrap(), "\"3\"");
        assert_eq!(EntityTag::opaque("a\"b"), None);
    }
}
