//! From the bytes of a request to JSON: the media type, the size, the text.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use poem::{Request, RequestBody};
use rules::json::JsonError;
use serde_json::Value;

use crate::{Problem, limits, problem::shortened};

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
    read(body, limit_bytes).await
}

/// Reads the body of a request, whatever it is: for what is signed, or has lines. The service's own
/// limit, [`Setup::body_limit`](crate::Setup::body_limit), holds as well.
///
/// # Errors
/// 413 beyond `limit_bytes`, 408 if it takes too long, 400 if it breaks off.
pub async fn read(body: &mut RequestBody, limit_bytes: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.take().map_err(Problem::internal)?.into_bytes_stream();
    let (mut read, mut size) = (BytesMut::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| limits::refuse(&error))?;
        size = size.saturating_add(chunk.len());
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
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json") && is_utf_8(content_type)
}

/// Whether a media type is in UTF-8, as far as it says in what.
pub fn is_utf_8(content_type: &str) -> bool {
    let mut parameters = content_type.split(';').skip(1).map(str::trim);
    parameters.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

/// Reads JSON as [`rules::json::parse`] does; the refusal says where it breaks.
pub(crate) fn parse(raw: &[u8]) -> Result<Value, Problem> {
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
}
