//! One request, asked of the payments API, and its answer as it comes.

use std::{io, time::Duration};

use futures_util::TryStreamExt as _;
use poem::{Body, Endpoint, Request, Response, Result, endpoint::make};
use service::{CorrelationId, Problem, correlation::CORRELATION_HEADER, neighbour};

use super::{PaymentsDoor, headers};

/// A payments API that is away is usually being started anew.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Asks the payments API.
pub(super) fn to(door: &PaymentsDoor) -> impl Endpoint<Output = Response> + 'static {
    let door = door.clone();
    make(move |request| {
        let door = door.clone();
        async move { door.forward(request).await }
    })
}

impl PaymentsDoor {
    async fn forward(&self, mut request: Request) -> Result<Response> {
        // Read before it is sent on: a body that is too large or breaks off is refused here, and asks for nothing.
        let body = request.take_body().into_bytes().await?;
        let path = request.uri().path_and_query();
        let mut asked = self
            .0
            .request(request.method().clone(), path.map_or("/", |path| path.as_str()))
            .headers(headers::asked(request.headers()));
        if let Some(id) = request.extensions().get::<CorrelationId>() {
            asked = asked.header(CORRELATION_HEADER, id.as_str());
        }
        if !body.is_empty() {
            asked = asked.body(body);
        }
        Ok(answer(asked.send().await.map_err(unavailable)?))
    }
}

fn answer(answered: reqwest::Response) -> Response {
    let mut response = Response::builder().status(answered.status()).finish();
    *response.headers_mut() = headers::answered(answered.headers());
    // Piece by piece: a statement may be longer than what should be held here. What breaks off there breaks off here.
    let pieces = answered.bytes_stream().map_err(io::Error::other);
    response.set_body(Body::from_bytes_stream(pieces));
    response
}

fn unavailable(error: reqwest::Error) -> Problem {
    let detail = if error.is_connect() {
        "The payments API does not answer. Nothing was changed; try again in a moment."
    } else {
        "The payments API did not answer to the end. What was asked may have been done: ask the same again, under the same \
         `Idempotency-Key`."
    };
    let reason = neighbour::reason(error);
    tracing::warn!(
        reason,
        "the payments API cannot be asked (`--payments-url` says where it is)"
    );
    Problem::unavailable("payments_unavailable", detail, RETRY_AFTER)
}
