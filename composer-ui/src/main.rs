//! The browser application.

use leptos::prelude::*;

fn main() {
    mount_to_body(|| view! { <h1>"MoneyFlow"</h1> });
}
