//! What stands where the application would, in a program that was built without it.

use poem::{
    Endpoint, Response,
    endpoint::make_sync,
    http::{StatusCode, header},
};

use super::headers;

const PAGE: &str = "\
<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>MoneyFlow</title>
<h1>MoneyFlow runs, without its browser application</h1>
<p>This program was built without it. To build it:
<pre>cargo run --release --package ui-build
cargo build --release --package moneyflow</pre>
<p><code>make up</code> does both. The API is here: <a href=\"/docs\">/docs</a>.
";

/// Answers 404, since the page that was asked for is not here, with what to do about it.
pub(super) fn page() -> impl Endpoint<Output = Response> + 'static {
    make_sync(|_| {
        let response = Response::builder()
            .status(StatusCode::NOT_FOUND)
            .content_type("text/html; charset=utf-8")
            .header(header::CACHE_CONTROL, "no-cache")
            .body(PAGE);
        headers::guarded(response)
    })
}
