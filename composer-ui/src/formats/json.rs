//! JSON, laid out to be read.

use serde_json::Value;

/// The same document over several lines, every digit kept; the text itself if it is not JSON.
pub(crate) fn pretty(text: &str) -> String {
    let value: Result<Value, _> = serde_json::from_str(text);
    let written = value.and_then(|value| serde_json::to_string_pretty(&value));
    written.unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_order_are_kept() {
        assert_eq!(
            pretty(r#"{"b":1.50,"a":[]}"#),
            "{\n  \"b\": 1.50,\n  \"a\": []\n}"
        );
        assert_eq!(pretty("{broken"), "{broken");
    }
}
