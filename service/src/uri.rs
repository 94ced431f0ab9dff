//! What a request may be addressed to. Left alone, the router drops a path parameter that is not UTF-8
//! and reads a broken escape as itself.

use poem::http::{Method, Uri};

use crate::Problem;

/// Refuses what is not a path, and escapes that are broken or not UTF-8.
pub(crate) fn check(method: &Method, uri: &Uri) -> Result<(), Problem> {
    if method == Method::CONNECT || !uri.path().starts_with('/') {
        return Err(Problem::bad_request(
            "malformed_uri",
            "The request must name a path, such as `/healthz`.",
        ));
    }
    for (part, text) in [("path", uri.path()), ("query", uri.query().unwrap_or_default())] {
        if !is_utf8_escaped(text) {
            let detail = format!("The {part} of the address has a broken percent-encoding, or is not UTF-8.");
            return Err(Problem::bad_request("malformed_uri", detail));
        }
    }
    Ok(())
}

fn is_utf8_escaped(text: &str) -> bool {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let Some((high, low)) = bytes.next().and_then(nibble).zip(bytes.next().and_then(nibble)) else {
            return false;
        };
        decoded.push(high << 4 | low);
    }
    std::str::from_utf8(&decoded).is_ok()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_whole_and_utf_8() {
        for text in ["", "/a/b", "%C3%A9", "%c3%a9%20", "100%25"] {
            assert!(is_utf8_escaped(text), "{text}");
        }
        for text in ["%", "%4", "%zz", "%ff", "%C3", "%C3%28", "%+1"] {
            assert!(!is_utf8_escaped(text), "{text}");
        }
    }
}
