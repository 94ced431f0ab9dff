//! The inspector: what is selected, member by member. It opens with a selection.

mod call;
mod condition;
mod edge_panel;
mod expected_value;
mod failing;
mod node_panel;
mod note_panel;
mod number_field;
mod panel;
mod raw;
mod rule_panel;
mod schema_field;
mod values;

use canvas::selection::Item;
use leptos::prelude::*;
use serde_json::Value;

pub(super) use self::number_field::Numbers;
use self::{
    edge_panel::EdgePanel, node_panel::NodePanel, note_panel::NotePanel, panel::Panel, rule_panel::RulePanel,
};
use super::Editor;

/// What the inspector is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    One(Item),
    Several(usize),
    Rule,
}

/// The inspector, while anything is selected.
#[component]
pub(super) fn Inspector() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let subject = Memo::new(move |_| {
        editor
            .board
            .selection
            .with(|selection| match (selection.only(), selection.len()) {
                (Some(item), _) => Some(Subject::One(item.clone())),
                (None, 0) => editor.shows_rule.get().then_some(Subject::Rule),
                (None, count) => Some(Subject::Several(count)),
            })
    });
    move || {
        let content = match subject.get()? {
            Subject::One(Item::Node(id)) => view! { <NodePanel id=id /> }.into_any(),
            Subject::One(Item::Edge(edge)) => view! { <EdgePanel edge=edge /> }.into_any(),
            Subject::One(Item::Note(id)) => view! { <NotePanel id=id /> }.into_any(),
            Subject::Several(count) => {
                view! { <Panel title=(editor.texts.inspector.several)(count) /> }.into_any()
            }
            Subject::Rule => view! { <RulePanel /> }.into_any(),
        };
        Some(view! {
            <aside class="inspector" aria-label=editor.texts.inspector.title>
                {content}
            </aside>
        })
    }
}

/// A field with its label above it.
#[component]
fn Labelled(
    label: &'static str,
    /// The member that it is for, as findings name it.
    pointer: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="labelled" data-pointer=pointer>
            <span>{label}</span>
            {children()}
        </label>
    }
}

/// What a list of expectations belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Owner {
    /// A condition.
    Node(String),
    /// The rule: which events it is for.
    Rule,
}

impl Editor {
    /// Sets a member of a node; typing goes on as one step. Nothing takes it away.
    fn set_member(self, node: &str, member: &str, value: Option<Value>) {
        let key = canvas::history::MergeKey::field(node, member);
        let edit = canvas::edit::Edit::SetMember {
            node: node.to_owned(),
            member: member.to_owned(),
            value,
        };
        self.type_edit(edit, key);
    }

    /// Sets a member of the rule; typing goes on as one step.
    fn set_rule(self, member: &str, value: Option<Value>) {
        let key = canvas::history::MergeKey::field("rule", member);
        let edit = canvas::edit::Edit::SetRule {
            member: member.to_owned(),
            value,
        };
        self.type_edit(edit, key);
    }

    /// Does something that joins the step before it if that has the same key.
    pub(super) fn type_edit(self, edit: canvas::edit::Edit, key: canvas::history::MergeKey) {
        if let Err(error) = self.board.edit_merging(edit, key) {
            let text = (self.texts.refused)(&error);
            self.toasts.say(crate::parts::Tone::Error, text);
        }
    }

    /// A member of a node, followed.
    fn member(self, node: &str, member: &str) -> Option<Value> {
        let board = self.board;
        board.follow(|document| document.node(node)?.members.get(member).cloned())
    }
}
