//! JSON answers.
//!
//! `poem_openapi::payload::Json` keeps every digit: it writes the value's own tree. [`RawJson`] is for
//! what is JSON text already: a stored answer that is given again, a document as it came.

use std::marker::PhantomData;

use bytes::Bytes;
use poem::{IntoResponse, Response};
use poem_openapi::{
    ApiResponse,
    payload::Payload,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};
use serde_json::Value;

use crate::FreeObject;

/// JSON text as an answer, byte for byte. `S` is its schema in the OpenAPI document.
#[derive(Debug, Clone)]
pub struct RawJson<S = FreeObject> {
    text: Bytes,
    schema: PhantomData<fn() -> S>,
}

impl<S> RawJson<S> {
    /// Takes JSON text that is known to be good, such as what [`Self::text`] gave and was stored.
    pub fn from_text(text: impl Into<Bytes>) -> Self {
        Self {
            text: text.into(),
            schema: PhantomData,
        }
    }

    /// Writes a value, every digit kept.
    pub fn from_value(value: &Value) -> Self {
        Self::from_text(value.to_string())
    }

    /// The JSON text.
    pub fn text(&self) -> &Bytes {
        &self.text
    }
}

impl<S: ToJSON> RawJson<S> {
    /// Writes what the OpenAPI document describes.
    pub fn of(content: &S) -> Self {
        Self::from_text(content.to_json_string())
    }
}

impl<S: Type> Payload for RawJson<S> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        S::schema_ref()
    }

    fn register(registry: &mut Registry) {
        S::register(registry);
    }
}

impl<S> IntoResponse for RawJson<S> {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type("application/json")
            .body(self.text)
    }
}

impl<S: Type> ApiResponse for RawJson<S> {
    fn meta() -> MetaResponses {
        let content = MetaMediaType {
            content_type: Self::CONTENT_TYPE,
            schema: S::schema_ref(),
        };
        let response = MetaResponse {
            description: "",
            status: Some(200),
            status_range: None,
            content: vec![content],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![response],
        }
    }

    fn register(registry: &mut Registry) {
        S::register(registry);
    }
}
