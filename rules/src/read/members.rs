//! Reading an object member by member, noting every fault on the way.

use serde_json::{Map, Value};

use crate::finding::{Finding, Pointer};
use crate::spelling;

/// An object of the document that is being read. A member that is null counts as absent.
pub(super) struct Members<'d, 'f> {
    map: &'d Map<String, Value>,
    pub(super) pointer: Pointer,
    pub(super) findings: &'f mut Vec<Finding>,
    asked: Vec<&'static str>,
}

impl<'d, 'f> Members<'d, 'f> {
    /// Begins to read an object; notes a finding if the value is none.
    pub(super) fn of(
        value: &'d Value,
        pointer: Pointer,
        what: &str,
        findings: &'f mut Vec<Finding>,
    ) -> Option<Self> {
        let Value::Object(map) = value else {
            let detail = format!("{what} must be an object, and this is {}.", kind_of(value));
            findings.push(Finding::at(&pointer, "wrong_type", detail));
            return None;
        };
        Some(Self {
            map,
            pointer,
            findings,
            asked: Vec::new(),
        })
    }

    /// A member, if it is there and not null.
    pub(super) fn optional(&mut self, name: &'static str) -> Option<&'d Value> {
        self.asked.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A member that must be there; notes a finding if it is not.
    pub(super) fn required(&mut self, name: &'static str, expected: &str) -> Option<&'d Value> {
        let value = self.optional(name);
        if value.is_none() {
            let detail = format!("The member `{name}` is missing: expected {expected}.");
            self.findings
                .push(Finding::at(&self.pointer, "missing_member", detail));
        }
        value
    }

    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<&'d str> {
        let value = self.optional(name)?;
        self.as_text(name, value)
    }

    pub(super) fn required_text(&mut self, name: &'static str, expected: &str) -> Option<&'d str> {
        let value = self.required(name, expected)?;
        self.as_text(name, value)
    }

    fn as_text(&mut self, name: &'static str, value: &'d Value) -> Option<&'d str> {
        value.as_str().or_else(|| {
            self.wrong_type(name, "a string", value);
            None
        })
    }

    pub(super) fn optional_object(&mut self, name: &'static str) -> Option<&'d Map<String, Value>> {
        let value = self.optional(name)?;
        value.as_object().or_else(|| {
            self.wrong_type(name, "an object", value);
            None
        })
    }

    pub(super) fn optional_list(&mut self, name: &'static str) -> Option<&'d Vec<Value>> {
        let value = self.optional(name)?;
        value.as_array().or_else(|| {
            self.wrong_type(name, "a list", value);
            None
        })
    }

    /// A whole number within bounds, or what it is when left out.
    pub(super) fn whole_number(
        &mut self,
        name: &'static str,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let value = self.optional(name)?;
        let number = value.as_number().and_then(serde_json::Number::as_u64);
        if let Some(number) = number.filter(|number| bounds.contains(number)) {
            return Some(number);
        }
        let detail = format!(
            "`{name}` must be a whole number from {} to {}, and this is {}.",
            bounds.start(),
            bounds.end(),
            shown(value)
        );
        self.note(name, "bad_value", detail);
        None
    }

    /// One of a few words, or the default when left out.
    pub(super) fn word<T: Copy + Default>(&mut self, name: &'static str, words: &[(&str, T)]) -> T {
        self.optional(name)
            .and_then(|value| self.as_word(name, value, words))
            .unwrap_or_default()
    }

    pub(super) fn as_word<T: Copy>(
        &mut self,
        name: &'static str,
        value: &Value,
        words: &[(&str, T)],
    ) -> Option<T> {
        let known = words.iter().find(|(word, _)| value.as_str() == Some(word));
        if known.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let hint = value
                .as_str()
                .map(|text| spelling::hint(text, names.iter().copied()))
                .unwrap_or_default();
            let detail = format!(
                "`{name}` must be {}, and this is {}.{hint}",
                spelling::one_of(&names),
                shown(value)
            );
            self.note(name, "bad_value", detail);
        }
        known.map(|(_, value)| *value)
    }

    fn wrong_type(&mut self, name: &'static str, expected: &str, value: &Value) {
        let detail = format!("`{name}` must be {expected}, and this is {}.", kind_of(value));
        self.note(name, "wrong_type", detail);
    }

    /// Notes a finding about a member.
    pub(super) fn note(&mut self, name: &'static str, code: &'static str, detail: String) {
        self.findings
            .push(Finding::at(&self.pointer.child(name), code, detail));
    }

    /// Refuses every member that was not asked for.
    pub(super) fn finish(self) {
        for name in self
            .map
            .keys()
            .filter(|name| !self.asked.contains(&name.as_str()))
        {
            let hint = spelling::hint(name, self.asked.iter().copied());
            let detail = format!("There is no member `{name}` here.{hint}");
            self.findings
                .push(Finding::at(&self.pointer.child(name), "unknown_member", detail));
        }
    }
}

/// What a value is, in words.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value as it was written, cut where it is long.
pub(crate) fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{cut}…")
}
