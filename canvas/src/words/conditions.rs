//! Expectations in words.

use rules::Operator;
use rules::model::Quantifier;
use serde_json::Value;

use super::Language;
use super::values::{field, list, value};

pub(super) fn describe(mode: Quantifier, expect: &[Value], language: Language) -> String {
    if expect.is_empty() {
        return language.pick("always", "sempre").to_owned();
    }
    let and = match mode {
        Quantifier::All => language.pick(" and ", " e "),
        Quantifier::Any => language.pick(" or ", " ou "),
    };
    let said: Vec<String> = expect
        .iter()
        .map(|expectation| describe_one(expectation, language))
        .collect();
    said.join(and)
}

fn describe_one(expectation: &Value, language: Language) -> String {
    let text = |member| expectation.get(member).and_then(Value::as_str);
    let path = text("field")
        .filter(|path| !path.is_empty())
        .map_or("?".into(), field);
    let name = text("operator").unwrap_or("?");
    let Ok(operator) = Operator::from_name(name) else {
        return format!("{path} {name}");
    };
    let word = word(operator, language);
    let operand = expectation.get("value");
    match operator {
        Operator::IsNull | Operator::IsNotNull => format!("{path} {word}"),
        Operator::Between => {
            let and = language.pick("and", "e");
            let (from, to) = bounds(operand);
            format!("{path} {word} {from} {and} {to}")
        }
        _ => format!("{path} {word} {}", operand_of(operand)),
    }
}

/// A list of one is its element, as the rule language has it; what was not said yet is asked for.
fn operand_of(operand: Option<&Value>) -> String {
    match operand {
        None | Some(Value::Null) => "?".to_owned(),
        Some(Value::Array(elements)) if elements.is_empty() => "?".to_owned(),
        Some(Value::Array(elements)) => list(elements),
        Some(scalar) => value(scalar),
    }
}

fn bounds(operand: Option<&Value>) -> (String, String) {
    let element = |index: usize| operand.and_then(|operand| operand.get(index));
    (operand_of(element(0)), operand_of(element(1)))
}

fn word(operator: Operator, language: Language) -> &'static str {
    match operator {
        Operator::Eq => "=",
        Operator::Neq => "≠",
        Operator::Gt => ">",
        Operator::Gte => "≥",
        Operator::Lt => "<",
        Operator::Lte => "≤",
        Operator::In => language.pick("in", "em"),
        Operator::Nin => language.pick("not in", "fora de"),
        Operator::Between => language.pick("between", "entre"),
        Operator::Contains => language.pick("contains", "contém"),
        Operator::Ncontains => language.pick("does not contain", "não contém"),
        Operator::StartsWith => language.pick("starts with", "começa com"),
        Operator::EndsWith => language.pick("ends with", "termina com"),
        Operator::Matches => language.pick("matches", "corresponde a"),
        Operator::IsNull => language.pick("is missing", "está ausente"),
        Operator::IsNotNull => language.pick("is present", "está presente"),
    }
}
