//! `/docs`: Swagger UI, which brings its scripts and styles inside its one page.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use poem::{Endpoint, Response, endpoint::make_sync, http::header};
use sha2::{Digest as _, Sha256};

/// The page, with a policy that lets it run exactly the scripts that it came with. It may ask this service, and nobody
/// else. Its styles are set by script as well, which no hash can name.
pub(crate) fn endpoint(page: String) -> impl Endpoint<Output = Response> + 'static {
    let policy = policy(&page);
    let page = Bytes::from(page);
    make_sync(move |_| {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::CONTENT_SECURITY_POLICY, policy.as_str())
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::REFERRER_POLICY, "no-referrer")
            .body(page.clone())
    })
}

fn policy(page: &str) -> String {
    let mut policy = String::from("default-src 'none'; script-src");
    for script in scripts(page) {
        let hash = STANDARD.encode(Sha256::digest(script));
        // Writing to a string cannot fail.
        let _ = write!(policy, " 'sha256-{hash}'");
    }
    policy
        + "; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; \
              form-action 'none'; frame-ancestors 'none'"
}

/// The texts of the page's scripts, each up to the first `</script`, as a browser reads them.
fn scripts(page: &str) -> impl Iterator<Item = &str> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let (_, opened) = rest.split_once("<script")?;
        let (_, text) = opened.split_once('>')?;
        let (script, after) = text.split_once("</script")?;
        rest = after;
        Some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scripts_of_the_page_are_named_by_their_hashes() {
        let page = "<script charset=\"UTF-8\">alert(1)</script><p>a</p><script></script >";
        assert_eq!(scripts(page).collect::<Vec<_>>(), ["alert(1)", ""]);
        let policy = policy(page);
        assert!(
            policy.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-eval"), "{policy}");
    }
}
