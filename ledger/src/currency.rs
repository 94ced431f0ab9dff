//! Currencies: the codes and minor units of ISO 4217.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency of ISO 4217 that has a minor unit, such as `BRL` with two digits.
///
/// Codes without one (gold, the testing code, "no currency") cannot be paid in and are refused when read, so
/// every value of this type has an [`exponent`](Self::exponent).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    iso: iso_currency::Currency,
    exponent: u8,
}

/// Why a text is not a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CurrencyError {
    /// The text is no code of ISO 4217.
    #[error("{found:?} is not a currency: expected a code of ISO 4217 in capitals, such as BRL")]
    Unknown {
        /// The beginning of what was found.
        found: String,
    },
    /// ISO 4217 lists the code, but gives it no minor unit.
    #[error("{code} has no minor unit in ISO 4217, so no amount can be stated in it")]
    NoMinorUnit {
        /// The code.
        code: &'static str,
    },
}

impl CurrencyError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "invalid_currency"
    }
}

impl Currency {
    /// The three letters of ISO 4217, such as `BRL`.
    pub fn code(self) -> &'static str {
        self.iso.code()
    }

    /// How many decimal digits the minor unit is away: 2 for BRL, 0 for JPY, 3 for KWD.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(iso) = iso_currency::Currency::from_code(text) else {
            return Err(CurrencyError::Unknown {
                found: text.chars().take(16).collect(),
            });
        };
        let exponent = iso.exponent().and_then(|digits| u8::try_from(digits).ok());
        match exponent {
            Some(exponent) => Ok(Self { iso, exponent }),
            None => Err(CurrencyError::NoMinorUnit { code: iso.code() }),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code that can be read, by trying all three-letter words.
    fn readable() -> Vec<Currency> {
        let letters = || 'A'..='Z';
        letters()
            .flat_map(|a| letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}"))))
            .filter_map(|code| code.parse().ok())
            .collect()
    }

    fn with_exponent(exponent: u8) -> Vec<&'static str> {
        readable()
            .into_iter()
            .filter(|found| found.exponent() == exponent)
            .map(Currency::code)
            .collect()
    }

    /// ISO 4217, list one, column "Minor unit".
    #[test]
    fn exponents_are_those_of_iso_4217() {
        let none = [
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
            "XAF", "XOF", "XPF",
        ];
        assert_eq!(with_exponent(0), none);
        assert_eq!(
            with_exponent(3),
            ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
        );
        assert_eq!(with_exponent(4), ["CLF", "UYW"]);
        let two = with_exponent(2);
        for code in ["BRL", "USD", "EUR", "MXN", "MRU", "MGA", "HUF", "TWD", "IDR"] {
            assert!(two.contains(&code), "{code}");
        }
        assert_eq!(readable().len(), two.len() + 17 + 7 + 2);
    }

    #[test]
    fn codes_without_minor_units_are_refused() {
        for code in ["XAU", "XAG", "XPT", "XDR", "XTS", "XXX"] {
            let refused = code.parse::<Currency>();
            assert!(
                matches!(refused, Err(CurrencyError::NoMinorUnit { .. })),
                "{code}"
            );
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "brl", "BR", "BRLX", " BRL", "R$", "ZZZ"] {
            assert!(
                matches!(text.parse::<Currency>(), Err(CurrencyError::Unknown { .. })),
                "{text:?}"
            );
        }
    }

    #[test]
    fn its_json_is_its_code() {
        let currency: Currency = serde_json::from_str("\"KWD\"").unwrap();
        assert_eq!(currency.exponent(), 3);
        assert_eq!(serde_json::to_string(&currency).unwrap(), "\"KWD\"");
        assert!(serde_json::from_str::<Currency>("\"XAU\"").is_err());
    }
}
