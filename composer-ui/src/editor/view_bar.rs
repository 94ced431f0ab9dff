//! The buttons of the view: nearer, farther, all of it.

use leptos::prelude::*;

use super::{Editor, header::Tool};
use crate::icons::Icon;

/// The buttons of the view, with the scale between them.
#[component]
pub(super) fn ViewBar() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let scale = Memo::new(move |_| (editor.board.view.get().scale * 100.0).round());
    view! {
        <div class="view-bar" role="toolbar" aria-label=editor.texts.view>
            <Tool
                icon=Icon::Dash
                label=editor.texts.zoom_out
                on_click=Callback::new(move |()| editor.zoom_by(1.0 / 1.2))
            />
            <button
                class="button quiet scale"
                type="button"
                title=editor.texts.life_size
                on:click=move |_| editor.zoom_to_life()
            >
                {scale}
                " %"
            </button>
            <Tool
                icon=Icon::Plus
                label=editor.texts.zoom_in
                on_click=Callback::new(move |()| editor.zoom_by(1.2))
            />
            <Tool icon=Icon::Fit label=editor.texts.fit on_click=Callback::new(move |()| editor.board.fit()) />
        </div>
    }
}
