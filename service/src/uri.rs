//! What a request may be addressed to. Left alone, the router drops a path parameter that is not UTF-8
//! and reads a broken escape as itself; and no path holds U+0000, which not every store can keep. Nor has it segments that
//! lead upwards (RFC 3986, 5.2.4): clients take them out, and whoever a path is handed on to would do so too.

use poem::http::{Method, Uri};

use crate::Problem;

/// Refuses what is not a path, escapes that are broken or not UTF-8, U+0000, and segments that lead upwards.
pub(crate) fn check(method: &Method, uri: &Uri) -> Result<(), Problem> {
    if method == Method::CONNECT || !uri.path().starts_with('/') {
        return Err(Problem::bad_request(
            "malformed_uri",
            "The request must name a path, such as `/healthz`.",
        ));
    }
    for (part, text) in [("path", uri.path()), ("query", uri.query().unwrap_or_default())] {
        let fault = match decoded(text) {
            None => "has a broken percent-encoding, or is not UTF-8",
            // In the query it is the parameter's fault, and told as such.
            Some(text) if part == "path" && text.contains('\0') => "holds U+0000, which no text may",
            Some(_) => continue,
        };
        let detail = format!("The {part} of the address {fault}.");
        return Err(Problem::bad_request("malformed_uri", detail));
    }
    if leads_upwards(uri.path()) {
        let detail = "The path of the address has a segment `.` or `..`, or a backslash.";
        return Err(Problem::bad_request("malformed_uri", detail));
    }
    Ok(())
}

/// Browsers, and what reads addresses as they do (WHATWG URL), take a backslash for a slash, and an escaped dot for a dot.
fn leads_upwards(path: &str) -> bool {
    let is_dots = |segment: &str| matches!(decoded(segment).as_deref(), Some("." | ".."));
    path.contains('\\') || path.split('/').any(is_dots)
}

/// A text without its escapes; none if they are broken, or it is not UTF-8 then.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let (high, low) = bytes.next().and_then(nibble).zip(bytes.next().and_then(nibble))?;
        decoded.push(high << 4 | low);
    }
    String::from_utf8(decoded).ok()
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
    fn no_text_holds_u_0000() {
        let checked = |uri: &str| check(&Method::GET, &uri.parse().unwrap());
        assert_eq!(checked("/a%00b").unwrap_err().code(), "malformed_uri");
        assert!(checked("/a%01b?c=%00").is_ok());
    }

    #[test]
    fn no_path_leads_upwards() {
        let checked = |uri: &str| check(&Method::GET, &uri.parse().unwrap());
        for path in [
            "/a/..",
            "/a/../b",
            "/./a",
            "/a/%2e%2E/b",
            "/a/.%2e?b",
            "/a/..\\..\\b",
        ] {
            let problem = checked(path).unwrap_err();
            assert_eq!(problem.code(), "malformed_uri", "{path}");
        }
        for path in ["/a..b/...", "/.well-known", "/a?b=../c", "/a/%5c"] {
            assert!(checked(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn escapes_are_whole_and_utf_8() {
        for text in ["", "/a/b", "%C3%A9", "%c3%a9%20", "100%25"] {
            assert!(decoded(text).is_some(), "{text}");
        }
        for text in ["%", "%4", "%zz", "%ff", "%C3", "%C3%28", "%+1"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
