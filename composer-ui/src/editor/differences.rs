//! What differs between two documents, in words.

use canvas::{
    difference::{Difference, EdgeChange, MemberChange},
    document::{Document, NodeKind},
    words::exit,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use super::Editor;

/// What differs from a document to the one on the canvas.
#[component]
pub(super) fn Differences(difference: Difference, before: Document) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.versions;
    if difference.is_empty() {
        return view! { <p class="muted">{words.same}</p> }.into_any();
    }
    let name = move |id: &str| {
        let now = editor
            .board
            .with(|document| document.node(id).map(|node| node.name().to_owned()));
        let then = || before.node(id).map(|node| node.name().to_owned());
        now.or_else(then).unwrap_or_else(|| id.to_owned())
    };
    let named = |ids: &[String]| ids.iter().map(|id| name(id)).collect::<Vec<_>>().join(", ");
    let line = |class: &'static str, title: &'static str, text: String| {
        (!text.is_empty()).then(|| {
            view! {
                <p class=class>
                    <b>{title}</b>
                    " "
                    {text}
                </p>
            }
        })
    };
    let changed = difference.changed.iter().map(|change| {
        let members: Vec<&str> = change
            .members
            .iter()
            .map(|member| member.member.as_str())
            .collect();
        format!("{} ({})", name(&change.id), members.join(", "))
    });
    let changed = changed.collect::<Vec<_>>().join("; ");
    let edges: Vec<String> = difference
        .edges
        .iter()
        .map(|edge| edge_text(editor, &name, edge))
        .collect();
    let moved = (!difference.moved.is_empty())
        .then(|| view! { <p class="muted">{(words.moved)(difference.moved.len())}</p> });
    let notes = difference
        .notes
        .then(|| view! { <p class="muted">{words.notes}</p> });
    view! {
        <div class="differences">
            {line("added", words.added, named(&difference.added))}
            {line("removed", words.removed, named(&difference.removed))}
            {line("changed", words.changed, changed)}
            {line("changed", words.edges, edges.join("; "))}
            {line("changed", words.of_rule, members_text(&difference.rule))}
            {moved}
            {notes}
        </div>
    }
    .into_any()
}

fn members_text(changes: &[MemberChange]) -> String {
    let names: Vec<&str> = changes.iter().map(|change| change.member.as_str()).collect();
    names.join(", ")
}

fn edge_text(editor: Editor, name: &dyn Fn(&str) -> String, change: &EdgeChange) -> String {
    let kind = editor
        .board
        .with(|document| document.node(&change.edge.source).map(|node| node.kind));
    let word = |state: Option<EdgeState>| match state {
        Some(state) => exit(kind.unwrap_or(NodeKind::Task), state, editor.board.language()),
        None => "–",
    };
    let (source, target) = (name(&change.edge.source), name(&change.edge.target));
    format!(
        "{source} → {target} ({} → {})",
        word(change.before),
        word(change.after)
    )
}
