//! Several lines of text.

use leptos::prelude::*;

/// A field for several lines, with its label above it.
#[component]
pub(crate) fn TextArea(
    label: &'static str,
    /// Where in a document the text stands, for what leads there.
    pointer: &'static str,
    rows: u8,
    #[prop(into)] text: Signal<String>,
    /// Hears of every letter.
    on_type: Callback<String>,
    /// Hears that somebody is done typing.
    on_rest: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="labelled" data-pointer=pointer>
            <span>{label}</span>
            <textarea
                class="field"
                rows=rows
                prop:value=text
                on:input=move |event| on_type.run(event_target_value(&event))
                on:change=move |_| on_rest.run(())
            ></textarea>
        </label>
    }
}
