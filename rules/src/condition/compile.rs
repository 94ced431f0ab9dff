//! Compiling expectations: paths and patterns are parsed, values are brought into the form that their
//! operator needs.

use serde_json::Value;

use super::{Condition, Operand, Patterns, Test};
use crate::finding::{Finding, Pointer};
use crate::operator::{Arity, Operator};
use crate::path::{NodeNames, PREFIX, Path};
use crate::read::{DraftExpectation, DraftExpectations, kind_of, shown};

/// Compiles expectations that stand at `pointer` (the object that has `expect`). Faults go to `findings`,
/// oddities to `warnings`.
pub(crate) fn compile(
    expectations: &DraftExpectations,
    pointer: &Pointer,
    nodes: &dyn NodeNames,
    patterns: &Patterns,
    findings: &mut Vec<Finding>,
    warnings: &mut Vec<Finding>,
) -> Condition {
    let pointer = pointer.child("expect");
    let tests = expectations
        .expect
        .iter()
        .enumerate()
        .filter_map(|(index, expectation)| {
            let pointer = pointer.child(index);
            warnings.extend(oddity(expectation, &pointer));
            compile_test(expectation, &pointer, nodes, patterns, findings)
        });
    Condition {
        mode: expectations.mode,
        tests: tests.collect(),
    }
}

fn compile_test(
    expectation: &DraftExpectation,
    pointer: &Pointer,
    nodes: &dyn NodeNames,
    patterns: &Patterns,
    findings: &mut Vec<Finding>,
) -> Option<Test> {
    let path = expectation.field.as_deref().and_then(|field| {
        Path::parse(field, nodes)
            .map_err(|error| findings.push(Finding::at(&pointer.child("field"), error.code, error.detail)))
            .ok()
    });
    let operand = expectation.operator.and_then(|operator| {
        operand(operator, expectation.value.as_ref(), patterns)
            .map_err(|(code, detail)| findings.push(Finding::at(&pointer.child("value"), code, detail)))
            .ok()
    });
    Some(Test {
        field: expectation.field.clone()?,
        path: path?,
        operator: expectation.operator?,
        value: expectation.value.clone().unwrap_or_default(),
        operand: operand?,
    })
}

type Refusal = (&'static str, String);

fn operand(operator: Operator, value: Option<&Value>, patterns: &Patterns) -> Result<Operand, Refusal> {
    if operator.arity() == Arity::None {
        return no_operand(operator, value);
    }
    let name = operator.as_str();
    let Some(value) = value else {
        return Err(("wrong_arity", format!("`{name}` needs a `value`.")));
    };
    let list = elements(value)?;
    match (operator.arity(), list.as_slice()) {
        (Arity::One, [only]) if operator == Operator::Matches => patterns
            .compile(only)
            .map(Operand::Pattern)
            .map_err(|detail| ("bad_regex", detail)),
        (Arity::One, [only]) => Ok(Operand::One((*only).clone())),
        (Arity::One, list) => Err((
            "wrong_arity",
            format!("`{name}` compares with one value, and this has {}.", list.len()),
        )),
        (Arity::Two, [low, high]) => Ok(Operand::Two((*low).clone(), (*high).clone())),
        (Arity::Two, _) => Err((
            "wrong_arity",
            format!(
                "`{name}` needs a list of two values, and this is {}.",
                shown(value)
            ),
        )),
        (Arity::List, _) if !value.is_array() => Err((
            "wrong_arity",
            format!("`{name}` needs a list of values, and this is {}.", kind_of(value)),
        )),
        (_, list) => Ok(Operand::List(
            list.iter().map(|element| (*element).clone()).collect(),
        )),
    }
}

fn no_operand(operator: Operator, value: Option<&Value>) -> Result<Operand, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(Operand::Nothing),
        Some(Value::Array(list)) if list.is_empty() => Ok(Operand::Nothing),
        Some(value) => {
            let name = operator.as_str();
            Err((
                "wrong_arity",
                format!("`{name}` takes no value, and this has {}.", shown(value)),
            ))
        }
    }
}

/// A scalar is a list of itself. Every element must be something to compare with.
fn elements(value: &Value) -> Result<Vec<&Value>, Refusal> {
    let list = match value {
        Value::Array(list) => list.iter().collect(),
        scalar => vec![scalar],
    };
    for element in &list {
        match element {
            Value::Null => {
                let detail = "Nothing is compared with null: use the operator `isnull` or `isnotnull`.";
                return Err(("null_value", detail.to_owned()));
            }
            Value::Array(_) | Value::Object(_) => {
                let kind = kind_of(element);
                return Err((
                    "bad_value",
                    format!("A value is text, a number or a boolean, and this is {kind}."),
                ));
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    Ok(list)
}

/// What is allowed but hardly meant.
fn oddity(expectation: &DraftExpectation, pointer: &Pointer) -> Option<Finding> {
    let pointer = pointer.child("value");
    let value = expectation.value.as_ref()?;
    let list: Vec<&Value> = match value {
        Value::Array(list) => list.iter().collect(),
        scalar => vec![scalar],
    };
    let operator = expectation.operator?;
    if let Some(path) = list
        .iter()
        .find_map(|element| element.as_str().filter(|text| text.starts_with(PREFIX)))
    {
        let detail = format!("`{path}` is compared as it stands: paths are not followed in `value`.");
        return Some(Finding::at(&pointer, "literal_path", detail));
    }
    let never = match operator {
        Operator::StartsWith | Operator::EndsWith => list.iter().any(|element| !element.is_string()),
        operator if operator.orders() => list.iter().any(|element| element.is_boolean()),
        _ => false,
    };
    never.then(|| {
        let detail = format!(
            "`{}` with {} always ends in an error.",
            operator.as_str(),
            shown(value)
        );
        Finding::at(&pointer, "never_compares", detail)
    })
}
