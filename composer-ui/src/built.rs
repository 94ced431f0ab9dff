//! What the build tool wrote into the page: where files are that are loaded when they are needed. Their names change with
//! what they hold.

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlMetaElement;

/// The path of such a file; none if the page has no word of it.
pub(crate) fn path_of(file: &str) -> Option<String> {
    let meta = document().query_selector(&format!("meta[name='moneyflow-{file}']"));
    let meta: HtmlMetaElement = meta.ok()??.dyn_into().ok()?;
    Some(meta.content())
}
