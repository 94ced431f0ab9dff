//! The list of problems; a click leads to the node, and to the field.

use canvas::selection::{Item, Selection};
use leptos::prelude::*;

use super::{
    Editor, focus,
    problems::{Finding, node_of, place_of},
};
use crate::{icons::Sign, parts::Tone};

/// Errors first, then warnings.
#[component]
pub(super) fn ProblemList() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.problems;
    move || {
        let found = editor.problems.all();
        if !editor.problems.are_known() {
            return view! { <p class="drawer-hint">{words.checking}</p> }.into_any();
        }
        if found.findings.is_empty() && found.warnings.is_empty() {
            return view! { <p class="drawer-hint">{words.none}</p> }.into_any();
        }
        let errors = found.findings.iter().map(|finding| (Tone::Error, finding));
        let warnings = found.warnings.iter().map(|finding| (Tone::Failure, finding));
        let rows = errors
            .chain(warnings)
            .map(|(tone, finding)| view! { <Row tone=tone finding=finding.clone() /> });
        view! { <ul class="problems">{rows.collect_view()}</ul> }.into_any()
    }
}

#[component]
fn Row(tone: Tone, finding: Finding) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let node = editor.board.with(|document| {
        let id = node_of(document, &finding.pointer)?;
        document
            .node(id)
            .map(|node| (id.to_owned(), node.name().to_owned()))
    });
    let name = node.as_ref().map(|(_, name)| name.clone());
    let place = place_of(&finding.pointer).to_owned();
    let go = move |_| match &node {
        Some((id, _)) => editor.go_to(id, &place),
        None => editor.go_to_rule(&place),
    };
    view! {
        <li>
            <button type="button" class=tone.class() on:click=go data-code=finding.code.clone()>
                <Sign icon=tone.icon() />
                <span>{finding.detail.clone()}</span>
                {name.map(|name| view! { <small class="muted">{name}</small> })}
            </button>
        </li>
    }
}

impl Editor {
    /// Selects a node, shows it, and puts the focus on what the inspector has for a place in it.
    fn go_to(self, id: &str, place: &str) {
        self.select(Item::Node(id.to_owned()));
        self.board.reveal(id);
        focus::place(place);
    }

    /// Opens the rule's settings, and puts the focus on what there is for a place in the rule.
    fn go_to_rule(self, place: &str) {
        self.board.selection.update(Selection::clear);
        self.shows_rule.set(true);
        focus::place(place);
    }
}
