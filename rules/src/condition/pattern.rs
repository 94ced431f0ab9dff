//! Regular expressions: compiled when the rule is saved, within bounds for each and for all of a rule.
//!
//! A pattern of a few bytes can compile to a megabyte (`\w{30}`), and a document has room for thousands.

use std::cell::Cell;

use regex::{Error, Regex, RegexBuilder};
use serde_json::Value;

use crate::read::{kind_of, shown};

/// The longest pattern.
const MAX_LENGTH_BYTES: usize = 1_024;
/// How much memory a compiled pattern may take: each size is tried, and charged, until one suffices.
const SIZES_BYTES: [usize; 4] = [16 << 10, 64 << 10, 256 << 10, 1 << 20];
/// What is charged at least for each byte of a pattern: long ones take long to read, whatever they compile to.
const BYTES_PER_BYTE: usize = 256;
/// What may be charged for all patterns of one rule: enough for a small one in each node.
const MAX_TOTAL_BYTES: usize = 16 << 20;

/// Compiles the patterns of one rule.
pub(crate) struct Patterns {
    left_bytes: Cell<usize>,
}

impl Default for Patterns {
    fn default() -> Self {
        Self {
            left_bytes: Cell::new(MAX_TOTAL_BYTES),
        }
    }
}

impl Patterns {
    /// Compiles the pattern that a value holds, or says in a sentence why not.
    pub(super) fn compile(&self, value: &Value) -> Result<Regex, String> {
        let Value::String(text) = value else {
            let kind = kind_of(value);
            return Err(format!(
                "`matches` needs a regular expression, and this is {kind}."
            ));
        };
        if text.len() > MAX_LENGTH_BYTES {
            return Err(format!(
                "A regular expression has at most {MAX_LENGTH_BYTES} characters."
            ));
        }
        let mut result = Err(Error::CompiledTooBig(0));
        for size in SIZES_BYTES {
            self.charge(size.max(text.len() * BYTES_PER_BYTE))?;
            result = RegexBuilder::new(text).size_limit(size).build();
            if !matches!(result, Err(Error::CompiledTooBig(_))) {
                break;
            }
        }
        result.map_err(|error| {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default();
            let reason = reason.trim_start_matches("error: ");
            format!("{} is not a regular expression: {reason}.", shown(value))
        })
    }

    fn charge(&self, bytes: usize) -> Result<(), String> {
        let left = self.left_bytes.get().checked_sub(bytes).ok_or_else(|| {
            let most = MAX_TOTAL_BYTES >> 20;
            format!(
                "The regular expressions of a rule take at most {most} MiB of memory, and these take more."
            )
        })?;
        self.left_bytes.set(left);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_may_have_a_small_pattern() {
        let patterns = Patterns::default();
        for number in 0..1_000 {
            assert!(patterns.compile(&format!("^[a-z]+-{number}$").into()).is_ok());
        }
    }

    #[test]
    fn few_nodes_may_have_a_large_one() {
        let patterns = Patterns::default();
        let large = Value::from(r"\w{15}");
        let compiled = (0..1_000)
            .take_while(|_| patterns.compile(&large).is_ok())
            .count();
        assert!((5..20).contains(&compiled), "{compiled}");
        assert!(patterns.compile(&large).unwrap_err().contains("16 MiB"));
    }

    #[test]
    fn what_is_too_large_is_charged_too() {
        let patterns = Patterns::default();
        let too_large = Value::from("(a{1000}){1000}");
        assert!(
            patterns
                .compile(&too_large)
                .unwrap_err()
                .contains("is not a regular expression")
        );
        while !patterns.compile(&too_large).unwrap_err().contains("16 MiB") {}
    }
}
