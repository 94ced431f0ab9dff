//! Bodies that may be left out: a request that says nothing more than its address does.

use poem::{Body, Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions, Object,
    registry::{MetaRequest, Registry},
    types::ParseFromJSON,
};
use serde::Serialize;
use service::{BODY_LIMIT_BYTES, Strict};

/// A JSON body as [`Strict`] reads it, or none at all, which says the default.
#[derive(Debug, Clone)]
pub(crate) struct Optional<T>(pub(crate) T);

/// The body of an operation whose address says all: an empty object, so that nobody believes that an amount was heard.
#[derive(Debug, Clone, Copy, Default, Serialize, Object)]
#[oai(deny_unknown_fields, rename = "EmptyObject")]
pub(crate) struct Nothing {}

impl<'a, T: ParseFromJSON + Default + 'static> ApiExtractor<'a> for Optional<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let strict = <Strict<T> as ApiExtractor<'_>>::request_meta()?;
        Some(MetaRequest {
            required: false,
            ..strict
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let raw = service::body::read(body, BODY_LIMIT_BYTES).await?;
        if raw.is_empty() {
            return Ok(Self(T::default()));
        }
        *body = RequestBody::new(Body::from(raw));
        let Strict(said) = <Strict<T>>::from_request(request, body, options).await?;
        Ok(Self(said))
    }
}
