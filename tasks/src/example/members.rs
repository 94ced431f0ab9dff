//! Reading an object member by member, noting every fault on the way.

use rules::{Finding, Pointer};
use serde_json::{Map, Value};

use crate::input::{Member, shown};

/// Reads a value, or notes what was expected in its place.
pub(super) fn read<T: Member>(value: &Value, pointer: &Pointer, findings: &mut Vec<Finding>) -> Option<T> {
    T::read(value)
        .map_err(|expected| {
            let detail = format!("{} stands here: expected {expected}.", shown(value));
            findings.push(Finding::at(pointer, "bad_value", detail));
        })
        .ok()
}

/// An object that is read member by member. One that is null is not the same as one left out.
pub(super) struct Members<'v, 'f> {
    map: &'v Map<String, Value>,
    pointer: Pointer,
    pub(super) findings: &'f mut Vec<Finding>,
}

impl<'v, 'f> Members<'v, 'f> {
    /// Begins to read an object, refusing every member that is not known.
    pub(super) fn of(
        value: &'v Value,
        pointer: Pointer,
        known: &[&str],
        findings: &'f mut Vec<Finding>,
    ) -> Option<Self> {
        let Value::Object(map) = value else {
            let detail = format!("{} stands here: expected an object.", shown(value));
            findings.push(Finding::at(&pointer, "bad_value", detail));
            return None;
        };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            let hint = rules::spelling::hint(name, known.iter().copied());
            let detail = format!("There is no member `{name}` here.{hint}");
            findings.push(Finding::at(&pointer.child(name), "unknown_member", detail));
        }
        Some(Self {
            map,
            pointer,
            findings,
        })
    }

    pub(super) fn value(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name)
    }

    pub(super) fn optional<T: Member>(&mut self, name: &str) -> Option<T> {
        self.below(name, read)
    }

    pub(super) fn required<T: Member>(&mut self, name: &str) -> Option<T> {
        let Some(value) = self.value(name) else {
            let expected = T::read(&Value::Null).err();
            return self.missing(name, &expected.unwrap_or_else(|| "a value".to_owned()));
        };
        read(value, &self.pointer.child(name), self.findings)
    }

    /// A member that has parts of its own.
    pub(super) fn below<T>(
        &mut self,
        name: &str,
        read_member: impl FnOnce(&Value, &Pointer, &mut Vec<Finding>) -> Option<T>,
    ) -> Option<T> {
        read_member(self.value(name)?, &self.pointer.child(name), self.findings)
    }

    pub(super) fn missing<T>(&mut self, name: &str, expected: &str) -> Option<T> {
        let detail = format!("The member `{name}` is missing: expected {expected}.");
        self.findings
            .push(Finding::at(&self.pointer, "missing_member", detail));
        None
    }

    pub(super) fn refuse(&mut self, name: &str, reason: &str) {
        if self.map.contains_key(name) {
            self.note(
                name,
                "unknown_member",
                format!("There is no `{name}` here: {reason}."),
            );
        }
    }

    pub(super) fn note(&mut self, name: &str, code: &'static str, detail: String) {
        self.findings
            .push(Finding::at(&self.pointer.child(name), code, detail));
    }
}

/// A text, and nothing that could pass for one.
pub(super) struct Text(pub(super) String);
/// An object, whatever is in it.
pub(super) struct Object(pub(super) Value);
/// A list, whatever is in it.
pub(super) struct List(pub(super) Vec<Value>);

impl Member for Text {
    fn read(value: &Value) -> Result<Self, String> {
        let text = value.as_str().ok_or_else(|| "a text".to_owned())?;
        Ok(Self(text.to_owned()))
    }
}

impl Member for Object {
    fn read(value: &Value) -> Result<Self, String> {
        if value.is_object() {
            Ok(Self(value.clone()))
        } else {
            Err("an object".to_owned())
        }
    }
}

impl Member for List {
    fn read(value: &Value) -> Result<Self, String> {
        let elements = value.as_array().ok_or_else(|| "a list".to_owned())?;
        Ok(Self(elements.clone()))
    }
}
