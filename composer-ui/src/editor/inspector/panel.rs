//! What every panel of the inspector consists of: a head, the fields below it, and what is done with what is selected.

use canvas::selection::{Item, Selection};
use leptos::prelude::*;

use crate::editor::Editor;

/// As what something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Fields,
    Json,
}

impl Form {
    fn other(self) -> Self {
        match self {
            Self::Fields => Self::Json,
            Self::Json => Self::Fields,
        }
    }
}

/// Fields below their heading, or all of it as JSON, where there is any. In a version that is only looked at fields take
/// nothing; JSON does not stand among them, so that it can be read to its end and copied.
#[component]
pub(super) fn Panel(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] json: Option<ViewFn>,
    #[prop(optional)] children: Option<ChildrenFn>,
) -> impl IntoView {
    let is_read_only = expect_context::<Editor>().board.is_read_only;
    let form = RwSignal::new(Form::Fields);
    let switch = json.is_some().then(|| view! { <FormSwitch form=form /> });
    let body = move || match (form.get(), &json) {
        (Form::Json, Some(json)) => json.run(),
        _ => view! {
            <fieldset class="panel-fields" disabled=is_read_only>
                {children.as_ref().map(|children| children())}
            </fieldset>
        }
        .into_any(),
    };
    view! {
        <div class="panel">
            <header class="panel-head">
                <h2>{title}</h2>
                {switch}
            </header>
            {body}
            <SelectionActions />
        </div>
    }
}

/// Changes between fields and JSON.
#[component]
fn FormSwitch(form: RwSignal<Form>) -> impl IntoView {
    let words = &expect_context::<Editor>().texts.inspector;
    let word = move || match form.get() {
        Form::Fields => words.json,
        Form::Json => words.form,
    };
    view! {
        <button
            class="button quiet small"
            type="button"
            aria-pressed=move || (form.get() == Form::Json).to_string()
            on:click=move |_| form.update(|form| *form = form.other())
        >
            {word}
        </button>
    }
}

/// What can be done with what is selected, if that is anything.
#[component]
fn SelectionActions() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let selection = editor.board.selection;
    let may_delete =
        Memo::new(move |_| !editor.board.is_read_only.get() && selection.with(|all| !all.is_empty()));
    let may_duplicate = Memo::new(move |_| selection.with(is_copied));
    let action = move |word: &'static str, act: fn(Editor)| {
        view! {
            <button class="button small" type="button" on:click=move |_| act(editor)>
                {word}
            </button>
        }
    };
    move || {
        may_delete.get().then(|| {
            view! {
                <div class="panel-actions">
                    {may_duplicate.get().then(|| action(words.duplicate, Editor::duplicate))}
                    {action(words.delete, Editor::delete)}
                </div>
            }
        })
    }
}

/// Edges are copied with their nodes, never alone.
fn is_copied(selection: &Selection) -> bool {
    selection.items().any(|item| !matches!(item, Item::Edge(_)))
}

#[cfg(test)]
mod tests {
    use canvas::document::EdgeId;

    use super::*;

    #[test]
    fn an_edge_alone_is_not_duplicated() {
        let mut selection = Selection::new();
        selection.set(Item::Edge(EdgeId::new("a", "b")));
        assert!(!is_copied(&selection));
        selection.add([Item::Note("n".to_owned())]);
        assert!(is_copied(&selection));
    }
}
