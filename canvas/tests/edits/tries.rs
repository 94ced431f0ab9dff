//! What a user, or a bug, may try. Numbers choose among what there is, and a little beyond.

use canvas::clipboard::{Clip, duplicate};
use canvas::document::{Document, EdgeId, Node, NodeKind, Note};
use canvas::edit::{self, Edit};
use canvas::geometry::{NODE_SIZE, Orientation, Point, Rect, Vector};
use canvas::selection::{Item, Selection};
use canvas::{layout, splice};
use proptest::prelude::*;
use proptest::sample::select;
use rules::model::EdgeState;
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub(crate) enum Try {
    Add(Box<Node>, Option<Point>, usize),
    AddAfter(String, String),
    RemoveItems(Vec<Item>, usize),
    RemoveNodes(Vec<String>),
    Move(Vec<Item>, Vector),
    Unplace(String),
    Rename(String, String),
    ChangeId(String, String),
    Set(String, &'static str, Option<Value>),
    Replace(String, String),
    Connect(String, EdgeState, String),
    Disconnect(usize),
    Restate(usize, EdgeState),
    RedirectTarget(usize, String),
    RedirectSource(usize, String, EdgeState),
    Rule(&'static str, Option<Value>),
    AddNote(Note, usize),
    SetNote(Note),
    RemoveNote(String),
    Duplicate(Vec<Item>),
    Paste(Vec<Item>),
    Splice(usize, String),
    Arrange(Orientation),
    Everything(String),
    Several(Vec<Try>),
}

/// Sequences of tries.
pub(crate) fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = || prop_oneof![on_nodes(), on_edges(), on_others()];
    let several = prop::collection::vec(one(), 1..4).prop_map(Try::Several);
    prop::collection::vec(prop_oneof![8 => one(), 1 => several], 1..40)
}

fn on_nodes() -> impl Strategy<Value = Try> {
    let kind = || select(vec![NodeKind::Condition, NodeKind::Task]);
    let node = (id(), kind()).prop_map(|(id, kind)| Box::new(Node::new(id, kind).with("label", "New")));
    let place = || (-500..500_i16, -500..500_i16).prop_map(|(x, y)| Point::new(x.into(), y.into()));
    let member = select(vec!["label", "parameters", "expect", "join", "zeta", "node_id"]);
    prop_oneof![
        (node, prop::option::of(place()), 0..9_usize).prop_map(|(node, at, index)| Try::Add(node, at, index)),
        (id(), id()).prop_map(|(id, after)| Try::AddAfter(id, after)),
        (items(), 0..5_usize).prop_map(|(items, edge)| Try::RemoveItems(items, edge)),
        prop::collection::vec(id(), 0..3).prop_map(Try::RemoveNodes),
        (items(), place()).prop_map(|(items, to)| Try::Move(items, to - Point::default())),
        id().prop_map(Try::Unplace),
        (id(), id()).prop_map(|(from, to)| Try::Rename(from, to)),
        (id(), id()).prop_map(|(from, to)| Try::ChangeId(from, to)),
        (id(), member, value()).prop_map(|(id, member, value)| Try::Set(id, member, value)),
        (id(), id()).prop_map(|(id, other)| Try::Replace(id, other)),
    ]
}

fn on_edges() -> impl Strategy<Value = Try> {
    let state = || select(EdgeState::ALL.to_vec());
    let edge = || 0..5_usize;
    prop_oneof![
        (id(), state(), id()).prop_map(|(source, state, target)| Try::Connect(source, state, target)),
        edge().prop_map(Try::Disconnect),
        (edge(), state()).prop_map(|(edge, state)| Try::Restate(edge, state)),
        (edge(), id()).prop_map(|(edge, to)| Try::RedirectTarget(edge, to)),
        (edge(), id(), state()).prop_map(|(edge, to, state)| Try::RedirectSource(edge, to, state)),
        (edge(), id()).prop_map(|(edge, id)| Try::Splice(edge, id)),
    ]
}

fn on_others() -> impl Strategy<Value = Try> {
    let member = select(vec!["name", "description", "when", "alpha", "rules"]);
    let note = || {
        (0..3_u8, any::<bool>()).prop_map(|(number, says)| Note {
            id: format!("note-{number}"),
            text: if says { "Hi".to_owned() } else { String::new() },
            area: Rect::new(Point::new(number.into(), 16.0), NODE_SIZE),
        })
    };
    let orientation = select(vec![Orientation::TopDown, Orientation::LeftRight]);
    prop_oneof![
        (member, value()).prop_map(|(member, value)| Try::Rule(member, value)),
        (note(), 0..3_usize).prop_map(|(note, index)| Try::AddNote(note, index)),
        note().prop_map(Try::SetNote),
        note().prop_map(|note| Try::RemoveNote(note.id)),
        items().prop_map(Try::Duplicate),
        items().prop_map(Try::Paste),
        orientation.prop_map(Try::Arrange),
        id().prop_map(Try::Everything),
    ]
}

fn id() -> impl Strategy<Value = String> + Clone {
    (0..7_u8).prop_map(|number| format!("node-{number}"))
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    prop::collection::vec(id().prop_map(Item::Node), 0..4)
}

fn value() -> impl Strategy<Value = Option<Value>> {
    let path =
        json!({"a": "$context.nodes['node-1'].output.x", "b": "No {{ $context.nodes['node-2'].state }}"});
    let list = json!([{"field": "$context.nodes['node-3'].state", "operator": "eq", "value": 1.50}]);
    select(vec![
        None,
        Some(json!("any")),
        Some(json!(null)),
        Some(path),
        Some(list),
    ])
}

/// The edit, if it can be planned at all.
pub(crate) fn plan(document: &Document, attempt: &Try) -> Option<Edit> {
    match attempt.clone() {
        Try::Add(node, position, index) => Some(Edit::AddNode {
            node,
            position,
            index: Some(index),
        }),
        Try::AddAfter(id, source) => {
            let node = Node::new(id, NodeKind::Task);
            Some(splice::insert_after(
                &source,
                EdgeState::Any,
                node,
                Point::default(),
            ))
        }
        Try::RemoveItems(mut items, edge) => {
            items.extend(edge_at(document, edge).map(Item::Edge));
            Some(edit::remove(document, &items))
        }
        Try::RemoveNodes(ids) => Some(Edit::RemoveNodes(ids)),
        Try::Move(items, offset) => Some(edit::move_by(document, &items, offset)),
        Try::Unplace(id) => Some(Edit::Place(vec![
            (id.clone(), None),
            (id, Some(Point::new(7.0, 7.0))),
        ])),
        Try::Rename(from, to) => edit::rename(document, &from, &to).ok(),
        Try::ChangeId(from, to) => Some(Edit::ChangeId { from, to }),
        Try::Set(node, member, value) => Some(Edit::SetMember {
            node,
            member: member.to_owned(),
            value,
        }),
        Try::Replace(id, other) => {
            let node = document.node(&other)?.clone();
            Some(Edit::ReplaceNode(Box::new(Node { id, ..node })))
        }
        other => plan_edge(document, &other).or_else(|| plan_other(document, other)),
    }
}

fn plan_edge(document: &Document, attempt: &Try) -> Option<Edit> {
    match attempt {
        Try::Connect(source, state, target) => Some(edit::connect(source, *state, target)),
        Try::Disconnect(edge) => edge_at(document, *edge).map(Edit::RemoveEdge),
        Try::Restate(edge, state) => {
            edge_at(document, *edge).map(|edge| Edit::Restate { edge, state: *state })
        }
        Try::RedirectTarget(edge, to) => edit::redirect_target(document, &edge_at(document, *edge)?, to).ok(),
        Try::RedirectSource(edge, to, state) => {
            edit::redirect_source(document, &edge_at(document, *edge)?, to, *state).ok()
        }
        Try::Splice(edge, id) => {
            let edge = edge_at(document, *edge)?;
            let node = Node::new(id, NodeKind::Task);
            splice::insert_existing(document, &edge, id)
                .or_else(|| splice::insert(document, &edge, node, Point::default()))
        }
        _ => None,
    }
}

fn plan_other(document: &Document, attempt: Try) -> Option<Edit> {
    match attempt {
        Try::Rule(member, value) => Some(Edit::SetRule {
            member: member.to_owned(),
            value,
        }),
        Try::AddNote(note, index) => Some(Edit::AddNote {
            note,
            index: Some(index),
        }),
        Try::SetNote(note) => Some(Edit::SetNote(note)),
        Try::RemoveNote(id) => Some(Edit::RemoveNote(id)),
        Try::Duplicate(items) => Some(duplicate(document, &items.into_iter().collect())?.edit),
        Try::Paste(items) => {
            let selection: Selection = items.into_iter().collect();
            let text = Clip::of(document, &selection)?.to_text();
            let clip = Clip::parse(&text).expect("what was copied can be pasted");
            Some(clip.paste_at(document, Point::new(640.0, 480.0)).edit)
        }
        Try::Arrange(orientation) => Some(layout::arrange(document, orientation)),
        Try::Everything(id) => {
            let mut other = document.clone();
            other.apply(&Edit::set(id, "label", "Replaced")).ok()?;
            Some(Edit::Replace(Box::new(other)))
        }
        // Planned against one document and applied one after another: not all of these fit.
        Try::Several(tries) => Some(Edit::All(
            tries
                .iter()
                .filter_map(|attempt| plan(document, attempt))
                .collect(),
        )),
        _ => None,
    }
}

fn edge_at(document: &Document, number: usize) -> Option<EdgeId> {
    document.edges().nth(number).map(|edge| edge.id())
}
