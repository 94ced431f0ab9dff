//! The graph as a list, in the order in which nodes run: for whoever reads rather than looks.

use canvas::{document::NodeKind, outline::outline, selection::Item, words::exit};
use leptos::prelude::*;
use rules::model::EdgeState;

use super::{Editor, focus};
use crate::parts::Dialog;

/// The list, while it is open.
#[component]
pub(super) fn NodeList() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.list;
    let close = Callback::new(move |()| editor.shows_list.set(false));
    move || {
        editor.shows_list.get().then(move || {
            let title = |task: &str| editor.board.title(task);
            let entries = editor
                .board
                .with(|document| outline(document, &title, editor.board.language()));
            let rows = entries.into_iter().map(move |entry| {
                let id = entry.id.clone();
                view! {
                    <Row
                        item=Item::Node(id)
                        kind=(words.wave)(entry.wave)
                        text=entry.sentence(editor.board.language())
                        on_close=close
                    />
                }
            });
            let others = editor.in_reading_order().into_iter().filter_map(move |item| {
                let kind = match item {
                    Item::Node(_) => return None,
                    Item::Edge(_) => editor.texts.inspector.edge,
                    Item::Note(_) => editor.texts.inspector.note,
                };
                let text = editor.name_of(&item);
                Some(view! { <Row item=item kind=kind.to_owned() text=text on_close=close /> })
            });
            view! {
                <Dialog title=words.title on_close=close class="wide">
                    <ol class="node-list">{rows.collect_view()} {others.collect_view()}</ol>
                </Dialog>
            }
        })
    }
}

/// A node, an edge or a note: a press selects it on the canvas.
#[component]
fn Row(item: Item, kind: String, text: String, on_close: Callback<()>) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let go = move |_| {
        on_close.run(());
        editor.show(item.clone());
        focus::canvas();
    };
    view! {
        <li>
            <button type="button" on:click=go>
                <small class="muted">{kind}</small>
                <span>{text}</span>
            </button>
        </li>
    }
}

/// Connecting without a pointer: from which exit, to which node.
#[component]
pub(super) fn ConnectDialog() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.list;
    let close = Callback::new(move |()| {
        editor.connects.set(None);
        focus::canvas();
    });
    move || {
        let source = editor.connects.get()?;
        Some(view! {
            <Dialog title=words.connect on_close=close class="narrow">
                <ConnectForm source=source on_close=close />
            </Dialog>
        })
    }
}

#[component]
fn ConnectForm(source: String, on_close: Callback<()>) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.list;
    let board = editor.board;
    let kind = board.with(|document| document.node(&source).map(|node| node.kind));
    let kind = kind.unwrap_or(NodeKind::Task);
    let state = RwSignal::new(EdgeState::Success);
    let of = source.clone();
    let targets = Memo::new(move |_| {
        board.with(|document| {
            let targets = canvas::connect::valid_targets(document, &of, state.get());
            let targets = targets.ok();
            let ids = targets.iter().flat_map(canvas::connect::Targets::iter);
            ids.filter_map(|id| Some((id.to_owned(), document.node(id)?.name().to_owned())))
                .collect::<Vec<_>>()
        })
    });
    let target = RwSignal::new(None::<String>);
    let chosen = move || {
        target
            .get()
            .or_else(|| targets.with(|all| Some(all.first()?.0.clone())))
    };
    let exits = kind.exits().iter().map(move |&option| {
        let word = match option {
            EdgeState::Any => editor.texts.inspector.any,
            option => exit(kind, option, board.language()),
        };
        view! { <option value=option.as_str()>{word}</option> }
    });
    let choose_state = move |event| {
        let name = event_target_value(&event);
        if let Some(found) = kind.exits().iter().find(|option| option.as_str() == name) {
            state.set(*found);
        }
    };
    let connect = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let Some(target) = untrack(chosen) {
            on_close.run(());
            editor.hand.connect(&source, state.get_untracked(), &target);
            editor.say_connected(&source, &target);
        }
    };
    view! {
        <form class="connect" on:submit=connect>
            <label class="labelled">
                <span>{editor.texts.inspector.edge_when}</span>
                <select class="field" autofocus=true on:change=choose_state>
                    {exits.collect_view()}
                </select>
            </label>
            <label class="labelled">
                <span>{words.to}</span>
                <select class="field" name="target" on:change=move |event| target.set(Some(event_target_value(&event)))>
                    {move || {
                        targets
                            .get()
                            .into_iter()
                            .map(|(id, name)| view! { <option value=id>{name}</option> })
                            .collect_view()
                    }}
                </select>
            </label>
            {move || targets.with(Vec::is_empty).then(|| view! { <p class="help">{words.no_targets}</p> })}
            <footer class="panel-actions">
                <button class="button primary" type="submit" disabled=move || targets.with(Vec::is_empty)>
                    {words.connect}
                </button>
            </footer>
        </form>
    }
}
