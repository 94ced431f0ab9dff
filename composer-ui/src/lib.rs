//! The browser application: what a company's rules are, what they did, and what could not be done.
//!
//! It knows the composer's HTTP API and nothing behind it. Everything has a URL: a page, its filters, what is opened on
//! it. Under the server's policy no style is written into the document: what is computed is set through the CSSOM
//! (`style:` in a view), all else stands in `styles/`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "what a component is given is its own"
)]
#![expect(
    unreachable_pub,
    reason = "what the macro `component` writes beside a component is `pub`"
)]

mod api;
mod app;
mod built;
mod bundles;
mod companies;
mod editor;
mod feed;
mod formats;
mod frame;
mod graph_view;
mod icons;
mod navigation;
mod pages;
mod parts;
mod preferences;
mod query;
mod reading;
mod routes;
mod storage;
mod words;

use leptos::{mount::mount_to_body, prelude::*};

/// Starts the application as most visits need it, and no more. Links to other pages load another of the programs.
pub fn start() {
    mount_to_body(|| view! { <app::App bundle=&bundles::PAGES /> });
}

/// Starts the application with the pages that draw graphs.
pub fn start_with_canvas() {
    mount_to_body(|| view! { <app::App bundle=&bundles::CANVAS /> });
}

/// Starts the application with the pages of money alone.
pub fn start_with_money() {
    mount_to_body(|| view! { <app::App bundle=&bundles::MONEY /> });
}
