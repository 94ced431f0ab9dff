//! Moments.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment: RFC 3339, in UTC, as text. Browsers read that by themselves; a library that does would be a sixth of what
/// they have to load. It does not order as text: fractions have as many digits as they need.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(String);

impl Time {
    /// The moment as it is written, such as `2026-01-31T09:30:00.125Z`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(feature = "openapi")]
impl From<jiff::Timestamp> for Time {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(moment.to_string())
    }
}
