//! How large a body may be and how long it may take, whatever reads it.

use std::{error::Error, io, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use poem::{
    Body, Request,
    http::{HeaderValue, header},
};
use tokio::time::{Instant, timeout_at};

use crate::Problem;

/// How long a body may take to arrive.
const DEADLINE: Duration = Duration::from_secs(30);
/// How much of a body that is too large is still read and dropped: a client that is cut off while it
/// sends often never sees the answer.
const DRAINED_BYTES: usize = 8 << 20;

/// Why a body cannot be read to its end.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum Refusal {
    #[error("the body is larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    #[error("the body did not arrive in time")]
    TooSlow,
}

/// The request, with a body that breaks off where it is too large or too slow. One that announces more
/// than will be read, or asks before it sends, is refused at once.
pub(crate) fn limited(mut request: Request, limit_bytes: usize) -> Result<Request, Problem> {
    let declared = declared_bytes(&request);
    let asks = request.headers().contains_key(header::EXPECT);
    if declared > limit_bytes && (asks || declared > DRAINED_BYTES) {
        return Err(Problem::too_large(limit_bytes));
    }
    let body = request.take_body();
    request.set_body(if body.is_empty() {
        body
    } else {
        limited_body(body, limit_bytes)
    });
    Ok(request)
}

/// Refuses a body that is compressed: nothing here would unpack it.
pub(crate) fn expect_plain(request: &Request) -> Result<(), Problem> {
    let encodings = request.headers().get_all(header::CONTENT_ENCODING);
    let is_plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if encodings.iter().all(is_plain) {
        return Ok(());
    }
    let detail = "A body is taken as it is, without any `Content-Encoding`.";
    let identity = HeaderValue::from_static("identity");
    Err(Problem::unsupported_media_type(detail).with_header(header::ACCEPT_ENCODING, identity))
}

/// What `Content-Length` announces; nothing for a body in chunks.
fn declared_bytes(request: &Request) -> usize {
    let length = request.header(header::CONTENT_LENGTH);
    length.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn limited_body(body: Body, limit_bytes: usize) -> Body {
    let deadline = Instant::now() + DEADLINE;
    let start = (body.into_bytes_stream(), 0_usize);
    let chunks = stream::try_unfold(start, move |(mut chunks, read)| async move {
        let Some(chunk) = next(&mut chunks, deadline).await? else {
            return Ok(None);
        };
        let read = read.saturating_add(chunk.len());
        if read > limit_bytes {
            drain(&mut chunks, read, deadline).await?;
            return Err(io::Error::other(Refusal::TooLarge { limit_bytes }));
        }
        Ok(Some((chunk, (chunks, read))))
    });
    Body::from_bytes_stream(chunks)
}

async fn next<S>(chunks: &mut S, deadline: Instant) -> io::Result<Option<Bytes>>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    let next = timeout_at(deadline, chunks.next()).await;
    next.map_err(|_| io::Error::other(Refusal::TooSlow))?.transpose()
}

async fn drain<S>(chunks: &mut S, mut read: usize, deadline: Instant) -> io::Result<()>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    while read <= DRAINED_BYTES
        && let Some(chunk) = next(chunks, deadline).await?
    {
        read = read.saturating_add(chunk.len());
    }
    Ok(())
}

/// The refusal of a body whose reading ended with `error`.
pub(crate) fn refuse(error: &(dyn Error + 'static)) -> Problem {
    match refusal(error) {
        Some(Refusal::TooLarge { limit_bytes }) => Problem::too_large(limit_bytes),
        Some(Refusal::TooSlow) => Problem::request_timeout("The body did not arrive in time."),
        None => Problem::bad_request("broken_body", "The body broke off."),
    }
}

/// Readers wrap the error in ones of their own; of an I/O error, `source` would skip what is in it.
fn refusal(error: &(dyn Error + 'static)) -> Option<Refusal> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(refusal) = error.downcast_ref() {
            return Some(*refusal);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
