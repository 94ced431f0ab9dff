//! How much of an event one run may copy, and how deep what it makes may nest. Paths can name the same megabyte a
//! thousand times, and outputs can be wrapped in outputs.

use serde_json::Value;

use crate::json::MAX_DEPTH;

/// What every run may copy, in bytes, roughly; an event's size adds to it.
const BASE_BYTES: usize = 256 * 1024;
/// How often a run may copy its whole event.
const EVENT_COPIES: usize = 8;
/// What every run's queries may walk over, in bytes, roughly; an event's size adds to it.
const BASE_WALK_BYTES: usize = 4 * 1024 * 1024;
/// The most that a comparison keeps of what it compared, in bytes, roughly.
const MAX_KEPT_BYTES: usize = 4 * 1024;
/// How much of a long text is kept.
const KEPT_CHARACTERS: usize = 1_000;

/// What a run may still copy.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    left: usize,
    /// What its queries may still walk over, in bytes, roughly.
    walk: usize,
    /// How deep the value under construction nests at the place where a copy goes.
    depth: usize,
}

/// It would be too much, or nest too deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;

impl Budget {
    /// What a run for this event may copy.
    pub(crate) fn for_event(event: &Value) -> Self {
        let mut weighing = Self::of(usize::MAX);
        let weight = match weighing.charge(event) {
            Ok(()) => usize::MAX - weighing.left,
            Err(TooLarge) => 0,
        };
        let copies = weight.saturating_mul(EVENT_COPIES);
        let walk = BASE_WALK_BYTES.saturating_add(copies);
        Self {
            walk,
            ..Self::of(BASE_BYTES.saturating_add(copies))
        }
    }

    fn of(left: usize) -> Self {
        Self {
            left,
            walk: 0,
            depth: 0,
        }
    }

    /// Pays for a walk over a value, before it is taken.
    pub(crate) fn walk(&mut self, root: &Value) -> Result<(), TooLarge> {
        let mut weighing = Self::of(self.walk);
        weighing.charge(root)?;
        self.walk = weighing.left;
        Ok(())
    }

    /// Goes one level down in what is being made, for as long as `inside` takes.
    pub(crate) fn nested<T>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<T, TooLarge>,
    ) -> Result<T, TooLarge> {
        if self.depth >= MAX_DEPTH {
            return Err(TooLarge);
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Pays for a copy of a value. Stops looking at it once it is too large or nests too deep.
    pub(crate) fn charge(&mut self, value: &Value) -> Result<(), TooLarge> {
        self.take(16)?;
        match value {
            Value::Null | Value::Bool(_) => Ok(()),
            Value::Number(number) => self.take(number.as_str().len()),
            Value::String(text) => self.take(text.len()),
            Value::Array(elements) => {
                self.nested(|inside| elements.iter().try_for_each(|element| inside.charge(element)))
            }
            Value::Object(members) => self.nested(|inside| {
                members.iter().try_for_each(|(name, member)| {
                    inside.take(name.len())?;
                    inside.charge(member)
                })
            }),
        }
    }

    fn take(&mut self, bytes: usize) -> Result<(), TooLarge> {
        self.left = self.left.checked_sub(bytes).ok_or(TooLarge)?;
        Ok(())
    }

    /// A value for the trace: as it is, or, where it is large or the budget is used up, the beginning of a text or a
    /// word about it.
    pub(crate) fn excerpt(&mut self, value: &Value) -> Value {
        let most = self.left.min(MAX_KEPT_BYTES);
        let mut own = Self::of(most);
        if own.charge(value).is_ok() {
            self.left -= most - own.left;
            return value.clone();
        }
        match value {
            Value::String(text) if self.take(4 * KEPT_CHARACTERS).is_ok() => {
                let beginning: String = text.chars().take(KEPT_CHARACTERS).collect();
                format!("{beginning}…").into()
            }
            Value::String(text) => format!("(a text of {} bytes, too large to keep)", text.len()).into(),
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
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_budget_ends_after_so_many_copies_of_the_event() {
        let event = json!({"a": ["x".repeat(1024 * 1024)]});
        let mut budget = Budget::for_event(&event);
        let copies = (0..100).take_while(|_| budget.charge(&event).is_ok()).count();
        assert_eq!(copies, EVENT_COPIES);
    }

    #[test]
    fn queries_walk_only_so_far() {
        let event = json!("x".repeat(1024 * 1024));
        let mut budget = Budget::for_event(&event);
        let walks = (0..100).take_while(|_| budget.walk(&event).is_ok()).count();
        assert_eq!(walks, EVENT_COPIES + BASE_WALK_BYTES / (1024 * 1024 + 16));
    }

    #[test]
    fn nothing_nests_deeper_than_what_is_parsed() {
        let nested = |depth: usize| (0..depth).fold(json!(1), |inside, _| json!([inside]));
        let mut budget = Budget::for_event(&Value::Null);
        assert!(budget.charge(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(budget.charge(&nested(MAX_DEPTH + 1)), Err(TooLarge));
        assert_eq!(
            budget.nested(|inside| inside.charge(&nested(MAX_DEPTH))),
            Err(TooLarge)
        );
    }

    #[test]
    fn large_values_are_cut() {
        let mut budget = Budget::for_event(&Value::Null);
        assert_eq!(budget.excerpt(&json!({"a": 1})), json!({"a": 1}));
        assert_eq!(
            budget.excerpt(&json!("x".repeat(5_000))),
            json!(format!("{}…", "x".repeat(1_000)))
        );
        let list = json!(vec![0; 1_000]);
        assert_eq!(
            budget.excerpt(&list),
            json!("(a list of 1000 elements, too large to keep)")
        );
    }
}
