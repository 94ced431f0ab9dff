//! Request bodies: JSON, read strictly and to the digit.
//!
//! [`Strict`] reads a type of the OpenAPI document, [`Document`] any JSON object, with the bytes as
//! they came. Both want `application/json` (415), at most [`BODY_LIMIT_BYTES`] (413) that arrive in
//! time (408), JSON by [`rules::json::parse`] (400), and refuse the rest by the member's name (400).
//!
//! A value is never put through serde's derives: with digits kept, they take an object whose only
//! member is `$serde_json::private::Number` for a number.

use std::marker::PhantomData;

use bytes::Bytes;
use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry},
    types::{ParseFromJSON, Type},
};
use serde_json::Value;

use crate::{
    Problem, fault,
    reading::parse,
    shape::{Shape, found},
};

pub use crate::reading::{is_utf_8, read, read_json};

/// How large a body may be, unless its type and the service's setup say otherwise.
pub const BODY_LIMIT_BYTES: usize = 1 << 20;

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

#[cfg(test)]
mod tests {
    use super::*;

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
