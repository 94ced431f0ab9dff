//! A file of settlements as a body: CSV or NDJSON.

use bytes::Bytes;
use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry},
};
use service::Problem;

use super::settlement::{Line, of_csv, of_ndjson};

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

/// The file, as it came.
pub(super) struct SettlementFile {
    bytes: Bytes,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Ndjson,
}

impl Kind {
    fn of(content_type: &str) -> Option<Self> {
        if !service::body::is_utf_8(content_type) {
            return None;
        }
        let named = content_type.split(';').next().unwrap_or_default().trim();
        let is = |other: &str| named.eq_ignore_ascii_case(other);
        match () {
            () if is(CSV) => Some(Self::Csv),
            () if is(NDJSON) || is("application/ndjson") => Some(Self::Ndjson),
            () => None,
        }
    }
}

impl SettlementFile {
    /// Whether the file is small enough. The service may take larger bodies elsewhere.
    ///
    /// # Errors
    /// 413: it is not.
    pub(super) fn check_size(&self, limit_bytes: usize) -> Result<(), Problem> {
        if self.bytes.len() > limit_bytes {
            return Err(Problem::too_large(limit_bytes));
        }
        Ok(())
    }

    /// What its lines say.
    ///
    /// # Errors
    /// 422 `invalid_settlements`: it cannot be read at all.
    pub(super) fn settlements(&self) -> Result<Box<dyn Iterator<Item = Line> + Send + '_>, Problem> {
        match self.kind {
            Kind::Csv => Ok(Box::new(of_csv(&self.bytes)?)),
            Kind::Ndjson => Ok(Box::new(of_ndjson(&self.bytes))),
        }
    }
}

impl<'a> ApiExtractor<'a> for SettlementFile {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let text = |content_type| MetaMediaType {
            content_type,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        Some(MetaRequest {
            description: Some("A settlement a line: CSV with a line of names first, or NDJSON."),
            content: vec![text(CSV), text(NDJSON)],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let named = request.content_type().unwrap_or_default();
        let Some(kind) = Kind::of(named) else {
            let detail = format!("Send the settlements as `{CSV}` or as `{NDJSON}`, in UTF-8.");
            return Err(Problem::unsupported_media_type(detail).into());
        };
        let bytes = service::body::read(body, usize::MAX).await?;
        Ok(Self { bytes, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_type_says() {
        for (named, kind) in [
            ("text/csv", Some(Kind::Csv)),
            ("Text/CSV; charset=utf-8", Some(Kind::Csv)),
            ("application/x-ndjson", Some(Kind::Ndjson)),
            ("application/ndjson", Some(Kind::Ndjson)),
            ("text/csv; charset=utf-16", None),
            ("text/csv; header=present; charset=\"UTF-8\"", Some(Kind::Csv)),
            ("application/x-ndjson;charset=latin1", None),
            ("application/json", None),
            ("", None),
        ] {
            assert_eq!(Kind::of(named), kind, "{named}");
        }
    }
}
