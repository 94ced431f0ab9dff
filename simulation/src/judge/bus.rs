//! What the bus hears.

use std::collections::BTreeMap;

use queue::OutgoingEvent;
use serde_json::Value;
use store::{OutboxEvent, SentUpTo};
use uuid::Uuid;

use super::{Judged, State};
use crate::Tables;

impl State {
    /// Listens to what was sent, as somebody who drops second copies.
    pub(super) fn hear(&mut self, tables: &Tables, sent: &[OutgoingEvent]) -> Judged {
        let stored: BTreeMap<Uuid, &OutboxEvent> =
            tables.outbox.values().map(|event| (event.id, event)).collect();
        for event in sent {
            self.heard += 1;
            let Some(stored) = stored.get(&event.id) else {
                return Err(format!(
                    "event {} was sent, and nothing of it is stored",
                    event.id
                ));
            };
            check_event(event, stored)?;
            let last = self.heard_of.entry(event.company_id).or_default();
            if stored.number > *last + 1 {
                return Err(format!(
                    "company {} sent its event {} right after {last}",
                    event.company_id, stored.number
                ));
            }
            *last = stored.number.max(*last);
        }
        Ok(())
    }

    pub(super) fn check_marks(&self, sent: &[SentUpTo]) -> Judged {
        for SentUpTo { company_id, number } in sent {
            let heard = self.heard_of.get(company_id).copied().unwrap_or(0);
            if *number > heard {
                return Err(format!(
                    "company {company_id} is noted to have sent {number}, the bus has heard up to {heard}"
                ));
            }
        }
        Ok(())
    }
}

/// An event on the bus says what is stored of it.
fn check_event(event: &OutgoingEvent, stored: &OutboxEvent) -> Judged {
    let said: Value = serde_json::from_slice(&event.body).unwrap_or_default();
    let member = |name: &str| {
        said.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let is_said = member("id") == stored.id.to_string()
        && member("type") == stored.event_type
        && member("companyid") == stored.company_id.to_string()
        && member("sequence") == stored.number.to_string()
        && said.get("data").map(Value::to_string) == Some(stored.data.clone());
    let headed = (
        event.company_id,
        &event.event_type,
        &event.correlation_id,
        &event.traceparent,
    );
    let expected = (
        stored.company_id,
        &stored.event_type,
        &stored.correlation_id,
        &stored.traceparent,
    );
    if is_said && headed == expected {
        return Ok(());
    }
    Err(format!(
        "event {} was sent as {said}, but stored is {stored:?}",
        stored.id
    ))
}
