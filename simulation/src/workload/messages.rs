//! The messages of a workload: events, most of them sound, some sent twice, some in conflict, some not even readable.

use bytes::Bytes;
use queue::{ACCEPTED_CONTENT_TYPE, ACCEPTED_KIND, AcceptedEvent, AcceptedRun, Message};
use serde_json::{Value, json};
use service::{Clock, Ids};
use sha2::{Digest, Sha256};

use super::{Company, Maker};

/// The type of an outgoing event that the database refuses: its run can only be stored as failed.
pub(crate) const POISON_EVENT: &str = "poison.refused";
/// What ties an event to the request that brought it, where it has one.
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// How the ids of events begin of which the database refuses everything: they can only become dead letters.
pub(crate) const UNSTORABLE_EVENT: &str = "unstorable-";

/// Writes the messages of a workload, in the order in which they are published.
pub(super) fn write(maker: &Maker<'_>, companies: &[Company]) -> Result<Vec<Message>, String> {
    let mut messages: Vec<Message> = Vec::new();
    let mut accepted: Vec<AcceptedEvent> = Vec::new();
    for number in 0..maker.dice.between(10, 60) {
        let place = maker.dice.below(u32::try_from(companies.len()).unwrap_or(1));
        let Some(company) = companies.get(usize::try_from(place).unwrap_or(0)) else {
            continue;
        };
        let event = match (maker.dice.below(100), earlier(maker, &accepted)) {
            (0..8, Some(earlier)) => accepted_again(maker, earlier),
            (8..14, Some(earlier)) => conflicting(maker, earlier),
            (14..18, Some(earlier)) => {
                // The same message, published once more.
                messages.push(message(earlier)?);
                continue;
            }
            (18..22, _) => {
                messages.push(unreadable(maker, company, number)?);
                continue;
            }
            (22..24, _) => of_unknown_version(maker, company, number),
            (24..27, _) => event(
                maker,
                company,
                &format!("{UNSTORABLE_EVENT}{number}"),
                &body(maker, number),
            ),
            _ => event(maker, company, &format!("e-{number}"), &body(maker, number)),
        };
        messages.push(message(&event)?);
        accepted.push(event);
    }
    Ok(messages)
}

/// One of the events that were accepted before.
fn earlier<'e>(maker: &Maker<'_>, accepted: &'e [AcceptedEvent]) -> Option<&'e AcceptedEvent> {
    let place = maker.dice.below(u32::try_from(accepted.len()).unwrap_or(0));
    accepted.get(usize::try_from(place).ok()?)
}

/// A payment event's body. Customers, orders and amounts are few, so that events get in each other's way.
fn body(maker: &Maker<'_>, number: u32) -> Value {
    let dice = maker.dice;
    let says = if dice.happens(120) {
        POISON_EVENT
    } else {
        "sale.said"
    };
    json!({
        "number": number,
        "total": dice.pick(["0.01", "10.00", "33.33", "99.99", "250.00"]),
        "part": dice.pick(["0.01", "5.00", "33.33"]),
        "customer": dice.pick(["ana", "bia"]),
        "order": dice.pick(["1", "2", "3"]),
        "deposit": dice.happens(500),
        "then": dice.pick(["capture", "abort", "wait"]),
        "says": says,
    })
}

fn event(maker: &Maker<'_>, company: &Company, event_id: &str, body: &Value) -> AcceptedEvent {
    let first = usize::try_from(maker.dice.below(6)).unwrap_or(0);
    let count = if maker.dice.happens(300) { 2 } else { 1 };
    let pinned = company.rules.iter().cycle().skip(first).take(count);
    let runs = pinned.map(|rule| AcceptedRun {
        run_id: maker.ids.next(),
        rule_id: rule.rule_id,
        rule_name: rule.name.clone(),
        version: rule.version,
    });
    let text = body.to_string();
    AcceptedEvent {
        id: maker.ids.next(),
        company: company.snapshot.clone(),
        event_id: event_id.to_owned(),
        body_sha256: Sha256::digest(text.as_bytes()).into(),
        accepted_at: maker.clock.now(),
        correlation_id: format!("correlation-{event_id}"),
        traceparent: maker.dice.happens(500).then(|| TRACEPARENT.to_owned()),
        runs: runs.collect(),
        event: Bytes::from(text),
    }
}

/// The same event, accepted once more: another message, other runs.
fn accepted_again(maker: &Maker<'_>, earlier: &AcceptedEvent) -> AcceptedEvent {
    let mut again = earlier.clone();
    again.id = maker.ids.next();
    for run in &mut again.runs {
        run.run_id = maker.ids.next();
    }
    again
}

/// Another event under the same id.
fn conflicting(maker: &Maker<'_>, earlier: &AcceptedEvent) -> AcceptedEvent {
    let mut other = accepted_again(maker, earlier);
    let text = json!({"another": other.id.to_string()}).to_string();
    other.body_sha256 = Sha256::digest(text.as_bytes()).into();
    other.event = Bytes::from(text);
    other
}

/// An event pinned to a version that nobody saved.
fn of_unknown_version(maker: &Maker<'_>, company: &Company, number: u32) -> AcceptedEvent {
    let mut event = event(
        maker,
        company,
        &format!("unusable-{number}"),
        &body(maker, number),
    );
    for run in &mut event.runs {
        run.version += 1;
    }
    event
}

/// A message whose body is nothing that the router writes.
fn unreadable(maker: &Maker<'_>, company: &Company, number: u32) -> Result<Message, String> {
    let event = event(
        maker,
        company,
        &format!("unreadable-{number}"),
        &body(maker, number),
    );
    let mut message = message(&event)?;
    message.body = match maker.dice.below(3) {
        0 => Bytes::from_static(b"\xff\x00 not even text"),
        1 => Bytes::from_static(br#"{"version": 9, "of": "a newer program"}"#),
        _ => message.body.slice(..message.body.len() / 2),
    };
    Ok(message)
}

/// The message that the router would publish for an event.
fn message(event: &AcceptedEvent) -> Result<Message, String> {
    let company_id = event.company.company_id;
    Ok(Message {
        id: event.id,
        partition: queue::partition_of(company_id.as_bytes()),
        kind: ACCEPTED_KIND.to_owned(),
        company_id,
        correlation_id: event.correlation_id.clone(),
        traceparent: event.traceparent.clone(),
        content_type: ACCEPTED_CONTENT_TYPE.to_owned(),
        body: event.encode().map_err(|error| error.to_string())?,
    })
}
