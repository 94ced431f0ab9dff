//! Reading a task's parameters into a Rust type, from which their schema is made too.
//!
//! Not serde: deriving `Deserialize` over [`Value`] would take an object with the one member
//! `$serde_json::private::Number` for a number, and an amount must never come out of a trick.

pub(crate) mod members;
mod values;

use serde_json::{Map, Value};

pub(crate) use self::members::parameters;
pub use self::values::{
    AccountName, AccountType, Amount, CurrencyCode, DecimalNumber, EventType, Free, Identifier, RoundingMode,
    Side,
};
use crate::TaskError;

/// A value that a parameter can have.
pub trait Member: Sized {
    /// Whether null means that the parameter was left out.
    const NULL_IS_ABSENT: bool = true;

    /// Reads the value.
    ///
    /// # Errors
    /// Says what was expected, to follow on "expected ".
    fn read(value: &Value) -> Result<Self, String>;
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
}

/// A member that must be there, or may be.
pub trait Field: Sized {
    /// Takes the member out of all members.
    ///
    /// # Errors
    /// As [`Parameters::read_members`].
    fn take(members: &Map<String, Value>, name: &str) -> Result<Self, TaskError>;
}

impl<T: Member> Field for T {
    fn take(members: &Map<String, Value>, name: &str) -> Result<Self, TaskError> {
        let value = members.get(name).unwrap_or(&Value::Null);
        T::read(value).map_err(|expected| unexpected(name, value, &expected))
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
}
