//! Reading what is to be simulated. The rule and the event are free JSON, so the request is read member by member, and
//! every fault of its shape is found at once.

use std::collections::BTreeMap;

use rules::{Pointer, spelling};
use serde_json::{Map, Value};
use service::{FieldError, Problem};
use tasks::TaskResult;
use uuid::Uuid;

/// A request that could be read.
#[derive(Debug)]
pub(super) struct Requested {
    pub(super) rule: RequestedRule,
    pub(super) event: Value,
    pub(super) results: BTreeMap<String, TaskResult>,
}

/// Which rule is to be tried out.
#[derive(Debug)]
pub(super) enum RequestedRule {
    Inline(Value),
    Stored { rule_id: Uuid, version: Option<u32> },
}

const MEMBERS: [&str; 5] = ["rule", "rule_id", "version", "event", "task_results"];

/// Reads a request.
///
/// # Errors
/// 400 with every fault of its shape.
pub(super) fn read(request: Value) -> Result<Requested, Problem> {
    let mut reader = Reader::default();
    let mut members = reader.object(request, &Pointer::root(), &MEMBERS);
    let rule = reader.rule(&mut members);
    let event = reader.event(members.shift_remove("event"));
    let results = reader.results(members.shift_remove("task_results"));
    match (rule, reader.faults.first()) {
        (Some(rule), None) => Ok(Requested { rule, event, results }),
        (_, first) => {
            let detail = first.map(|fault| fault.detail.clone()).unwrap_or_default();
            Err(Problem::bad_request("invalid_request", detail).with_errors(reader.faults))
        }
    }
}

/// Reads a request and collects what is wrong with it.
#[derive(Default)]
pub(super) struct Reader {
    faults: Vec<FieldError>,
}

impl Reader {
    /// Notes a fault.
    pub(super) fn note(&mut self, place: &Pointer, code: &str, detail: impl Into<String>) {
        self.faults.push(FieldError::new(place.as_str(), code, detail));
    }

    /// The members of an object, of which only `known` are allowed; none if it is something else.
    pub(super) fn object(&mut self, value: Value, place: &Pointer, known: &[&str]) -> Map<String, Value> {
        let Value::Object(members) = value else {
            self.note(place, "invalid", format!("`{place}` must be an object."));
            return Map::new();
        };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            let shown: String = name.chars().take(60).collect();
            let hint = spelling::hint(name, known.iter().copied());
            self.note(
                &place.child(name),
                "unknown_member",
                format!("The member `{shown}` is not known here.{hint}"),
            );
        }
        members
    }

    fn rule(&mut self, members: &mut Map<String, Value>) -> Option<RequestedRule> {
        let version = members
            .shift_remove("version")
            .filter(|version| !version.is_null());
        let rule_id = members
            .shift_remove("rule_id")
            .filter(|rule_id| !rule_id.is_null());
        let rule = members.shift_remove("rule").filter(|rule| !rule.is_null());
        let (member, code, fault) = match (rule, rule_id) {
            (Some(rule), None) if version.is_none() => return Some(RequestedRule::Inline(rule)),
            (None, Some(rule_id)) => return self.stored_rule(&rule_id, version.as_ref()),
            (Some(_), None) => (
                "version",
                "invalid",
                "`version` goes with `rule_id`, not with `rule`.",
            ),
            (None, None) => ("rule", "missing", "Either `rule` or `rule_id` is required."),
            (Some(_), Some(_)) => ("rule_id", "invalid", "`rule` and `rule_id` cannot both be given."),
        };
        self.note(&Pointer::root().child(member), code, fault);
        None
    }

    fn stored_rule(&mut self, rule_id: &Value, version: Option<&Value>) -> Option<RequestedRule> {
        let rule_id = self.rule_id(rule_id);
        let version = version.map(|version| self.version(version));
        Some(RequestedRule::Stored {
            rule_id: rule_id?,
            version: version.unwrap_or_default(),
        })
    }

    fn rule_id(&mut self, value: &Value) -> Option<Uuid> {
        let rule_id = value.as_str().and_then(|text| text.parse().ok());
        if rule_id.is_none() {
            self.note(
                &Pointer::root().child("rule_id"),
                "invalid",
                "`rule_id` must be a UUID.",
            );
        }
        rule_id
    }

    fn version(&mut self, value: &Value) -> Option<u32> {
        let version = value.as_u64().and_then(|version| u32::try_from(version).ok());
        if version.is_none() {
            self.note(
                &Pointer::root().child("version"),
                "invalid",
                "`version` must be a whole number from 1.",
            );
        }
        version
    }

    fn event(&mut self, event: Option<Value>) -> Value {
        let place = Pointer::root().child("event");
        match &event {
            Some(Value::Object(_)) => {}
            None | Some(Value::Null) => self.note(&place, "missing", "The member `event` is required."),
            Some(_) => self.note(&place, "invalid", "`event` must be an object."),
        }
        event.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(request: &Value) -> Vec<String> {
        let problem = read(request.clone()).unwrap_err();
        assert_eq!(
            (problem.status().as_u16(), problem.code()),
            (400, "invalid_request")
        );
        problem
            .errors()
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn every_fault_of_shape_is_found_at_once() {
        let request = json!({
            "rules": {},
            "event": [],
            "task_results": {
                "a/b": {"state": "succes"},
                "b": {"state": "success", "error": {}},
                "c": {"state": "failure", "output": 1},
                "d": {"state": "failure", "error": {"code": 1, "massage": ""}},
                "e": "success",
            },
        });
        let expected = [
            "/rules unknown_member",
            "/rule missing",
            "/event invalid",
            "/task_results/a~1b/state invalid",
            "/task_results/b/error invalid",
            "/task_results/c/output invalid",
            "/task_results/d/error/massage unknown_member",
            "/task_results/d/error/code invalid",
            "/task_results/e invalid",
        ];
        assert_eq!(faults(&request), expected);
    }

    #[test]
    fn a_rule_is_given_or_named() {
        let id = Uuid::nil();
        assert_eq!(
            faults(&json!({"rule": {}, "rule_id": id, "event": {}})),
            ["/rule_id invalid"]
        );
        assert_eq!(
            faults(&json!({"rule": {}, "version": 1, "event": {}})),
            ["/version invalid"]
        );
        assert_eq!(
            faults(&json!({"rule_id": "1", "version": -1})),
            ["/rule_id invalid", "/version invalid", "/event missing"]
        );
        let read = read(json!({"rule_id": id, "version": 2, "event": {}})).unwrap();
        assert!(matches!(
            read.rule,
            RequestedRule::Stored { version: Some(2), .. }
        ));
    }

    #[test]
    fn results_are_read() {
        let results =
            json!({"a": {"state": "success"}, "b": {"state": "failure", "error": {"code": "declined"}}});
        let read = read(json!({"rule": {}, "event": {}, "task_results": results})).unwrap();
        assert_eq!(read.results["a"], TaskResult::Success(json!({})));
        let TaskResult::Failure { code, .. } = &read.results["b"] else {
            panic!("b fails")
        };
        assert_eq!(code, "declined");
    }
}
