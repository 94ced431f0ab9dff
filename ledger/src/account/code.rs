//! What an account is called: its code, and the key that makes it unique.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::Currency;

/// How long a code may be, in bytes.
const MAX_LENGTH: usize = 128;

/// The name of an account within its company, such as `revenue` or `merchant:42:payable`.
///
/// 1 to 128 of `A-Z a-z 0-9 _ - . : @ /`. Segments are parted by `:`, and the first may be a name of the
/// [standard chart](crate::chart). Cloning is cheap: the text is shared.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountCode(Arc<str>);

/// A text that is no account code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not an account code: expected 1 to 128 of A-Z a-z 0-9 _ - . : @ /")]
pub struct AccountCodeError {
    found: String,
}

impl AccountCodeError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "invalid_account"
    }
}

impl AccountCode {
    /// Reads a code.
    ///
    /// # Errors
    ///
    /// The text is empty, too long, or has a character that codes do not.
    pub fn new(text: impl AsRef<str> + Into<Arc<str>>) -> Result<Self, AccountCodeError> {
        let found = text.as_ref();
        if (1..=MAX_LENGTH).contains(&found.len()) && found.bytes().all(is_code_byte) {
            Ok(Self(text.into()))
        } else {
            Err(AccountCodeError {
                found: found.chars().take(40).collect(),
            })
        }
    }

    /// The code of the account through which one currency becomes another; a company has one in each currency.
    pub fn exchange() -> Self {
        Self(Arc::from("exchange"))
    }

    /// The code of the account that first balances come from; a company has one in each currency.
    pub fn funding() -> Self {
        Self(Arc::from("funding"))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_code_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'@' | b'/')
}

impl FromStr for AccountCode {
    type Err = AccountCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl AsRef<str> for AccountCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for AccountCode {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for AccountCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for AccountCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for AccountCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for AccountCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// What makes an account unique: its company, its code and its currency.
///
/// Keys order by company, then code, then currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey {
    /// The company that the account belongs to.
    pub company_id: Uuid,
    /// The account's name within the company.
    pub code: AccountCode,
    /// The one currency that the account is kept in.
    pub currency: Currency,
}

impl AccountKey {
    /// The key of the account `code` of a company in a currency.
    pub const fn new(company_id: Uuid, code: AccountCode, currency: Currency) -> Self {
        Self {
            company_id,
            code,
            currency,
        }
    }
}

/// `revenue (BRL)`; the company is left out, since messages go to that company.
impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_1_to_128_plain_characters() {
        for text in ["revenue", "merchant:42:payable", "A-b_c.d@e/f", &"x".repeat(128)] {
            assert_eq!(AccountCode::new(text).unwrap().as_str(), text);
        }
        for text in ["", " revenue", "receita líquida", "a+b", "a\0", &"x".repeat(129)] {
            assert_eq!(
                AccountCode::new(text).unwrap_err().code(),
                "invalid_account",
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_json_of_a_code_is_checked_as_well() {
        let code: AccountCode = serde_json::from_str("\"bank\"").unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"bank\"");
        assert!(serde_json::from_str::<AccountCode>("\"a b\"").is_err());
    }

    #[test]
    fn keys_order_by_company_code_and_currency() {
        let key = |company: u128, code: &str, currency: &str| {
            AccountKey::new(
                Uuid::from_u128(company),
                code.parse().unwrap(),
                currency.parse().unwrap(),
            )
        };
        let ordered = [
            key(1, "a", "BRL"),
            key(1, "a", "USD"),
            key(1, "b", "BRL"),
            key(2, "a", "BRL"),
        ];
        assert!(ordered.is_sorted());
        assert_eq!(ordered[0].to_string(), "a (BRL)");
    }
}
