//! From deliveries to events that can be run: decoded, parsed, their plans at hand. What cannot be read
//! becomes a dead letter.

use std::sync::Arc;

use ledger::Currency;
use queue::{AcceptedEvent, AcceptedRun, CompanySnapshot, Delivery, DeliveryTag};
use rules::{Plan, json};
use serde_json::Value;
use store::{Claim, DeadLetter, DeadLetterStatus, PinnedRule, PinnedRun, StoreError};
use tasks::Company;

use crate::Deps;
use crate::plans::{PlanError, Plans};
use crate::run_ids::RunIds;

/// From so many deliveries on a message is run alone.
const SUSPECT_DELIVERIES: u32 = 3;

/// An event, ready to be run.
pub(crate) struct Prepared {
    pub(crate) delivery: Delivery,
    pub(crate) claim: Claim,
    pub(crate) company: Company,
    pub(crate) correlation_id: String,
    pub(crate) traceparent: Option<String>,
    /// Whose owner sends on what the runs send out: the same for all events of a company, whatever its messages are
    /// partitioned by.
    pub(crate) outbox_partition: u16,
    pub(crate) event: Value,
    pub(crate) runs: Vec<PreparedRun>,
}

/// One run of an event.
pub(crate) struct PreparedRun {
    pub(crate) pinned: AcceptedRun,
    pub(crate) plan: Arc<Plan>,
    pub(crate) ids: RunIds,
}

impl Prepared {
    pub(crate) fn nodes(&self) -> usize {
        self.runs.iter().map(|run| run.plan.len()).sum()
    }

    /// Whether it was delivered so often that it may be what brings the others down.
    pub(crate) fn is_suspect(&self) -> bool {
        self.delivery.deliveries >= SUSPECT_DELIVERIES
    }

    pub(crate) fn tag(&self) -> DeliveryTag {
        self.delivery.tag
    }
}

/// A delivery, sorted by whether it can be run.
pub(crate) enum Sorted {
    Event(Arc<Prepared>),
    Unreadable(DeliveryTag, Box<DeadLetter>),
}

/// Prepares a delivery.
///
/// # Errors
/// The store could not be asked for a rule: the same is to be tried again.
pub(crate) async fn prepare(delivery: Delivery, plans: &Plans, deps: &Deps) -> Result<Sorted, StoreError> {
    let tag = delivery.tag;
    let unreadable = |delivery: &Delivery, accepted: Option<&AcceptedEvent>, reason, detail| {
        let event_id = accepted.map(|accepted| accepted.event_id.clone());
        Sorted::Unreadable(
            tag,
            Box::new(dead_letter(delivery, event_id, reason, detail, deps)),
        )
    };
    let accepted = match AcceptedEvent::decode(&delivery.message.body) {
        Ok(accepted) => accepted,
        Err(error) => {
            return Ok(unreadable(
                &delivery,
                None,
                "unreadable_message",
                error.to_string(),
            ));
        }
    };
    let (event, company) = match (json::parse(&accepted.event), read_company(&accepted.company)) {
        (Ok(event), Ok(company)) => (event, company),
        (Err(error), _) => {
            return Ok(unreadable(
                &delivery,
                Some(&accepted),
                "unreadable_message",
                error.to_string(),
            ));
        }
        (_, Err(reason)) => {
            return Ok(unreadable(
                &delivery,
                Some(&accepted),
                "unreadable_message",
                reason,
            ));
        }
    };
    let mut runs = Vec::with_capacity(accepted.runs.len());
    for pinned in &accepted.runs {
        let rule = PinnedRule {
            rule_id: pinned.rule_id,
            version: pinned.version,
        };
        match plans.get(rule).await {
            Ok(plan) => runs.push(PreparedRun {
                pinned: pinned.clone(),
                plan,
                ids: RunIds::default(),
            }),
            Err(PlanError::Unusable(reason)) => {
                return Ok(unreadable(&delivery, Some(&accepted), "unusable_rule", reason));
            }
            Err(PlanError::Store(error)) => return Err(error),
        }
    }
    let claim = claim(&accepted);
    let outbox_partition = queue::partition_of(claim.company_id.as_bytes()).number();
    Ok(Sorted::Event(Arc::new(Prepared {
        delivery,
        claim,
        company,
        correlation_id: accepted.correlation_id,
        traceparent: accepted.traceparent,
        outbox_partition,
        event,
        runs,
    })))
}

fn claim(accepted: &AcceptedEvent) -> Claim {
    let pinned = accepted.runs.iter();
    let pinned = pinned.map(|run| PinnedRun {
        run_id: run.run_id,
        rule_id: run.rule_id,
        version: run.version,
    });
    Claim {
        id: accepted.id,
        company_id: accepted.company.company_id,
        event_id: accepted.event_id.clone(),
        body_sha256: accepted.body_sha256,
        body: accepted.event.clone(),
        accepted_at: accepted.accepted_at,
        runs: pinned.collect(),
    }
}

fn read_company(snapshot: &CompanySnapshot) -> Result<Company, String> {
    let currency: Currency = snapshot
        .currency
        .parse()
        .map_err(|error| format!("the company's currency: {error}"))?;
    Ok(Company {
        company_id: snapshot.company_id,
        name: snapshot.name.clone(),
        plan: snapshot.plan.clone(),
        region: snapshot.region.clone(),
        currency,
    })
}

/// A delivery as a dead letter. It has the message's id, so that a message that comes again is the same letter. Its texts
/// are such as any database takes: what is wrong with a message must not be wrong with its letter.
pub(crate) fn dead_letter(
    delivery: &Delivery,
    event_id: Option<String>,
    reason: &str,
    detail: String,
    deps: &Deps,
) -> DeadLetter {
    let message = &delivery.message;
    DeadLetter {
        id: message.id,
        company_id: Some(message.company_id),
        event_id: event_id.map(storable),
        partition: message.partition.number(),
        reason: reason.to_owned(),
        detail: storable(detail),
        message_kind: storable(message.kind.clone()),
        body: message.body.clone(),
        correlation_id: storable(message.correlation_id.clone()),
        created_at: deps.clock.now(),
        status: DeadLetterStatus::Dead,
    }
}

/// PostgreSQL keeps every character but NUL.
fn storable(text: String) -> String {
    if text.contains('\0') {
        return text.replace('\0', "\u{FFFD}");
    }
    text
}
