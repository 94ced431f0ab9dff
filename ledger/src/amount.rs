//! Reading amounts and decimals, digit by digit.
//!
//! The grammar, for JSON numbers and strings alike: an optional minus, digits, and optionally a point followed
//! by digits. No plus, exponent, separators, spaces or bare points. A JSON number is read from its own text, so
//! no digit passes through a float.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::{Currency, Money};

/// How much of an unreadable value an error quotes, in characters.
const QUOTED_CHARS: usize = 40;

/// Why a value cannot be read as an amount or a decimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// The value is no plain decimal number.
    #[error("{value} is not an amount: expected digits with an optional fraction, such as 120.00")]
    NotADecimal {
        /// The value, quoted and cut short.
        value: String,
    },
    /// The value has more digits after the point than its currency.
    #[error("{value} is too precise: {currency} has {digits} digits after the point", digits = .currency.exponent())]
    TooPrecise {
        /// The value, quoted and cut short.
        value: String,
        /// The currency that it was read in.
        currency: Currency,
    },
    /// The value is larger than the ledger can hold.
    #[error("{value} is out of range: expected {expected}")]
    OutOfRange {
        /// The value, quoted and cut short.
        value: String,
        /// What would fit.
        expected: &'static str,
    },
    /// The value is zero or negative where only a positive amount makes sense.
    #[error("{value} is not positive: expected an amount above zero")]
    NotPositive {
        /// The value.
        value: String,
    },
}

impl AmountError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "invalid_amount"
    }
}

/// Reads a percentage, a rate or any other plain decimal from a JSON number or string.
///
/// # Errors
///
/// What breaks the grammar, and what has more than the 28 digits that a [`Decimal`] keeps.
pub fn decimal_from_json(value: &Value) -> Result<Decimal, AmountError> {
    parse_decimal(text_of(value)?)
}

/// Reads a plain decimal from text, by the same grammar as amounts.
///
/// # Errors
///
/// As [`decimal_from_json`].
pub fn parse_decimal(text: &str) -> Result<Decimal, AmountError> {
    let digits = Digits::scan(text)?;
    let out_of_range = || AmountError::OutOfRange {
        value: quote(text),
        expected: "at most 28 significant digits",
    };
    let magnitude = digits.magnitude(digits.fraction.len()).ok_or_else(out_of_range)?;
    let mantissa = if digits.negative {
        magnitude.checked_neg()
    } else {
        Some(magnitude)
    };
    let scale = u32::try_from(digits.fraction.len()).ok();
    mantissa
        .zip(scale)
        .and_then(|(mantissa, scale)| Decimal::try_from_i128_with_scale(mantissa, scale).ok())
        .ok_or_else(out_of_range)
}

impl Money {
    /// Reads an amount in `currency` from a JSON number or string.
    ///
    /// Trailing zeros mean nothing (`"120.000"` is 120.00 BRL); any other digit that the currency lacks is an
    /// error, not a rounding.
    ///
    /// # Errors
    ///
    /// What breaks the grammar, is too precise for the currency, or does not fit.
    pub fn from_json(value: &Value, currency: Currency) -> Result<Self, AmountError> {
        Self::parse(text_of(value)?, currency)
    }

    /// As [`from_json`](Self::from_json), where zero and negative amounts make no sense.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json), and [`AmountError::NotPositive`].
    pub fn positive_from_json(value: &Value, currency: Currency) -> Result<Self, AmountError> {
        Self::from_json(value, currency)?.require_positive()
    }

    /// Reads an amount in `currency` from text, by the same grammar as JSON.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json).
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        let digits = Digits::scan(text)?;
        let exponent = usize::from(currency.exponent());
        if digits.fraction.len() > exponent {
            return Err(AmountError::TooPrecise {
                value: quote(text),
                currency,
            });
        }
        digits
            .magnitude(exponent)
            .and_then(|magnitude| {
                if digits.negative {
                    magnitude.checked_neg()
                } else {
                    Some(magnitude)
                }
            })
            .and_then(|minor| i64::try_from(minor).ok())
            .map(|minor| Self::new(minor, currency))
            .ok_or_else(|| AmountError::OutOfRange {
                value: quote(text),
                expected: "minor units that fit 64 bits with a sign",
            })
    }

    /// This amount, if it is above zero.
    ///
    /// # Errors
    ///
    /// [`AmountError::NotPositive`] if it is zero or negative.
    pub fn require_positive(self) -> Result<Self, AmountError> {
        if self.is_positive() {
            Ok(self)
        } else {
            Err(AmountError::NotPositive {
                value: self.to_decimal_string(),
            })
        }
    }
}

/// A plain decimal, taken apart. Trailing zeros of the fraction are left out: they mean nothing.
struct Digits<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Digits<'a> {
    fn scan(text: &'a str) -> Result<Self, AmountError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        if are_digits(whole) && fraction.is_none_or(are_digits) {
            let fraction = fraction.unwrap_or_default().trim_end_matches('0');
            Ok(Self {
                negative,
                whole,
                fraction,
            })
        } else {
            Err(AmountError::NotADecimal { value: quote(text) })
        }
    }

    /// The digits as one whole number, the fraction filled up with zeros to `places`; `None` if it does not fit.
    fn magnitude(&self, places: usize) -> Option<i128> {
        let filling = places.saturating_sub(self.fraction.len());
        let digits = self.whole.bytes().chain(self.fraction.bytes());
        digits
            .chain(std::iter::repeat_n(b'0', filling))
            .try_fold(0_i128, |sum, digit| {
                sum.checked_mul(10)?
                    .checked_add(i128::from(digit.checked_sub(b'0')?))
            })
    }
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn text_of(value: &Value) -> Result<&str, AmountError> {
    match value {
        Value::Number(number) => Ok(number.as_str()),
        Value::String(text) => Ok(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(AmountError::NotADecimal {
            value: kind_of(value).to_owned(),
        }),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
    }
}

/// The value in quotes, its control characters escaped, cut after its first characters.
fn quote(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn read(json: &str, code: &str) -> Result<i64, AmountError> {
        let value: Value = serde_json::from_str(json).unwrap();
        Money::from_json(&value, currency(code)).map(Money::minor)
    }

    #[test]
    fn amounts_are_read_to_the_digit() {
        for (json, code, minor) in [
            ("120", "BRL", 12_000),
            ("120.0", "BRL", 12_000),
            ("120.000", "BRL", 12_000),
            ("\"120.0\"", "BRL", 12_000),
            ("\"007.50\"", "BRL", 750),
            ("\"0.01\"", "BRL", 1),
            ("-0.01", "BRL", -1),
            ("-0", "BRL", 0),
            ("0.1", "KWD", 100),
            ("1200", "JPY", 1_200),
            ("1200.00", "JPY", 1_200),
            ("0.0001", "CLF", 1),
            ("92233720368547758.07", "BRL", i64::MAX),
            ("-92233720368547758.08", "BRL", i64::MIN),
        ] {
            assert_eq!(read(json, code), Ok(minor), "{json} {code}");
        }
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for json in [
            "1e2",
            "1E-2",
            "\"1e400\"",
            "\"+1\"",
            "\"\"",
            "\" 1\"",
            "\"1 \"",
            "\".5\"",
            "\"5.\"",
            "\"-\"",
            "\"--1\"",
            "\"1,000.00\"",
            "\"1_000\"",
            "\"NaN\"",
            "\"Infinity\"",
            "\"1.2.3\"",
            "\"0x10\"",
            "\"١٢\"",
            "\".\"",
            "\"-.\"",
            "null",
            "true",
            "[1]",
            "{}",
        ] {
            assert!(
                matches!(read(json, "BRL"), Err(AmountError::NotADecimal { .. })),
                "{json}"
            );
        }
    }

    #[test]
    fn a_digit_too_many_is_refused_not_rounded() {
        assert!(matches!(
            read("0.001", "BRL"),
            Err(AmountError::TooPrecise { .. })
        ));
        assert!(matches!(read("1.5", "JPY"), Err(AmountError::TooPrecise { .. })));
        assert!(matches!(
            read("\"1.00001\"", "CLF"),
            Err(AmountError::TooPrecise { .. })
        ));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for json in [
            "92233720368547758.08",
            "-92233720368547758.09",
            "1000000000000000000000000000000000000000",
        ] {
            assert!(
                matches!(read(json, "BRL"), Err(AmountError::OutOfRange { .. })),
                "{json}"
            );
        }
    }

    #[test]
    fn zero_and_less_are_refused_where_they_make_no_sense() {
        let read = |json: &str| {
            let value: Value = serde_json::from_str(json).unwrap();
            Money::positive_from_json(&value, currency("BRL"))
        };
        assert_eq!(read("0.01").unwrap().minor(), 1);
        for json in ["0", "-0.00", "-5"] {
            let refused = read(json).unwrap_err();
            assert!(matches!(refused, AmountError::NotPositive { .. }), "{json}");
            assert_eq!(refused.code(), "invalid_amount");
        }
    }

    #[test]
    fn an_error_quotes_the_value_cut_short() {
        let long = format!("\"{}\"", "é".repeat(100));
        let message = read(&long, "BRL").unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("\"{}\"… is not an amount", "é".repeat(40))),
            "{message}"
        );
        let message = read("0.001", "BRL").unwrap_err().to_string();
        assert_eq!(
            message,
            "\"0.001\" is too precise: BRL has 2 digits after the point"
        );
    }

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        assert_eq!(parse_decimal("12.50").unwrap(), Decimal::new(125, 1));
        assert_eq!(parse_decimal("-0").unwrap(), Decimal::ZERO);
        assert_eq!(
            parse_decimal(&format!("1.{}", "0".repeat(60))).unwrap(),
            Decimal::ONE
        );
        assert!(parse_decimal("0.0000000000000000000000000001").is_ok());
        for text in [
            "0.00000000000000000000000000001",
            "99999999999999999999999999999",
            "1.00000000000000000000000000005",
        ] {
            assert!(
                matches!(parse_decimal(text), Err(AmountError::OutOfRange { .. })),
                "{text}"
            );
        }
        assert!(decimal_from_json(&serde_json::json!("1e2")).is_err());
    }
}
