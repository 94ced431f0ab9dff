//! Answers with the application's files.

use poem::{
    Endpoint, Request, Response, Result,
    endpoint::{make, make_sync},
    error::NotFoundError,
    http::{HeaderValue, StatusCode, header},
};

use super::{
    encoding::Encoding,
    files::{Ui, UiFile},
    headers,
};

/// A name that changes with its content: what it holds, it holds for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The page names the files of this release, so a browser asks each time whether it still does.
const ASK: &str = "no-cache";

/// The page, or that it is still the one that the browser has.
pub(super) fn page(ui: &Ui) -> impl Endpoint<Output = Response> + 'static {
    let ui = ui.clone();
    make_sync(move |request| {
        let (page, encoding) = (ui.page(), Encoding::of(&request));
        let tag = tag(page, encoding);
        let is_known = request
            .headers()
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .any(|line| names(line, &tag));
        let mut response = if is_known {
            guarded(StatusCode::NOT_MODIFIED, ASK)
        } else {
            sent(page, encoding, ASK)
        };
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    })
}

/// A file of the application.
pub(super) fn asset(ui: &Ui) -> impl Endpoint<Output = Response> + 'static {
    let ui = ui.clone();
    make(move |request: Request| {
        let answer = find(&ui, &request);
        async move { answer }
    })
}

fn find(ui: &Ui, request: &Request) -> Result<Response> {
    let name = request.raw_path_param("name").unwrap_or_default();
    let file = ui.asset(name).ok_or(NotFoundError)?;
    Ok(sent(file, Encoding::of(request), FOR_EVER))
}

/// Each form of the page is a representation of its own, with a tag of its own (RFC 9110, section 8.8.3.3).
fn tag(page: &UiFile, encoding: Encoding) -> String {
    let suffix = encoding.name().map(|name| format!("-{name}")).unwrap_or_default();
    format!("\"{}{suffix}\"", page.hash)
}

/// Whether `If-None-Match` names the tag. Ours hold no comma, so that the list can be split there.
fn names(line: &str, tag: &str) -> bool {
    let known = |item: &str| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag;
    line.split(',').map(str::trim).any(known)
}

fn sent(file: &UiFile, encoding: Encoding, cached: &'static str) -> Response {
    let mut response = guarded(StatusCode::OK, cached);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response.set_body(encoding.copy_of(file));
    response
}

fn guarded(status: StatusCode, cached: &'static str) -> Response {
    let response = Response::builder()
        .status(status)
        .header(header::CACHE_CONTROL, cached)
        .header(header::VARY, "Accept-Encoding");
    headers::guarded(response.finish())
}
