//! An event of the outbox as others get it: `CloudEvents` 1.0, structured, as JSON.
//!
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>. `sequence` is the extension of
//! that name, `traceparent` that of distributed tracing; the other extensions are ours.

use jiff::Timestamp;
use queue::OutgoingEvent;
use serde::Serialize;
use store::{EventSource, OutboxEvent};
use uuid::Uuid;

/// The media type of a structured event.
const CONTENT_TYPE: &str = "application/cloudevents+json";

/// All of an event but its data, in the order in which it is written.
#[derive(Serialize)]
struct Envelope<'e> {
    specversion: &'static str,
    id: Uuid,
    source: String,
    r#type: &'e str,
    subject: Uuid,
    time: Timestamp,
    datacontenttype: &'static str,
    companyid: Uuid,
    sequence: String,
    #[serde(flatten)]
    sender: Sender<'e>,
    correlationid: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'e str>,
}

/// What sent it, in extensions of ours.
#[derive(Serialize)]
#[serde(untagged)]
enum Sender<'e> {
    Node { runid: Uuid, nodeid: &'e str },
    Payment { paymentid: Uuid },
}

/// What an event is about, and what sent it.
fn about(source: &EventSource) -> (Uuid, Sender<'_>) {
    match source {
        EventSource::Node { run_id, node_id } => {
            let (runid, nodeid) = (*run_id, node_id.as_str());
            (runid, Sender::Node { runid, nodeid })
        }
        EventSource::Payment { payment_id } => {
            let paymentid = *payment_id;
            (paymentid, Sender::Payment { paymentid })
        }
    }
}

/// The event for whoever listens.
pub(crate) fn outgoing(event: OutboxEvent) -> OutgoingEvent {
    OutgoingEvent {
        id: event.id,
        company_id: event.company_id,
        content_type: CONTENT_TYPE.to_owned(),
        body: body(&event).into(),
        event_type: event.event_type,
        correlation_id: event.correlation_id,
        traceparent: event.traceparent,
    }
}

/// The data stands in it byte for byte as it is stored: read and written anew, its numbers might change.
fn body(event: &OutboxEvent) -> Vec<u8> {
    let (subject, sender) = about(&event.source);
    let envelope = Envelope {
        specversion: "1.0",
        id: event.id,
        source: format!("/moneyflow/companies/{}", event.company_id),
        r#type: &event.event_type,
        subject,
        time: event.created_at,
        datacontenttype: "application/json",
        companyid: event.company_id,
        sequence: event.number.to_string(),
        sender,
        correlationid: &event.correlation_id,
        traceparent: event.traceparent.as_deref(),
    };
    let mut body = Vec::with_capacity(512 + event.data.len());
    // Texts, ids and times always serialise.
    let _ = serde_json::to_writer(&mut body, &envelope);
    body.pop();
    body.extend_from_slice(b",\"data\":");
    body.extend_from_slice(event.data.as_bytes());
    body.push(b'}');
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> OutboxEvent {
        OutboxEvent {
            id: Uuid::from_u128(1),
            company_id: Uuid::from_u128(2),
            number: 42,
            partition: 7,
            event_type: "invoice.generated".to_owned(),
            data: r#"{"amount":"120.00", "rate": 1.10000000000000000000000000001}"#.to_owned(),
            source: EventSource::Node {
                run_id: Uuid::from_u128(3),
                node_id: "invoice-\"1\"".to_owned(),
            },
            correlation_id: "c-1".to_owned(),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
            created_at: "2026-01-31T09:30:00.5Z".parse().unwrap(),
        }
    }

    #[test]
    fn it_is_a_structured_cloud_event() {
        let sent = outgoing(event());
        let expected = concat!(
            r#"{"specversion":"1.0","id":"00000000-0000-0000-0000-000000000001","#,
            r#""source":"/moneyflow/companies/00000000-0000-0000-0000-000000000002","type":"invoice.generated","#,
            r#""subject":"00000000-0000-0000-0000-000000000003","time":"2026-01-31T09:30:00.5Z","#,
            r#""datacontenttype":"application/json","companyid":"00000000-0000-0000-0000-000000000002","#,
            r#""sequence":"42","runid":"00000000-0000-0000-0000-000000000003","nodeid":"invoice-\"1\"","#,
            r#""correlationid":"c-1","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","#,
            r#""data":{"amount":"120.00", "rate": 1.10000000000000000000000000001}}"#,
        );
        assert_eq!(std::str::from_utf8(&sent.body).unwrap(), expected);
        assert_eq!(sent.content_type, "application/cloudevents+json");
        assert_eq!(
            (sent.id, sent.company_id),
            (Uuid::from_u128(1), Uuid::from_u128(2))
        );
        assert_eq!(
            (sent.event_type.as_str(), sent.correlation_id.as_str()),
            ("invoice.generated", "c-1")
        );
        assert_eq!(sent.traceparent, event().traceparent);
        assert!(serde_json::from_slice::<serde_json::Value>(&sent.body).is_ok());
    }

    #[test]
    fn a_payment_is_what_its_events_are_about() {
        let of_payment = OutboxEvent {
            event_type: "payment.captured".to_owned(),
            source: EventSource::Payment {
                payment_id: Uuid::from_u128(4),
            },
            ..event()
        };
        let expected = concat!(
            r#"{"specversion":"1.0","id":"00000000-0000-0000-0000-000000000001","#,
            r#""source":"/moneyflow/companies/00000000-0000-0000-0000-000000000002","type":"payment.captured","#,
            r#""subject":"00000000-0000-0000-0000-000000000004","time":"2026-01-31T09:30:00.5Z","#,
            r#""datacontenttype":"application/json","companyid":"00000000-0000-0000-0000-000000000002","#,
            r#""sequence":"42","paymentid":"00000000-0000-0000-0000-000000000004","#,
            r#""correlationid":"c-1","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","#,
            r#""data":{"amount":"120.00", "rate": 1.10000000000000000000000000001}}"#,
        );
        assert_eq!(String::from_utf8(body(&of_payment)).unwrap(), expected);
    }

    #[test]
    fn a_trace_that_is_not_there_is_not_named() {
        let untraced = OutboxEvent {
            traceparent: None,
            ..event()
        };
        let body = String::from_utf8(body(&untraced)).unwrap();
        assert!(!body.contains("traceparent"), "{body}");
    }
}
