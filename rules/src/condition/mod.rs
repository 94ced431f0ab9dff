//! Conditions: expectations compiled once, evaluated over the borrowed context.

mod compare;
mod compile;
mod pattern;

use serde_json::Value;

use self::compare::Incomparable;
pub(crate) use self::compile::compile;
pub(crate) use self::pattern::Patterns;
use crate::budget::{Budget, TooLarge};
use crate::model::Quantifier;
use crate::operator::Operator;
use crate::path::Path;
use crate::scope::Scope;

/// Expectations, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    mode: Quantifier,
    tests: Vec<Test>,
}

/// One expectation, compiled.
#[derive(Debug, Clone)]
struct Test {
    field: String,
    path: Path,
    operator: Operator,
    /// As written, for the trace.
    value: Value,
    operand: Operand,
}

/// What a field is compared with, in the form that the operator needs.
#[derive(Debug, Clone)]
enum Operand {
    Nothing,
    One(Value),
    Two(Value, Value),
    List(Vec<Value>),
    Pattern(regex::Regex),
}

/// How a condition came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// Something could not be compared, and nothing else decided.
    Error,
}

/// One comparison that was made, for the trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The path, as written.
    pub field: String,
    /// The operator.
    pub operator: Operator,
    /// The value to compare with, as written; null if the operator needs none.
    pub value: Value,
    /// What the path named; where it is larger than some 4 KiB, a text that says so.
    pub actual: Value,
    /// Whether it holds; none if it could not be compared.
    pub holds: Option<bool>,
    /// Why it could not be compared.
    pub error: Option<String>,
}

impl Condition {
    /// Makes every comparison, records each, and decides. With `all` a false decides, else an error does; with
    /// `any` a true decides, else an error does. An empty list holds.
    pub(crate) fn evaluate(
        &self,
        scope: &Scope<'_>,
        budget: &mut Budget,
        trace: &mut Vec<Comparison>,
    ) -> Verdict {
        let mut seen = Seen::default();
        trace.reserve_exact(self.tests.len());
        for test in &self.tests {
            let (actual, outcome) = match test.path.follow(scope, budget) {
                Ok(actual) => (budget.excerpt(&actual), test.compare(&actual)),
                Err(TooLarge) => (Value::Null, Err(Incomparable::too_large())),
            };
            seen.note(&outcome);
            trace.push(test.record(actual, outcome));
        }
        seen.decide(self.mode, self.tests.is_empty())
    }
}

impl Test {
    fn compare(&self, actual: &Value) -> Result<bool, Incomparable> {
        compare::holds(self.operator, actual, &self.operand)
    }

    fn record(&self, actual: Value, outcome: Result<bool, Incomparable>) -> Comparison {
        let (holds, error) = match outcome {
            Ok(holds) => (Some(holds), None),
            Err(error) => (None, Some(error.0)),
        };
        Comparison {
            field: self.field.clone(),
            operator: self.operator,
            value: self.value.clone(),
            actual,
            holds,
            error,
        }
    }
}

/// Which outcomes there were.
#[derive(Default)]
struct Seen {
    held: bool,
    failed: bool,
    error: bool,
}

impl Seen {
    fn note(&mut self, outcome: &Result<bool, Incomparable>) {
        match outcome {
            Ok(true) => self.held = true,
            Ok(false) => self.failed = true,
            Err(_) => self.error = true,
        }
    }

    fn decide(&self, mode: Quantifier, empty: bool) -> Verdict {
        match mode {
            Quantifier::All if self.failed => Verdict::Fails,
            Quantifier::Any if self.held || empty => Verdict::Holds,
            _ if self.error => Verdict::Error,
            Quantifier::All => Verdict::Holds,
            Quantifier::Any => Verdict::Fails,
        }
    }
}

#[cfg(test)]
mod tests;
