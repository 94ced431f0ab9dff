//! Dialogs: the browser's own, which keep the focus inside and close on Escape.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::{
    icons::{Icon, Sign},
    words::words,
};

/// A dialog, open as long as it is shown. `on_close` has to take it away. While it is `held` nobody leaves it: no key, no
/// click, nor the page's own shortcuts.
#[component]
pub(crate) fn Dialog(
    #[prop(into)] title: String,
    on_close: Callback<()>,
    #[prop(default = "")] class: &'static str,
    #[prop(default = Signal::stored(false), into)] held: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let before = document()
        .active_element()
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(before);
    on_cleanup(move || {
        // Back to where the reader was; if that is gone, there is nothing to go back to.
        let _ = before.try_get_value().flatten().map(|element| element.focus());
    });
    Effect::new(move |_| {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // It is in the document, and not open: it cannot refuse.
            let _ = dialog.show_modal();
            // Where nothing asks for the focus the browser gives it to the first button, which closes the dialog.
            if !matches!(dialog.query_selector("[autofocus]"), Ok(Some(_))) {
                let _ = dialog.focus();
            }
        }
    });
    Effect::new(move |_| {
        // The button that had the focus may be disabled now: without it no key would reach the dialog.
        if held.get()
            && let Some(dialog) = node.get_untracked()
        {
            let _ = dialog.focus();
        }
    });
    let closed = move |_| match node.get_untracked() {
        // A browser may ask once only, and close at the next Escape.
        Some(dialog) if held.get_untracked() => {
            let _ = dialog.show_modal();
        }
        _ => on_close.run(()),
    };
    // A click on what lies around the dialog is a click on the dialog itself.
    let close_outside = move |click: web_sys::MouseEvent| {
        let is_outside = node.get_untracked().is_some_and(|dialog| {
            let dialog: &web_sys::EventTarget = dialog.as_ref();
            click.target().as_ref() == Some(dialog)
        });
        if is_outside && !held.get_untracked() {
            on_close.run(());
        }
    };
    let label = title.clone();
    view! {
        <dialog
            node_ref=node
            class=format!("dialog {class}")
            aria-label=label
            tabindex="-1"
            on:close=closed
            on:cancel=move |event: web_sys::Event| {
                if held.get_untracked() {
                    event.prevent_default();
                }
            }
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if held.get_untracked() {
                    event.stop_propagation();
                    // A second Escape would close it before it can refuse, and the next key would reach the page.
                    if event.key() == "Escape" {
                        event.prevent_default();
                    }
                }
            }
            on:mousedown=close_outside
        >
            <div class="dialog-body">
                <header>
                    <h2>{title}</h2>
                    <button
                        class="button quiet icon"
                        type="button"
                        aria-label=words().common.close
                        disabled=held
                        on:click=move |_| on_close.run(())
                    >
                        <Sign icon=Icon::Close />
                    </button>
                </header>
                {children()}
            </div>
        </dialog>
    }
}

/// Asks once before something that is not undone by a click.
#[component]
pub(crate) fn Confirm(
    #[prop(into)] title: String,
    #[prop(into)] meaning: String,
    #[prop(into)] action: String,
    on_yes: Callback<()>,
    on_close: Callback<()>,
) -> impl IntoView {
    let yes = move |_| {
        on_yes.run(());
        // What was said yes to may have taken the page away, and the question with it.
        let _ = on_close.try_run(());
    };
    view! {
        <Dialog title=title on_close=on_close class="narrow">
            <p class="meaning">{meaning}</p>
            <footer>
                <button class="button" type="button" on:click=move |_| on_close.run(())>
                    {words().common.cancel}
                </button>
                <button class="button primary" type="button" on:click=yes>
                    {action}
                </button>
            </footer>
        </Dialog>
    }
}
