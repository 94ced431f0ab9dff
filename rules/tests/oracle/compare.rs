//! One comparison, by the book: `None` is an error.
//!
//! Where the language's description leaves room, this decides as follows, and `rules` does the same: a
//! text is numeric if it is a JSON number, leading zeros allowed; a number whose exponent has more than 18
//! digits cannot be compared with another, and a text of that kind is not numeric; a text can contain,
//! start or end with a text only, all else is an error; `between` needs both ends to compare; in a list an
//! equal element decides, else an error does.

use std::cmp::Ordering;

use serde_json::Value;

use super::decimal::{self, Decimal};

pub(crate) fn holds(operator: &str, actual: &Value, value: &Value) -> Option<bool> {
    if actual.is_null() {
        return Some(["isnull", "neq", "nin", "ncontains"].contains(&operator));
    }
    let operands = match value {
        Value::Array(list) => list.clone(),
        scalar => vec![scalar.clone()],
    };
    let first = operands.first().unwrap_or(&Value::Null);
    match operator {
        "isnull" => Some(false),
        "isnotnull" => Some(true),
        "eq" => equal(actual, first),
        "neq" => equal(actual, first).map(|holds| !holds),
        "in" => one_of(&operands, actual),
        "nin" => one_of(&operands, actual).map(|holds| !holds),
        "gt" => Some(order(actual, first)? == Ordering::Greater),
        "gte" => Some(order(actual, first)? != Ordering::Less),
        "lt" => Some(order(actual, first)? == Ordering::Less),
        "lte" => Some(order(actual, first)? != Ordering::Greater),
        "between" => {
            let (low, high) = (order(actual, first)?, order(actual, &operands[1])?);
            Some(low != Ordering::Less && high != Ordering::Greater)
        }
        "contains" => contains(actual, first),
        "ncontains" => contains(actual, first).map(|holds| !holds),
        "startswith" => Some(actual.as_str()?.starts_with(first.as_str()?)),
        "endswith" => Some(actual.as_str()?.ends_with(first.as_str()?)),
        "matches" => Some(matches(actual.as_str()?, first.as_str()?)),
        other => panic!("no operator {other}"),
    }
}

fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            let (left, right) = (decimal::read(left.as_str())?, decimal::read(right.as_str())?);
            Some(left.compare(&right) == Ordering::Equal)
        }
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            let Some(text) = decimal::read(text) else {
                return Some(false);
            };
            Some(decimal::read(number.as_str())?.compare(&text) == Ordering::Equal)
        }
        _ => Some(left == right),
    }
}

fn one_of(list: &[Value], wanted: &Value) -> Option<bool> {
    let answers: Vec<Option<bool>> = list.iter().map(|element| equal(element, wanted)).collect();
    if answers.contains(&Some(true)) {
        Some(true)
    } else if answers.contains(&None) {
        None
    } else {
        Some(false)
    }
}

fn contains(actual: &Value, part: &Value) -> Option<bool> {
    match actual {
        Value::Array(elements) => one_of(elements, part),
        Value::String(text) => Some(text.contains(part.as_str()?)),
        _ => None,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Value::String(left_text), Value::String(right_text)) = (left, right) {
        return match (decimal::read(left_text), decimal::read(right_text)) {
            (Some(left), Some(right)) => Some(left.compare(&right)),
            _ => Some(left_text.chars().cmp(right_text.chars())),
        };
    }
    Some(number(left)?.compare(&number(right)?))
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => decimal::read(number.as_str()),
        Value::String(text) => decimal::read(text),
        _ => None,
    }
}

/// The few patterns that the cases use: a start, an end, a part.
fn matches(text: &str, pattern: &str) -> bool {
    if let Some(start) = pattern.strip_prefix('^') {
        text.starts_with(start)
    } else if let Some(end) = pattern.strip_suffix('$') {
        text.ends_with(end)
    } else {
        text.contains(pattern)
    }
}
