//! An event as MoneyFlow writes it: [CloudEvents](https://cloudevents.io) 1.0 in its JSON form, with extensions of
//! MoneyFlow's own.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// What this consumer shows of an event. Members that it does not know are no reason to refuse one.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    specversion: String,
    /// Unique: a second copy has the same.
    pub(crate) id: String,
    /// Who it is from: a company.
    source: String,
    /// What it is, for example `invoice.generated`.
    #[serde(rename = "type")]
    kind: String,
    /// What it is about: a run, or a payment.
    subject: Option<String>,
    /// When it happened.
    time: Option<String>,
    /// The number of this event among its company's, without gaps, in the order in which they happened.
    sequence: Option<String>,
    /// What ties it to the request that caused it.
    correlationid: Option<String>,
    data: Option<Value>,
}

impl Event {
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        let event: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if event.specversion != "1.0" {
            return Err(format!("specversion {}", event.specversion));
        }
        Ok(event)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_dash = |value: &Option<String>| value.as_deref().unwrap_or("-").to_owned();
        write!(
            formatter,
            "{} {} source={} sequence={} subject={} id={} correlation={} {}",
            or_dash(&self.time),
            self.kind,
            self.source,
            or_dash(&self.sequence),
            or_dash(&self.subject),
            self.id,
            or_dash(&self.correlationid),
            self.data.as_ref().unwrap_or(&Value::Null),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let body = br#"{"specversion":"1.0","id":"e-1","source":"/moneyflow/companies/c-1","type":"invoice.generated",
            "subject":"r-1","time":"2026-03-01T12:00:00Z","datacontenttype":"application/json","companyid":"c-1",
            "sequence":"42","runid":"r-1","nodeid":"invoice","correlationid":"k-1","data":{"total":"120.00","note":"a\nb"}}"#;
        assert_eq!(
            Event::read(body).unwrap().to_string(),
            "2026-03-01T12:00:00Z invoice.generated source=/moneyflow/companies/c-1 sequence=42 subject=r-1 id=e-1 \
             correlation=k-1 {\"total\":\"120.00\",\"note\":\"a\\nb\"}"
        );
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for body in [
            &b"no json"[..],
            b"{}",
            br#"{"specversion":"2.0","id":"e","source":"s","type":"t"}"#,
        ] {
            assert!(Event::read(body).is_err());
        }
    }
}
