//! One request: sent, awaited, read.

use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, Request, RequestInit, Response};

use super::problem::ApiError;

/// How long the answer to what is carried out once is waited for: longer than the composer waits for the payments API, so
/// that who knows more can say so.
const CHANGE_DEADLINE_MS: u32 = 40_000;

/// How a request is made.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// Asks for what is at `path`.
pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ApiError> {
    answer(Method::Get, path, None).await
}

/// Sends a request, with a body of JSON if there is one, and reads the answer.
pub(super) async fn answer<T: DeserializeOwned>(
    method: Method,
    path: &str,
    body: Option<&str>,
) -> Result<T, ApiError> {
    read(&sent(method, path, body, &[]).await?)
}

/// Sends a request that is refused with 412 unless what it changes still has this tag.
pub(super) async fn answer_if<T: DeserializeOwned>(
    method: Method,
    path: &str,
    body: &str,
    tag: &str,
) -> Result<T, ApiError> {
    read(&sent(method, path, Some(body), &[("If-Match", tag)]).await?)
}

/// Posts what is carried out once, however often it is sent under this key. What is answered is read elsewhere.
pub(super) async fn post_once(path: &str, body: &str, key: &str) -> Result<(), ApiError> {
    let more = [("Idempotency-Key", key)];
    let request = request(Method::Post, path, Some(body), &more, Some(CHANGE_DEADLINE_MS));
    match answered(request).await? {
        (true, _) => Ok(()),
        (false, text) => Err(ApiError::of_answer(&text)),
    }
}

fn read<T: DeserializeOwned>((is_ok, text): &(bool, String)) -> Result<T, ApiError> {
    if *is_ok {
        serde_json::from_str(text).map_err(|_| ApiError::Unreadable)
    } else {
        Err(ApiError::of_answer(text))
    }
}

async fn sent(
    method: Method,
    path: &str,
    body: Option<&str>,
    more: &[(&str, &str)],
) -> Result<(bool, String), ApiError> {
    answered(request(method, path, body, more, None)).await
}

async fn answered(request: Result<Request, JsValue>) -> Result<(bool, String), ApiError> {
    // What is malformed here is malformed by this page.
    let request = request.map_err(|_| ApiError::Unreadable)?;
    let unreachable = |_: JsValue| ApiError::Unreachable;
    let response = JsFuture::from(window().fetch_with_request(&request))
        .await
        .map_err(unreachable)?;
    let response: Response = response.dyn_into().map_err(unreachable)?;
    let text = JsFuture::from(response.text().map_err(unreachable)?)
        .await
        .map_err(unreachable)?;
    Ok((response.ok(), text.as_string().unwrap_or_default()))
}

fn request(
    method: Method,
    path: &str,
    body: Option<&str>,
    more: &[(&str, &str)],
    deadline_ms: Option<u32>,
) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    for (name, value) in more {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(method.name());
    if let Some(body) = body {
        headers.set("Content-Type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    if let Some(deadline_ms) = deadline_ms {
        init.set_signal(Some(&AbortSignal::timeout_with_u32(deadline_ms)));
    }
    Request::new_with_str_and_init(path, &init)
}
