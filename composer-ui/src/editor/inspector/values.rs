//! Values of expectations and parameters as text in a field, and back.

use rules::{Operator, Pointer};
use serde_json::{Map, Number, Value};

/// What a typed value is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Text, Self::Number, Self::Bool];

    /// Its name in a choice.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "bool",
        }
    }

    /// What a value is; of a list, its first.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Bool,
            Value::Array(values) => values.first().map_or(Self::Text, Self::of),
            _ => Self::Text,
        }
    }

    /// What a value is that may just have been typed: a number that is not whole yet is a text, and stays a number to
    /// be. That holds for the very value that was typed; one that came otherwise, by undo or from the line below, is
    /// what it is.
    pub(super) fn of_typed(value: &Value, meant: Option<&(Value, Self)>) -> Self {
        match meant {
            Some((typed, kind)) if typed == value => *kind,
            _ => Self::of(value),
        }
    }

    /// The value that a text stands for. A text that is no number stays a text: the checks say so.
    pub(super) fn read(self, text: &str) -> Value {
        match self {
            Self::Text => text.into(),
            Self::Number => number(text).map_or_else(|| text.into(), Value::Number),
            Self::Bool => (text == "true").into(),
        }
    }
}

/// A number with all its digits.
pub(super) fn number(text: &str) -> Option<Number> {
    serde_json::from_str(text.trim()).ok()
}

/// A value as text in a field.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// How many values an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arity {
    None,
    One,
    Two,
    List,
}

impl Arity {
    pub(super) fn of(operator: Operator) -> Self {
        match operator {
            Operator::IsNull | Operator::IsNotNull => Self::None,
            Operator::Between => Self::Two,
            Operator::In | Operator::Nin => Self::List,
            _ => Self::One,
        }
    }

    /// The value as an operator of this arity takes it, keeping what can be kept.
    pub(super) fn fit(self, value: Option<&Value>) -> Option<Value> {
        let all = match value {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(all)) => all.clone(),
            Some(one) => vec![one.clone()],
        };
        let first = || all.first().cloned().unwrap_or_else(|| "".into());
        match self {
            Self::None => None,
            Self::One => Some(first()),
            Self::Two => {
                let second = all.get(1).cloned().unwrap_or_else(&first);
                Some(Value::Array(vec![first(), second]))
            }
            Self::List => Some(Value::Array(all)),
        }
    }
}

/// The texts between commas, without the space around them.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// A path is typed whole, or as what the event calls it.
pub(super) fn path_of(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.starts_with('$') {
        text.to_owned()
    } else {
        format!("$context.event.{text}")
    }
}

/// Whether a parameter is taken from the context.
pub(super) fn is_path(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.starts_with("$context") || text.contains("{{"))
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Item(usize),
}

/// A place as an RFC 6901 pointer.
pub(super) fn pointer(place: &[Step]) -> String {
    let pointer = place.iter().fold(Pointer::root(), |pointer, step| match step {
        Step::Member(name) => pointer.child(name),
        Step::Item(index) => pointer.child(index),
    });
    pointer.to_string()
}

/// What is at a place, if anything.
pub(super) fn at<'v>(value: &'v Value, place: &[Step]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(index) => value.get(index),
    })
}

/// The value with something else at a place; nothing takes what is there away. What is missing on the way is made.
pub(super) fn with(value: Option<Value>, place: &[Step], put: Option<Value>) -> Option<Value> {
    let Some((step, rest)) = place.split_first() else {
        return put;
    };
    match step {
        Step::Member(name) => {
            let mut members = match value {
                Some(Value::Object(members)) => members,
                _ => Map::new(),
            };
            let inner = members.get(name).cloned();
            match with(inner, rest, put) {
                Some(inner) => {
                    members.insert(name.clone(), inner);
                }
                None => {
                    members.shift_remove(name);
                }
            }
            Some(Value::Object(members))
        }
        Step::Item(index) => {
            let mut items = match value {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            };
            match (with(items.get(*index).cloned(), rest, put), *index < items.len()) {
                (Some(inner), true) => {
                    if let Some(item) = items.get_mut(*index) {
                        *item = inner;
                    }
                }
                (Some(inner), false) => items.push(inner),
                (None, true) => {
                    items.remove(*index);
                }
                (None, false) => {}
            }
            Some(Value::Array(items))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_keeps_its_digits_and_a_text_stays_a_text() {
        let long = "120.1000000000000000000000000000000001";
        assert_eq!(text_of(&Kind::Number.read(long)), long);
        assert_eq!(Kind::Number.read("12."), json!("12."));
        assert_eq!(Kind::Text.read("0012"), json!("0012"));
        assert_eq!(Kind::of(&json!([true])), Kind::Bool);
    }

    #[test]
    fn a_number_stays_one_while_it_is_typed_and_no_longer() {
        let meant = (json!("12."), Kind::Number);
        assert_eq!(Kind::of_typed(&json!("12."), Some(&meant)), Kind::Number);
        assert_eq!(Kind::of_typed(&json!("BR"), Some(&meant)), Kind::Text);
        assert_eq!(Kind::of_typed(&json!(true), Some(&meant)), Kind::Bool);
        assert_eq!(Kind::of_typed(&json!(7), None), Kind::Number);
    }

    #[test]
    fn another_operator_keeps_the_values_that_it_can_take() {
        assert_eq!(Arity::Two.fit(Some(&json!(5))), Some(json!([5, 5])));
        assert_eq!(Arity::One.fit(Some(&json!(["a", "b"]))), Some(json!("a")));
        assert_eq!(Arity::List.fit(None), Some(json!([])));
        assert_eq!(Arity::None.fit(Some(&json!(1))), None);
    }

    #[test]
    fn a_path_is_completed() {
        assert_eq!(path_of("total"), "$context.event.total");
        assert_eq!(path_of(" $context.company.plan "), "$context.company.plan");
        assert_eq!(path_of(""), "");
    }

    #[test]
    fn a_place_is_named_as_findings_name_it() {
        let place = [Step::Member("a/b".into()), Step::Item(2)];
        assert_eq!(pointer(&place), "/a~1b/2");
        assert_eq!(pointer(&[]), "");
    }

    #[test]
    fn a_value_is_set_deep_inside_and_taken_away() {
        let place = [
            Step::Member("shares".into()),
            Step::Item(1),
            Step::Member("percent".into()),
        ];
        let before = json!({"shares": [{"account": "a"}, {"account": "b"}], "x": 1});
        let after = with(Some(before.clone()), &place, Some(json!("15"))).unwrap();
        assert_eq!(at(&after, &place), Some(&json!("15")));
        assert_eq!(with(Some(after), &place, None), Some(before));
        assert_eq!(
            with(None, &[Step::Member("a".into()), Step::Item(0)], Some(json!(1))),
            Some(json!({"a": [1]}))
        );
        assert_eq!(
            with(Some(json!([1, 2])), &[Step::Item(0)], None),
            Some(json!([2]))
        );
    }
}
