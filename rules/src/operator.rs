//! The operators of expectations.

use crate::spelling;

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal: the negation of [`Eq`](Self::Eq).
    Neq,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Gte,
    /// Less than.
    Lt,
    /// Less than or equal.
    Lte,
    /// Equal to one of a list.
    In,
    /// Equal to none of a list: the negation of [`In`](Self::In).
    Nin,
    /// Between two values, both included.
    Between,
    /// A text that contains the value, or a list with an element equal to it.
    Contains,
    /// The negation of [`Contains`](Self::Contains).
    Ncontains,
    /// A text that starts with the value.
    StartsWith,
    /// A text that ends with the value.
    EndsWith,
    /// A text in which the value, a regular expression, is found.
    Matches,
    /// Null or missing.
    IsNull,
    /// Neither null nor missing.
    IsNotNull,
}

/// How many values an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    None,
    One,
    Two,
    List,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Eq,
        Self::Neq,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::In,
        Self::Nin,
        Self::Between,
        Self::Contains,
        Self::Ncontains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Matches,
        Self::IsNull,
        Self::IsNotNull,
    ];

    /// The operator as it is written in a rule.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Between => "between",
            Self::Contains => "contains",
            Self::Ncontains => "ncontains",
            Self::StartsWith => "startswith",
            Self::EndsWith => "endswith",
            Self::Matches => "matches",
            Self::IsNull => "isnull",
            Self::IsNotNull => "isnotnull",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    ///
    /// # Errors
    /// A sentence that names the operators, with the closest one first.
    pub fn from_name(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.as_str() == name)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::as_str);
                let hint = spelling::hint(name, names);
                format!(
                    "There is no operator `{name}`.{hint} Expected {}.",
                    spelling::one_of(&names)
                )
            })
    }

    pub(crate) fn arity(self) -> Arity {
        match self {
            Self::IsNull | Self::IsNotNull => Arity::None,
            Self::In | Self::Nin => Arity::List,
            Self::Between => Arity::Two,
            _ => Arity::One,
        }
    }

    pub(crate) fn orders(self) -> bool {
        matches!(self, Self::Gt | Self::Gte | Self::Lt | Self::Lte | Self::Between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for operator in Operator::ALL {
            assert_eq!(Operator::from_name(operator.as_str()), Ok(operator));
        }
        let error = Operator::from_name("equals").unwrap_err();
        assert!(error.starts_with("There is no operator `equals`."), "{error}");
        assert!(
            Operator::from_name("start_with")
                .unwrap_err()
                .contains("Did you mean `startswith`?")
        );
    }
}
