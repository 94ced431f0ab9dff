//! The intake: from an event as it came to its message in the queue.
//!
//! In two steps, so that the first can be given up with the request and the second need not: [`Intake::prepare`] finds
//! out what is to be published, [`Intake::publish`] publishes it.

mod incoming;
mod memory;

use std::sync::Arc;

use queue::{ACCEPTED_CONTENT_TYPE, ACCEPTED_KIND, AcceptedEvent, Message, Publisher};
use service::{Clock, CorrelationId, Ids, Problem, TraceParent};
use uuid::Uuid;

use self::memory::{Claim, Ticket};
use crate::answer::{Accepted, PinnedRule, Status};
use crate::problems;
use crate::rules_cache::{CompanyRules, Known, Matched, RuleCache};

pub(crate) use self::incoming::{Incoming, WEBHOOK_ID};
pub(crate) use self::memory::Memory;

const DERIVED_WARNING: &str = "The event carries no id (`event_id`, `id` or the header `webhook-id`), so it is known by \
its bytes: two genuine payments with equal bytes would be taken for one.";

/// Takes events in.
pub(crate) struct Intake {
    pub(crate) cache: Arc<RuleCache>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) publisher: Arc<dyn Publisher>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
}

/// The request that brought an event.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) correlation_id: CorrelationId,
    pub(crate) traceparent: Option<TraceParent>,
}

/// What is to be done about an event.
pub(crate) enum Prepared {
    /// Nothing: this is the answer.
    Settled(Accepted),
    /// This is to be published.
    Publish(Box<Publishing>),
}

impl Intake {
    /// Finds out what is to be done about an event. Given up halfway, it leaves nothing behind.
    ///
    /// # Errors
    /// Why the event is not accepted.
    pub(crate) async fn prepare(&self, event: Incoming, origin: &Origin) -> Result<Prepared, Problem> {
        let ticket = match self.memory.claim(event.identity()).await {
            Claim::New(ticket) => ticket,
            Claim::Duplicate(rules) => {
                return Ok(Prepared::Settled(answer(
                    &event,
                    origin,
                    Status::Duplicate,
                    &rules,
                )));
            }
            Claim::Reused => return Err(problems::event_id_reused(&event.event_id)),
        };
        let rules = self.rules_of(event.company_id).await?;
        let matched = rules.matching(&event.value, &*self.ids);
        if matched.runs.is_empty() {
            return Ok(Prepared::Settled(answer(&event, origin, Status::Ignored, &[])));
        }
        let answer = answer(&event, origin, Status::Enqueued, &matched.pinned);
        let pinned = Arc::clone(&matched.pinned);
        let message = self.message(event, origin, &rules, matched)?;
        Ok(Prepared::Publish(Box::new(Publishing {
            message,
            ticket,
            pinned,
            answer,
        })))
    }

    /// Publishes an event, and answers once the queue has it on disk. Not to be cancelled: then nobody would know.
    ///
    /// # Errors
    /// 503 if the queue does not take it; whoever waits with the same event then takes over.
    pub(crate) async fn publish(&self, publishing: Publishing) -> Result<Accepted, Problem> {
        match self.publisher.publish(publishing.message.clone()).await {
            Ok(()) => Ok(publishing.stored()),
            Err(error) => Err(problems::not_published(&error)),
        }
    }

    /// Publishes events in this order, at the cost of one, and answers each. Not to be cancelled.
    pub(crate) async fn publish_all(&self, all: Vec<Publishing>) -> Vec<Result<Accepted, Problem>> {
        if all.is_empty() {
            return Vec::new();
        }
        let messages = all.iter().map(|publishing| publishing.message.clone()).collect();
        let outcomes = self.publisher.publish_batch(messages).await;
        all.into_iter()
            .zip(outcomes)
            .map(|(publishing, outcome)| match outcome {
                Ok(()) => Ok(publishing.stored()),
                Err(error) => Err(problems::not_published(&error)),
            })
            .collect()
    }

    async fn rules_of(&self, company_id: Uuid) -> Result<Arc<CompanyRules>, Problem> {
        match self.cache.rules_of(company_id).await {
            Ok(Known::Rules { rules, .. }) if rules.is_empty() => {
                Err(problems::no_published_rule(company_id))
            }
            Ok(Known::Rules { rules, .. }) => Ok(rules),
            Ok(Known::Unusable { reason, .. }) => Err(problems::rules_unusable(&reason)),
            Ok(Known::UnknownCompany) => Err(problems::unknown_company(company_id)),
            Err(error) => Err(problems::rules_unavailable(&error)),
        }
    }

    /// The message, with everything pinned that a redelivery must find the same.
    fn message(
        &self,
        event: Incoming,
        origin: &Origin,
        rules: &CompanyRules,
        matched: Matched,
    ) -> Result<Message, Problem> {
        let accepted = AcceptedEvent {
            id: self.ids.next(),
            company: rules.company.clone(),
            event_id: event.event_id,
            body_sha256: event.sha256,
            accepted_at: self.clock.now(),
            correlation_id: origin.correlation_id.to_string(),
            traceparent: origin.traceparent.as_ref().map(ToString::to_string),
            runs: matched.runs,
            event: event.text,
        };
        let body = accepted.encode().map_err(Problem::internal)?;
        Ok(Message {
            id: accepted.id,
            partition: rules.partition,
            kind: ACCEPTED_KIND.to_owned(),
            company_id: event.company_id,
            correlation_id: accepted.correlation_id,
            traceparent: accepted.traceparent,
            content_type: ACCEPTED_CONTENT_TYPE.to_owned(),
            body,
        })
    }
}

/// A message that is to be published, and the right to do so.
pub(crate) struct Publishing {
    message: Message,
    ticket: Ticket,
    pinned: Arc<[PinnedRule]>,
    answer: Accepted,
}

impl Publishing {
    fn stored(self) -> Accepted {
        self.ticket.accepted(self.pinned);
        self.answer
    }
}

fn answer(event: &Incoming, origin: &Origin, status: Status, rules: &[PinnedRule]) -> Accepted {
    Accepted {
        event_id: event.event_id.clone(),
        status,
        rules: rules.to_vec(),
        warning: event.is_derived.then(|| DERIVED_WARNING.to_owned()),
        correlation_id: origin.correlation_id.to_string(),
    }
}
