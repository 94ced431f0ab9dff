//! Comparing one value with an operand. What cannot be compared is an error, never a silent false.

use std::cmp::Ordering;

use serde_json::Value;

use super::Operand;
use crate::number;
use crate::operator::Operator;
use crate::read::{kind_of, shown};

/// Why two values cannot be compared, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Incomparable(pub(super) String);

impl Incomparable {
    pub(super) fn too_large() -> Self {
        Self("the path names more than this run may copy".to_owned())
    }
}

/// Whether the operator holds for what the path named.
pub(super) fn holds(operator: Operator, actual: &Value, operand: &Operand) -> Result<bool, Incomparable> {
    if actual.is_null() {
        let holds = matches!(
            operator,
            Operator::IsNull | Operator::Neq | Operator::Nin | Operator::Ncontains
        );
        return Ok(holds);
    }
    match (operator, operand) {
        (Operator::IsNotNull, _) => Ok(true),
        (Operator::IsNull, _) => Ok(false),
        (Operator::Eq, Operand::One(value)) => equal(actual, value),
        (Operator::Neq, Operand::One(value)) => equal(actual, value).map(|equal| !equal),
        (Operator::In, Operand::List(list)) => any_equal(list, actual),
        (Operator::Nin, Operand::List(list)) => any_equal(list, actual).map(|found| !found),
        (Operator::Contains, Operand::One(value)) => contains(actual, value),
        (Operator::Ncontains, Operand::One(value)) => contains(actual, value).map(|found| !found),
        (Operator::Gt, Operand::One(value)) => order(actual, value).map(Ordering::is_gt),
        (Operator::Gte, Operand::One(value)) => order(actual, value).map(Ordering::is_ge),
        (Operator::Lt, Operand::One(value)) => order(actual, value).map(Ordering::is_lt),
        (Operator::Lte, Operand::One(value)) => order(actual, value).map(Ordering::is_le),
        (Operator::Between, Operand::Two(low, high)) => {
            let (above, below) = (order(actual, low)?, order(actual, high)?);
            Ok(above.is_ge() && below.is_le())
        }
        (Operator::StartsWith, Operand::One(value)) => {
            Ok(text(actual, operator)?.starts_with(text(value, operator)?))
        }
        (Operator::EndsWith, Operand::One(value)) => {
            Ok(text(actual, operator)?.ends_with(text(value, operator)?))
        }
        (Operator::Matches, Operand::Pattern(pattern)) => Ok(pattern.is_match(text(actual, operator)?)),
        // Compiling pairs each operator with its own kind of operand.
        _ => Err(Incomparable(format!(
            "`{}` has no value to compare with",
            operator.as_str()
        ))),
    }
}

fn any_equal(list: &[Value], actual: &Value) -> Result<bool, Incomparable> {
    let mut unknown = None;
    for value in list {
        match equal(actual, value) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => unknown = Some(error),
        }
    }
    unknown.map_or(Ok(false), Err)
}

/// Numbers by value, a number and a numeric text by value, all else as it is.
fn equal(left: &Value, right: &Value) -> Result<bool, Incomparable> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            numeric_order(left.as_str(), right.as_str()).map(Ordering::is_eq)
        }
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            if number::is_numeric(text) {
                numeric_order(number.as_str(), text).map(Ordering::is_eq)
            } else {
                Ok(false)
            }
        }
        _ => Ok(left == right),
    }
}

fn contains(actual: &Value, value: &Value) -> Result<bool, Incomparable> {
    match (actual, value) {
        (Value::Array(elements), _) => any_equal(elements, value),
        (Value::String(text), Value::String(part)) => Ok(text.contains(part.as_str())),
        (Value::String(_), _) => Err(Incomparable(format!(
            "a text can contain a text only, and {} is {}",
            shown(value),
            kind_of(value)
        ))),
        _ => Err(Incomparable(format!(
            "only a text or a list contains something, and {} is {}",
            shown(actual),
            kind_of(actual)
        ))),
    }
}

/// The order of two values: both numeric (numbers or numeric texts) by value, two texts that are not both
/// numeric by code point.
fn order(left: &Value, right: &Value) -> Result<Ordering, Incomparable> {
    if let (Some(left_digits), Some(right_digits)) = (digits(left), digits(right)) {
        return numeric_order(left_digits, right_digits);
    }
    match (left, right) {
        (Value::String(left), Value::String(right)) => Ok(left.cmp(right)),
        _ => Err(Incomparable(format!(
            "{} and {} have no order: expected two numbers or two texts",
            shown(left),
            shown(right)
        ))),
    }
}

fn digits(value: &Value) -> Option<&str> {
    match value {
        Value::Number(number) => Some(number.as_str()),
        Value::String(text) if number::is_numeric(text) => Some(text),
        _ => None,
    }
}

fn numeric_order(left: &str, right: &str) -> Result<Ordering, Incomparable> {
    number::compare(left, right)
        .ok_or_else(|| Incomparable("a number of more than 1,000 characters, or an exponent of more than 18 digits, cannot be compared".to_owned()))
}

fn text(value: &Value, operator: Operator) -> Result<&str, Incomparable> {
    value.as_str().ok_or_else(|| {
        let name = operator.as_str();
        Incomparable(format!(
            "`{name}` compares texts, and {} is {}",
            shown(value),
            kind_of(value)
        ))
    })
}
