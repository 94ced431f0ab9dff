//! Values and expectations that meet where comparing is difficult.

use rules::json;
use serde_json::{Map, Value, json};

use super::genes::Genes;

/// Written as JSON, since digits matter. The first few come most often, so that equals meet.
const SCALARS: [&str; 36] = [
    "12",
    r#""12""#,
    "12.0",
    r#""0012""#,
    r#""abc""#,
    r#""ab""#,
    "true",
    "1.2e1",
    "0",
    "-0",
    "1",
    "1.50",
    "-2",
    "-2.5e1",
    "99",
    "120",
    "120.00",
    "0.1",
    "0.1000000000000000000000000000000000001",
    "9007199254740992",
    "9007199254740993",
    "1e400",
    "-1E+400",
    "1e9999999999999999999",
    "false",
    r#""""#,
    r#""1""#,
    r#""120.0""#,
    r#""99""#,
    r#""-1e1""#,
    r#""+1""#,
    r#""1.""#,
    r#""1e9999999999999999999""#,
    r#""true""#,
    r#""2026-01-02T00:00:00Z""#,
    r#""é""#,
];
const COMMON: usize = 8;

const OPERATORS: [&str; 16] = [
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "nin",
    "between",
    "contains",
    "ncontains",
    "startswith",
    "endswith",
    "matches",
    "isnull",
    "isnotnull",
];

/// A start, an end and a part, which the oracle knows without a regular expression.
const PATTERNS: [&str; 4] = ["^ab", "bc$", "2", "^é"];

pub(crate) fn scalar(genes: &mut Genes<'_>) -> Value {
    let reach = if genes.once_in(2) { SCALARS.len() } else { COMMON };
    json::parse(genes.pick(&SCALARS[..reach]).as_bytes()).unwrap()
}

/// Anything an event may hold: mostly a scalar.
pub(crate) fn value(genes: &mut Genes<'_>) -> Value {
    match genes.below(12) {
        0 => Value::Null,
        1 => scalars(genes, 3).into(),
        2 => json!({"x": scalar(genes), "l": scalars(genes, 2)}),
        3 => json!([scalars(genes, 2), null, scalar(genes)]),
        _ => scalar(genes),
    }
}

fn scalars(genes: &mut Genes<'_>, most: usize) -> Vec<Value> {
    (0..genes.below(most + 1)).map(|_| scalar(genes)).collect()
}

/// An expectation about one of the fields, with an operand that its operator takes.
pub(crate) fn expectation(genes: &mut Genes<'_>, fields: &[String]) -> Value {
    let operator = *genes.pick(&OPERATORS);
    let mut expectation = Map::new();
    expectation.insert("field".to_owned(), genes.pick(fields).as_str().into());
    expectation.insert("operator".to_owned(), operator.into());
    if let Some(value) = operand(genes, operator) {
        expectation.insert("value".to_owned(), value);
    }
    expectation.into()
}

fn operand(genes: &mut Genes<'_>, operator: &str) -> Option<Value> {
    match operator {
        "isnull" | "isnotnull" => genes.pick(&[None, Some(Value::Null), Some(json!([]))]).clone(),
        "in" | "nin" => Some(scalars(genes, 3).into()),
        "between" if genes.once_in(2) => Some(json!([scalar(genes), scalar(genes)])),
        "between" => Some(json!([0, 99])),
        "matches" => Some((*genes.pick(&PATTERNS)).into()),
        "startswith" | "endswith" | "contains" | "ncontains" if genes.once_in(2) => {
            Some((*genes.pick(&["ab", "bc", "2", ""])).into())
        }
        _ if genes.once_in(4) => Some(json!([scalar(genes)])),
        _ => Some(scalar(genes)),
    }
}
