//! Answers as CSV (RFC 4180): UTF-8, a line of names first, lines end in CR LF.
//!
//! A text cell that a spreadsheet would take for a formula gets an apostrophe in front, so that what somebody wrote into a
//! description computes nothing where it is opened. Amounts, numbers, times and ids are ours and stand as they are.

use std::borrow::Cow;
use std::io;

use bytes::Bytes;
use futures_util::Stream;
use poem::{Body, IntoResponse, Response, http::header};
use poem_openapi::{
    Enum,
    payload::Payload,
    registry::{MetaSchema, MetaSchemaRef},
};

/// How an answer is written that can be written in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum Format {
    /// As JSON.
    Json,
    /// As CSV.
    Csv,
}

impl Format {
    /// What is asked for: by the parameter, or else by the header `Accept`.
    pub(crate) fn asked(parameter: Option<Self>, headers: &poem::http::HeaderMap) -> Self {
        parameter.unwrap_or_else(|| {
            let prefers_csv = quality(headers, "text/csv") > quality(headers, "application/json");
            if prefers_csv { Self::Csv } else { Self::Json }
        })
    }
}

/// How much a media type is wanted, in thousandths (RFC 9110): zero if it is not named.
fn quality(headers: &poem::http::HeaderMap, media_type: &str) -> u16 {
    let lines = headers.get_all(header::ACCEPT).into_iter();
    let ranges = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    let named = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_it = parts.next()?.eq_ignore_ascii_case(media_type);
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        is_it.then(|| weight.map_or(1_000, thousandths))
    });
    named.max().unwrap_or(0)
}

fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if whole == "1" {
        return 1_000;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(0)
}

/// Lines of CSV that are being written.
pub(crate) struct Lines(csv::Writer<Vec<u8>>);

impl Lines {
    pub(crate) fn new() -> Self {
        let mut builder = csv::WriterBuilder::new();
        builder.terminator(csv::Terminator::CRLF);
        Self(builder.from_writer(Vec::new()))
    }

    /// Adds a line of cells.
    ///
    /// # Errors
    /// It has another number of cells than the first.
    pub(crate) fn add<const N: usize>(&mut self, cells: &[Cow<'_, str>; N]) -> io::Result<()> {
        let cells = cells.iter().map(|cell| cell.as_bytes());
        self.0.write_record(cells).map_err(io::Error::other)
    }

    /// What was written.
    ///
    /// # Errors
    /// It could not be, which would be our fault.
    pub(crate) fn into_bytes(self) -> io::Result<Bytes> {
        let written = self.0.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(written.into())
    }
}

/// A cell with text that somebody else wrote.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A CSV as an answer: a file to be saved.
pub(crate) struct Csv {
    body: Body,
    file: String,
}

impl Csv {
    /// Lines that are made while they are sent.
    pub(crate) fn streamed(
        file: String,
        chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        let body = Body::from_bytes_stream(chunks);
        Self { body, file }
    }

    /// Lines that are there.
    pub(crate) fn whole(file: String, lines: Bytes) -> Self {
        let body = Body::from_bytes(lines);
        Self { body, file }
    }
}

impl Payload for Csv {
    const CONTENT_TYPE: &'static str = "text/csv";

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
    }
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let disposition = format!("attachment; filename=\"{}.csv\"", self.file);
        Response::builder()
            .content_type("text/csv; charset=utf-8; header=present")
            .header(header::CONTENT_DISPOSITION, disposition)
            .body(self.body)
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderMap;

    use super::*;

    #[test]
    fn what_would_compute_is_quoted() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for harmless in ["", "invoice 1", "a=b", "'=1", " =1"] {
            assert_eq!(text(harmless), harmless);
        }
    }

    #[test]
    fn cells_are_escaped() {
        let mut lines = Lines::new();
        lines.add(&["a".into(), "b".into()]).unwrap();
        lines.add(&["x, \"y\"".into(), "two\nlines".into()]).unwrap();
        assert!(lines.add(&["one".into()]).is_err());
        let mut lines = Lines::new();
        lines.add(&["x, \"y\"".into(), "two\nlines".into()]).unwrap();
        assert_eq!(lines.into_bytes().unwrap(), "\"x, \"\"y\"\"\",\"two\nlines\"\r\n");
    }

    #[test]
    fn csv_is_given_to_who_prefers_it() {
        for (accept, expected) in [
            ("text/csv", Format::Csv),
            ("Text/CSV; charset=utf-8", Format::Csv),
            ("text/csv, */*;q=0.1", Format::Csv),
            ("application/json;q=0.5, text/csv;q=0.6", Format::Csv),
            ("*/*", Format::Json),
            ("application/json", Format::Json),
            ("application/json, text/csv", Format::Json),
            ("text/csv;q=0", Format::Json),
            ("text/csv;q=nonsense", Format::Json),
            ("text/html,application/xml;q=0.9,*/*;q=0.8", Format::Json),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(Format::asked(None, &headers), expected, "{accept}");
            assert_eq!(Format::asked(Some(Format::Csv), &headers), Format::Csv);
            assert_eq!(Format::asked(Some(Format::Json), &headers), Format::Json);
        }
        assert_eq!(Format::asked(None, &HeaderMap::new()), Format::Json);
    }
}
