//! NDJSON: one JSON text per line, in and out.

use bytes::Bytes;
use poem::{Body, IntoResponse, Request, RequestBody, Response, Result};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{
    MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};
use service::Problem;

use crate::answer::LineAnswer;
use crate::event_schema::EventSchema;
use crate::problems;

const MEDIA_TYPE: &str = "application/x-ndjson";
/// What senders call it besides.
const ACCEPTED_TYPES: [&str; 3] = [MEDIA_TYPE, "application/ndjson", "application/json"];
/// How large a batch may be.
pub(crate) const MAX_BATCH_BYTES: usize = 8 << 20;
const MAX_LINES: usize = 10_000;

/// The lines of a request that are not blank.
#[derive(Debug)]
pub(crate) struct Lines(pub(crate) Vec<Line>);

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// From 1; blank lines count.
    pub(crate) number: usize,
    /// Without white space around it.
    pub(crate) text: Bytes,
}

impl Lines {
    fn of(body: &Bytes) -> Result<Self, Problem> {
        let lines = body.split(|byte| *byte == b'\n').zip(1..);
        let lines = lines.map(|(line, number)| Line {
            number,
            text: body.slice_ref(line.trim_ascii()),
        });
        let lines: Vec<Line> = lines
            .filter(|line| !line.text.is_empty())
            .take(MAX_LINES + 1)
            .collect();
        match lines.len() {
            0 => Err(problems::empty_batch()),
            1..=MAX_LINES => Ok(Self(lines)),
            _ => Err(problems::too_many_lines(MAX_LINES)),
        }
    }
}

impl<'a> ApiExtractor<'a> for Lines {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let content = ACCEPTED_TYPES.map(|content_type| MetaMediaType {
            content_type,
            schema: EventSchema::schema_ref(),
        });
        Some(MetaRequest {
            description: Some("One event per line."),
            content: content.into(),
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        if !is_ndjson(request.content_type().unwrap_or_default()) {
            let detail = format!("Send the lines as `Content-Type: {MEDIA_TYPE}`.");
            Err(Problem::unsupported_media_type(detail))?;
        }
        let body = service::body::read(body, MAX_BATCH_BYTES).await?;
        Ok(Self::of(&body)?)
    }
}

/// Parameters are passed over: a line that is not UTF-8 is refused for itself.
fn is_ndjson(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    ACCEPTED_TYPES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(kind))
}

/// Lines as an answer.
pub(crate) struct NdJson(pub(crate) Body);

impl IntoResponse for NdJson {
    fn into_response(self) -> Response {
        Response::builder().content_type(MEDIA_TYPE).body(self.0)
    }
}

impl Payload for NdJson {
    const CONTENT_TYPE: &'static str = MEDIA_TYPE;

    fn schema_ref() -> MetaSchemaRef {
        LineAnswer::schema_ref()
    }

    fn register(registry: &mut Registry) {
        LineAnswer::register(registry);
    }
}

impl ApiResponse for NdJson {
    fn meta() -> MetaResponses {
        let content = MetaMediaType {
            content_type: MEDIA_TYPE,
            schema: LineAnswer::schema_ref(),
        };
        let response = MetaResponse {
            description: "What became of each line, in order.",
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
        LineAnswer::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(body: &str) -> Result<Vec<(usize, String)>, &'static str> {
        let lines = Lines::of(&Bytes::from(body.to_owned())).map_err(|problem| problem.code())?;
        let text = |line: &Line| String::from_utf8(line.text.to_vec()).unwrap();
        Ok(lines.0.iter().map(|line| (line.number, text(line))).collect())
    }

    #[test]
    fn lines_are_numbered_and_blank_ones_skipped() {
        let found = lines("a\r\n\n \t\r\n  b \nc").unwrap();
        assert_eq!(
            found,
            [(1, "a".to_owned()), (4, "b".to_owned()), (5, "c".to_owned())]
        );
    }

    #[test]
    fn a_batch_has_a_line_and_not_too_many() {
        assert_eq!(lines(""), Err("empty_batch"));
        assert_eq!(lines("\n \r\n"), Err("empty_batch"));
        assert_eq!(lines(&"a\n\n".repeat(MAX_LINES)).unwrap().len(), MAX_LINES);
        assert_eq!(lines(&"a\n".repeat(MAX_LINES + 1)), Err("too_many_lines"));
    }

    #[test]
    fn json_lines_go_by_several_names() {
        for known in [
            "application/x-ndjson",
            "Application/JSON; charset=utf-8",
            "application/ndjson",
        ] {
            assert!(is_ndjson(known), "{known}");
        }
        for other in ["", "text/plain", "application/jsonx"] {
            assert!(!is_ndjson(other), "{other}");
        }
    }
}
