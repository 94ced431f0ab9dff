//! Reading a task's parameters into a Rust type, from which their schema is made too.
//!
//! Not serde: deriving `Deserialize` over [`Value`] would take an object with the one member
//! `$serde_json::private::Number` for a number, and an amount must never come out of a trick.

pub(crate) mod members;
mod values;

use ledger::Currency;
use rules::ParameterFault;
use serde_json::{Map, Value};

pub(crate) use self::members::parameters;
pub use self::values::{
    AccountName, AccountType, Amount, CurrencyCode, DecimalNumber, EventType, Free, Identifier, Name,
    RoundingMode, Seconds, Side,
};
use crate::TaskError;

/// What literals are held against when a rule is saved.
pub struct Checking<'c> {
    /// The currency that stands beside the amounts, if it is a literal.
    pub currency: Option<Currency>,
    /// Whether what stands at a pointer is filled in when the rule runs.
    pub is_dynamic: &'c dyn Fn(&str) -> bool,
    /// What was found.
    pub faults: &'c mut Vec<ParameterFault>,
}

impl Checking<'_> {
    fn note(&mut self, pointer: &str, value: &Value, expected: &str) {
        let detail = format!("{} is not what is expected: {expected}.", shown(value));
        self.faults.push(ParameterFault {
            pointer: pointer.to_owned(),
            detail,
        });
    }
}

/// A value that a parameter can have.
pub trait Member: Sized {
    /// Whether null means that the parameter was left out. Only where nothing hangs on it: a path that names nothing
    /// must not quietly become the usual account, currency or amount.
    const NULL_IS_ABSENT: bool = false;

    /// Reads the value.
    ///
    /// # Errors
    /// Says what was expected, to follow on "expected ".
    fn read(value: &Value) -> Result<Self, String>;

    /// Holds a literal against what it must be, so that it need not wait for a payment to be refused.
    fn check(value: &Value, pointer: &str, checking: &mut Checking<'_>) {
        if (checking.is_dynamic)(pointer) {
            return;
        }
        if let Err(expected) = Self::read(value) {
            checking.note(pointer, value, &expected);
        }
    }
}

/// All parameters of a task, or of an element of a list in them.
pub trait Parameters: Sized {
    /// The names that are known.
    const NAMES: &'static [&'static str];

    /// Reads them.
    ///
    /// # Errors
    /// [`TaskError`] `invalid_input` that names the member and what was expected.
    fn read_members(members: &Map<String, Value>) -> Result<Self, TaskError>;

    /// Holds the literals among them against what they must be. `pointer` is where they stand.
    fn check_members(members: &Map<String, Value>, pointer: &str, checking: &mut Checking<'_>);
}

/// Holds the literals of a task's parameters against what they must be.
pub(crate) fn check_literals<P: Parameters>(
    members: &Map<String, Value>,
    is_dynamic: &dyn Fn(&str) -> bool,
) -> Vec<ParameterFault> {
    let mut faults = Vec::new();
    P::check_members(
        members,
        "",
        &mut Checking {
            currency: None,
            is_dynamic,
            faults: &mut faults,
        },
    );
    faults
}

/// The currency that amounts among these members are in, if it is a literal; else the one around them.
pub(crate) fn literal_currency(members: &Map<String, Value>, around: Option<Currency>) -> Option<Currency> {
    // What is converted is stated in the currency that is given up.
    let stated = ["currency", "from"]
        .iter()
        .find_map(|name| members.get(*name)?.as_str()?.parse().ok());
    stated.or(around)
}

/// A member that must be there, or may be.
pub trait Field: Sized {
    /// Takes the member out of all members.
    ///
    /// # Errors
    /// As [`Parameters::read_members`].
    fn take(members: &Map<String, Value>, name: &str) -> Result<Self, TaskError>;

    /// Holds a literal against what it must be. What is missing is the schema's to find.
    fn check(members: &Map<String, Value>, name: &str, pointer: &str, checking: &mut Checking<'_>);
}

impl<T: Member> Field for T {
    fn take(members: &Map<String, Value>, name: &str) -> Result<Self, TaskError> {
        let value = members.get(name).unwrap_or(&Value::Null);
        T::read(value).map_err(|expected| unexpected(name, value, &expected))
    }

    fn check(members: &Map<String, Value>, name: &str, pointer: &str, checking: &mut Checking<'_>) {
        if let Some(value) = members.get(name) {
            T::check(value, &format!("{pointer}/{name}"), checking);
        }
    }
}

impl<T: Member> Field for Option<T> {
    fn take(members: &Map<String, Value>, name: &str) -> Result<Self, TaskError> {
        match members.get(name) {
            None => Ok(None),
            Some(Value::Null) if T::NULL_IS_ABSENT => Ok(None),
            Some(value) => T::read(value)
                .map(Some)
                .map_err(|expected| unexpected(name, value, &expected)),
        }
    }

    fn check(members: &Map<String, Value>, name: &str, pointer: &str, checking: &mut Checking<'_>) {
        match members.get(name) {
            None => {}
            Some(Value::Null) if T::NULL_IS_ABSENT => {}
            Some(value) => T::check(value, &format!("{pointer}/{name}"), checking),
        }
    }
}

fn unexpected(name: &str, value: &Value, expected: &str) -> TaskError {
    TaskError::invalid_input(format!("`{name}` is {}: expected {expected}", shown(value)))
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

/// The members that a task does not know: kept and passed on.
pub fn unknown_members<P: Parameters>(members: &Map<String, Value>) -> Map<String, Value> {
    let unknown = members
        .iter()
        .filter(|(name, _)| !P::NAMES.contains(&name.as_str()));
    unknown
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

impl<P: Parameters> Member for Vec<P> {
    fn read(value: &Value) -> Result<Self, String> {
        let Value::Array(elements) = value else {
            return Err("a list".to_owned());
        };
        let read = |(index, element): (usize, &Value)| match element {
            Value::Object(members) => P::read_members(members)
                .map_err(|error| format!("something else in element {index}: {error}")),
            _ => Err(format!("an object as element {index}")),
        };
        elements.iter().enumerate().map(read).collect()
    }

    fn check(value: &Value, pointer: &str, checking: &mut Checking<'_>) {
        for (index, element) in value.as_array().into_iter().flatten().enumerate() {
            if let Value::Object(members) = element {
                P::check_members(members, &format!("{pointer}/{index}"), checking);
            }
        }
    }
}
