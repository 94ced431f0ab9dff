//! Many events in one request, one per line.
//!
//! Lines are prepared one after another, and published together, in their order: so two lines with one id behave as if
//! they had come one after the other, and the queue holds the events in the order of their lines.

mod ndjson;

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::poll_immediate;
use futures_util::{StreamExt as _, stream};
use poem::http::header;
use poem::{Body, IntoResponse as _};
use serde_json::Value;
use service::{BODY_LIMIT_BYTES, Document, FreeObject, Problem};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::answer::{Accepted, LineAnswer};
use crate::intake::{Incoming, Intake, Origin, Prepared};

pub(crate) use self::ndjson::{Lines, MAX_BATCH_BYTES, NdJson};

/// Answers the lines, in order, each as soon as it and those before it are known. At most `size` are published at
/// once.
///
/// The work goes on if the client hangs up: what it has sent is what it meant.
pub(crate) fn answer_lines(
    intake: Arc<Intake>,
    lines: Lines,
    origin: Origin,
    size: usize,
    work: &TaskTracker,
) -> NdJson {
    // Room for every answer: a client that reads slowly holds up nothing.
    let (answers, mut answered) = mpsc::channel::<Bytes>(lines.0.len().max(1));
    let batch = Batch {
        intake,
        origin,
        size,
        prepared: Vec::new(),
        answers,
    };
    work.spawn(batch.run(lines).in_current_span());
    let body = stream::poll_fn(move |context| answered.poll_recv(context));
    NdJson(Body::from_bytes_stream(body.map(Ok::<_, std::io::Error>)))
}

/// A batch that is being worked on.
struct Batch {
    intake: Arc<Intake>,
    origin: Origin,
    size: usize,
    /// The lines that are not answered yet, by number.
    prepared: Vec<(usize, Result<Prepared, Problem>)>,
    answers: mpsc::Sender<Bytes>,
}

impl Batch {
    async fn run(mut self, lines: Lines) {
        for line in lines.0 {
            let prepared = self.prepare(line.text).await;
            self.prepared.push((line.number, prepared));
            if self.prepared.len() >= self.size {
                self.publish().await;
            }
        }
        self.publish().await;
    }

    async fn prepare(&mut self, text: Bytes) -> Result<Prepared, Problem> {
        let event = read(text)?;
        let (intake, origin) = (Arc::clone(&self.intake), self.origin.clone());
        let mut preparing = pin!(intake.prepare(event, &origin));
        if let Some(prepared) = poll_immediate(&mut preparing).await {
            return prepared;
        }
        // It waits, and what it waits for may be an equal among those that are not published yet.
        self.publish().await;
        preparing.await
    }

    /// Publishes what is prepared, and answers it.
    async fn publish(&mut self) {
        let (mut publishing, mut outcomes) = (Vec::new(), Vec::new());
        for (number, prepared) in self.prepared.drain(..) {
            outcomes.push((
                number,
                match prepared {
                    Ok(Prepared::Settled(answer)) => Some(Ok(answer)),
                    Ok(Prepared::Publish(one)) => {
                        publishing.push(*one);
                        None
                    }
                    Err(problem) => Some(Err(problem)),
                },
            ));
        }
        let mut published = self.intake.publish_all(publishing).await.into_iter();
        for (number, outcome) in outcomes {
            // There is one outcome per event that was to be published.
            if let Some(outcome) = outcome.or_else(|| published.next()) {
                self.answer(number, outcome).await;
            }
        }
    }

    async fn answer(&self, number: usize, outcome: Result<Accepted, Problem>) {
        let answer = match outcome {
            Ok(accepted) => LineAnswer::accepted(number, accepted),
            Err(problem) => rejected(number, problem, &self.origin).await,
        };
        let _client_left = self.answers.send(answer.to_line().into()).await;
    }
}

/// A header cannot name the event of a line: it would name them all.
fn read(text: Bytes) -> Result<Incoming, Problem> {
    if text.len() > BODY_LIMIT_BYTES {
        return Err(Problem::too_large(BODY_LIMIT_BYTES));
    }
    Incoming::read(Document::<FreeObject>::parse(text)?, None)
}

/// The problem as the service would answer it, in its line.
async fn rejected(number: usize, problem: Problem, origin: &Origin) -> LineAnswer {
    let response = problem.into_response();
    let retry_after = response
        .header(header::RETRY_AFTER)
        .and_then(|seconds| seconds.parse().ok());
    let body = response.into_body().into_bytes().await.unwrap_or_default();
    let mut problem = rules::json::parse(&body).unwrap_or(Value::Null);
    // The line is answered outside of the request's own task, where a problem finds its correlation id by itself.
    if let Value::Object(members) = &mut problem {
        members.insert(
            "correlation_id".to_owned(),
            origin.correlation_id.to_string().into(),
        );
    }
    LineAnswer::rejected(number, problem, retry_after, origin.correlation_id.to_string())
}
