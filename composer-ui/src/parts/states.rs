//! What stands in place of a list: not there yet, nothing there, not to be had.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    icons::{Icon, Sign},
    navigation::navigation,
    words::words,
};

/// Grey lines where lines will be.
#[component]
pub(crate) fn Skeleton(#[prop(default = 8)] lines: usize) -> impl IntoView {
    let lines = (0..lines).map(|_| view! { <div class="skeleton-row"><i></i><i></i><i></i></div> });
    view! {
        <div class="skeleton" role="status" aria-label=words().common.loading>
            {lines.collect_view()}
        </div>
    }
}

/// An empty page teaches: a sentence, and what to do.
#[component]
pub(crate) fn Empty(
    icon: Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-sign"><Sign icon=icon /></span>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// What happened, and a way to try again.
#[component]
pub(crate) fn Failed(error: ApiError, on_retry: Callback<()>) -> impl IntoView {
    let words = words();
    let page = navigation().page_untracked();
    // What is not there is not there the next time either: the way to those that are.
    let list = Some(page.list()).filter(|list| error.is_refusal() && *list != page);
    let list = list.map(|list| view! { <a class="button" href=list.path()>{list.title(words)}</a> });
    let reference = error.reference().map(|reference| {
        view! { <p class="reference">{words.common.reference} " " <code>{reference.to_owned()}</code></p> }
    });
    view! {
        <div class="empty failed" role="alert">
            <span class="empty-sign"><Sign icon=Icon::Warning /></span>
            <h2>{words.faults.page_failed}</h2>
            <p>{error.message(words)}</p>
            {reference}
            {list}
            <button class="button" type="button" on:click=move |_| on_retry.run(())>
                {words.common.retry}
            </button>
        </div>
    }
}
