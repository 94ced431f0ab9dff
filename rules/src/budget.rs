//! How much of an event one node may copy. Paths can name the same megabyte a thousand times.

use serde_json::Value;

/// The most that one node's parameters, or one condition's queries, may copy: bytes, roughly.
pub(crate) const MAX_NODE_BYTES: usize = 4 * 1024 * 1024;
/// The most that a comparison keeps of what it compared, in bytes, roughly.
const MAX_KEPT_BYTES: usize = 4 * 1024;
/// How much of a long text is kept.
const KEPT_CHARACTERS: usize = 1_000;

/// What is left to copy.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

/// The budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;

impl Budget {
    pub(crate) fn for_node() -> Self {
        Self { left: MAX_NODE_BYTES }
    }

    /// Pays for a copy of a value. Stops looking at it once it is too large.
    pub(crate) fn charge(&mut self, value: &Value) -> Result<(), TooLarge> {
        match value {
            Value::Null | Value::Bool(_) => self.take(16),
            Value::Number(number) => self.take(16 + number.as_str().len()),
            Value::String(text) => self.take(16 + text.len()),
            Value::Array(elements) => {
                self.take(16)?;
                elements.iter().try_for_each(|element| self.charge(element))
            }
            Value::Object(members) => {
                self.take(16)?;
                members.iter().try_for_each(|(name, member)| {
                    self.take(16 + name.len())?;
                    self.charge(member)
                })
            }
        }
    }

    fn take(&mut self, bytes: usize) -> Result<(), TooLarge> {
        self.left = self.left.checked_sub(bytes).ok_or(TooLarge)?;
        Ok(())
    }
}

/// A value for the trace: as it is, or, where it is large, the beginning of a text or a word about it.
pub(crate) fn excerpt(value: &Value) -> Value {
    if (Budget { left: MAX_KEPT_BYTES }).charge(value).is_ok() {
        return value.clone();
    }
    match value {
        Value::String(text) => {
            let beginning: String = text.chars().take(KEPT_CHARACTERS).collect();
            format!("{beginning}…").into()
        }
        Value::Array(elements) => {
            format!("(a list of {} elements, too large to keep)", elements.len()).into()
        }
        Value::Object(members) => {
            format!("(an object of {} members, too large to keep)", members.len()).into()
        }
        Value::Number(number) => format!("(a number of {} characters)", number.as_str().len()).into(),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_budget_ends() {
        let mut budget = Budget::for_node();
        let text = json!({"a": ["x".repeat(1024 * 1024)]});
        let charged = (0..10).take_while(|_| budget.charge(&text).is_ok()).count();
        assert_eq!(charged, 3);
    }

    #[test]
    fn large_values_are_cut() {
        assert_eq!(excerpt(&json!({"a": 1})), json!({"a": 1}));
        assert_eq!(
            excerpt(&json!("x".repeat(5_000))),
            json!(format!("{}…", "x".repeat(1_000)))
        );
        assert_eq!(
            excerpt(&json!(vec![0; 1_000])),
            json!("(a list of 1000 elements, too large to keep)")
        );
    }
}
