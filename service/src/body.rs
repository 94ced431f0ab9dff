//! Request bodies: JSON, read strictly and to the digit.
//!
//! [`Strict`] reads a type of the OpenAPI document, [`Document`] any JSON object, with the bytes as
//! they came. Both want `application/json` (415), at most [`BODY_LIMIT_BYTES`] (413) that arrive in
//! time (408), JSON by [`rules::json::parse`] (400), and refuse the rest by the member's name (400).
//!
//! A value is never put through serde's derives: with digits kept, they take an object whose only
//! member is `$serde_json::private::Number` for a number.

use std::{marker::PhantomData, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use poem::{Request, RequestBody, Result, http::header};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry},
    types::{ParseFromJSON, Type},
};
use rules::json::JsonError;
use serde_json::Value;

use crate::{
    Problem, fault,
    problem::shortened,
    shape::{Shape, found},
};

/// How large a body may be, unless its type says otherwise.
pub const BODY_LIMIT_BYTES: usize = 1 << 20;
/// How much of a body that is too large is still read and dropped: a client that is cut off while it
/// sends often never sees the answer.
const DRAIN_LIMIT_BYTES: usize = 8 << 20;
/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// A JSON body of type `T`, at most `LIMIT` bytes. Give `T` the attribute
/// `#[oai(deny_unknown_fields)]`, so that a misspelt member is refused and not ignored.
#[derive(Debug, Clone)]
pub struct Strict<T, const LIMIT: usize = BODY_LIMIT_BYTES>(pub T);

impl<'a, T: ParseFromJSON + 'static, const LIMIT: usize> ApiExtractor<'a> for Strict<T, LIMIT> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(json_request(T::schema_ref()))
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let raw = read_json(request, body, LIMIT).await?;
        let value = parse(&raw)?;
        Ok(Self(read_as(value, raw.len())?))
    }
}

fn read_as<T: ParseFromJSON + 'static>(value: Value, size_bytes: usize) -> Result<T, Problem> {
    let shape = Shape::of::<T>();
    if let Some(fault) = shape.coerced(&value) {
        return Err(fault::refuse(fault));
    }
    // The parser uses the value up, and the search for a fault needs it.
    let kept = (size_bytes <= fault::SEARCHED_BYTES).then(|| value.clone());
    T::parse_from_json(Some(value)).map_err(|error| match kept {
        Some(body) => fault::refuse(fault::search::<T>(body, &shape, error.message())),
        None => fault::refuse_unsearched(error.message()),
    })
}

/// Any JSON object as a body, at most `LIMIT` bytes, with the bytes as they came: for rules, events
/// and whatever else has its own checks. `S` is its schema in the OpenAPI document.
#[derive(Debug, Clone)]
pub struct Document<S = FreeObject, const LIMIT: usize = BODY_LIMIT_BYTES> {
    value: Value,
    raw: Bytes,
    schema: PhantomData<fn() -> S>,
}

impl<S, const LIMIT: usize> Document<S, LIMIT> {
    /// Reads `raw` as the body of a request would be read.
    ///
    /// # Errors
    /// 400 for what is not JSON as we accept it, or not an object.
    pub fn parse(raw: Bytes) -> Result<Self, Problem> {
        let value = parse(&raw)?;
        if !value.is_object() {
            let detail = format!("Expected a JSON object, found {}.", found(&value));
            return Err(Problem::bad_request("invalid_request", detail));
        }
        Ok(Self {
            value,
            raw,
            schema: PhantomData,
        })
    }

    /// The object, every digit kept.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The bytes as they came.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The object and the bytes.
    pub fn into_parts(self) -> (Value, Bytes) {
        (self.value, self.raw)
    }
}

impl<'a, S: Type, const LIMIT: usize> ApiExtractor<'a> for Document<S, LIMIT> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        S::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(json_request(S::schema_ref()))
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self::parse(read_json(request, body, LIMIT).await?)?)
    }
}

/// The schema of an object with any members.
#[derive(Debug, Clone, Copy)]
pub struct FreeObject;

impl Type for FreeObject {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> std::borrow::Cow<'static, str> {
        "object".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let any = MetaSchemaRef::Inline(Box::new(MetaSchema::ANY));
        let schema = MetaSchema {
            additional_properties: Some(Box::new(any)),
            ..MetaSchema::new("object")
        };
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

fn json_request(schema: MetaSchemaRef) -> MetaRequest {
    let content = MetaMediaType {
        content_type: "application/json",
        schema,
    };
    MetaRequest {
        description: None,
        content: vec![content],
        required: true,
    }
}

/// Reads the body of a request that says it is JSON. The bytes are not looked at.
///
/// # Errors
/// 415 for another or no media type, 413 beyond `limit_bytes`, 408 if it takes too long, 400 if it
/// breaks off.
pub async fn read_json(
    request: &Request,
    body: &mut RequestBody,
    limit_bytes: usize,
) -> Result<Bytes, Problem> {
    expect_json(request)?;
    read(request, body, limit_bytes).await
}

/// Reads the body of a request, whatever it is: for what is signed, or has lines.
///
/// # Errors
/// 413 beyond `limit_bytes`, 408 if it takes too long, 400 if it breaks off.
pub async fn read(request: &Request, body: &mut RequestBody, limit_bytes: usize) -> Result<Bytes, Problem> {
    let declared = declared_bytes(request);
    let waits = request.headers().contains_key(header::EXPECT);
    if declared > DRAIN_LIMIT_BYTES || (declared > limit_bytes && waits) {
        return Err(Problem::too_large(limit_bytes));
    }
    let late = |_| Problem::request_timeout("The body did not arrive in time.");
    tokio::time::timeout(BODY_DEADLINE, collect(body, limit_bytes))
        .await
        .map_err(late)?
}

async fn collect(body: &mut RequestBody, limit_bytes: usize) -> Result<Bytes, Problem> {
    let body = body.take().map_err(Problem::internal)?;
    let mut chunks = body.into_bytes_stream();
    let (mut read, mut size) = (BytesMut::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("broken_body", "The body broke off."))?;
        size = size.saturating_add(chunk.len());
        if size > DRAIN_LIMIT_BYTES {
            break;
        }
        if size <= limit_bytes {
            read.extend_from_slice(&chunk);
        }
    }
    if size > limit_bytes {
        Err(Problem::too_large(limit_bytes))
    } else {
        Ok(read.freeze())
    }
}

/// What `Content-Length` announces; nothing for a body in chunks.
fn declared_bytes(request: &Request) -> usize {
    let length = request.header(header::CONTENT_LENGTH);
    length.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn expect_json(request: &Request) -> Result<(), Problem> {
    let named = request.content_type().unwrap_or_default();
    if is_json(named) {
        return Ok(());
    }
    let detail = match shortened(named, 100) {
        none if none.is_empty() => "Send the body as `Content-Type: application/json`.".to_owned(),
        other => format!("Send the body as `Content-Type: application/json`, not as `{other}`."),
    };
    Err(Problem::unsupported_media_type(detail))
}

/// `application/json`, in UTF-8 if it says in what (RFC 8259 knows nothing else).
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

fn parse(raw: &[u8]) -> Result<Value, Problem> {
    if raw.is_empty() {
        return Err(Problem::bad_request(
            "malformed_json",
            "The body is empty; it should be JSON.",
        ));
    }
    rules::json::parse(raw).map_err(|error| malformed(raw, &error))
}

fn malformed(raw: &[u8], error: &JsonError) -> Problem {
    let before = raw.get(..error.offset).unwrap_or(raw);
    let lines = before.split(|byte| *byte == b'\n');
    let (line, column) = lines.fold((0_usize, 0), |(line, _), text| (line + 1, text.len() + 1));
    let detail = format!("The body cannot be read: {error}, line {line}, column {column}.");
    Problem::bad_request(error.code(), detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_json_in_utf_8() {
        for named in [
            "application/json",
            "Application/JSON ; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(named), "{named}");
        }
        for named in [
            "",
            "text/json",
            "application/json+x",
            "application/json; charset=latin1",
            "application/jsonx",
        ] {
            assert!(!is_json(named), "{named}");
        }
    }

    #[test]
    fn a_malformed_body_is_refused_at_its_line() {
        let problem = parse(b"{\n  \"a\": 1,\n  \"a\": 2\n}").unwrap_err();
        assert_eq!(problem.code(), "duplicate_member");
        assert!(
            problem.detail().contains("line 3, column"),
            "{}",
            problem.detail()
        );
        assert_eq!(parse(b"").unwrap_err().code(), "malformed_json");
        assert_eq!(parse(b"\xff").unwrap_err().code(), "malformed_json");
    }

    #[test]
    fn a_document_is_an_object_and_keeps_its_bytes() {
        let raw = Bytes::from_static(b"{ \"total\": 120.00 }");
        let document: Document = Document::parse(raw.clone()).unwrap();
        assert_eq!(document.raw(), &raw);
        assert_eq!(document.value().to_string(), r#"{"total":120.00}"#);
        let refused = Document::<FreeObject>::parse(Bytes::from_static(b"[1]")).unwrap_err();
        assert_eq!(refused.detail(), "Expected a JSON object, found a list.");
    }
}
