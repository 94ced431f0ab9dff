//! Any sequence of edits, undone in reverse, gives back the equal document.

use canvas::clipboard::{Clip, duplicate};
use canvas::document::{self, Document, EdgeId, Node, NodeKind, Note};
use canvas::edit::{self, Edit};
use canvas::geometry::{NODE_SIZE, Orientation, Point, Rect, Vector};
use canvas::history::{History, MergeKey};
use canvas::selection::{Item, Selection};
use canvas::{layout, splice};
use proptest::prelude::*;
use rules::model::EdgeState;
use serde_json::{Value, json};

/// What a user, or a bug, may try. Numbers choose among what there is, and a little beyond.
#[derive(Debug, Clone)]
enum Try {
    Add {
        after: usize,
        kind: bool,
        position: bool,
        index: usize,
    },
    Remove(Vec<usize>),
    Move(usize, i16, i16),
    Unplace(usize),
    Rename(usize, usize),
    ChangeId(usize, usize),
    Set(usize, usize, usize),
    Replace(usize, usize),
    Connect(usize, usize, usize),
    Disconnect(usize),
    Restate(usize, usize),
    Redirect(usize, usize, bool),
    Rule(usize, usize),
    Note(usize, usize),
    Paste(Vec<usize>),
    Splice(usize, usize),
    Arrange(bool),
    Everything(usize),
    Several(Vec<Try>),
}

fn one() -> impl Strategy<Value = Try> {
    let n = || 0..9_usize;
    prop_oneof![
        (n(), any::<bool>(), any::<bool>(), n()).prop_map(|(after, kind, position, index)| Try::Add {
            after,
            kind,
            position,
            index
        }),
        prop::collection::vec(n(), 0..4).prop_map(Try::Remove),
        (n(), any::<i16>(), any::<i16>()).prop_map(|(id, x, y)| Try::Move(id, x, y)),
        n().prop_map(Try::Unplace),
        (n(), n()).prop_map(|(from, to)| Try::Rename(from, to)),
        (n(), n()).prop_map(|(from, to)| Try::ChangeId(from, to)),
        (n(), n(), n()).prop_map(|(id, member, value)| Try::Set(id, member, value)),
        (n(), n()).prop_map(|(id, other)| Try::Replace(id, other)),
        (n(), n(), 0..4_usize).prop_map(|(source, target, state)| Try::Connect(source, target, state)),
        n().prop_map(Try::Disconnect),
        (n(), 0..4_usize).prop_map(|(edge, state)| Try::Restate(edge, state)),
        (n(), n(), any::<bool>()).prop_map(|(edge, to, end)| Try::Redirect(edge, to, end)),
        (n(), n()).prop_map(|(member, value)| Try::Rule(member, value)),
        (n(), n()).prop_map(|(id, what)| Try::Note(id, what)),
        prop::collection::vec(n(), 0..4).prop_map(Try::Paste),
        (n(), n()).prop_map(|(edge, id)| Try::Splice(edge, id)),
        any::<bool>().prop_map(Try::Arrange),
        n().prop_map(Try::Everything),
    ]
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let several = prop::collection::vec(one(), 1..4).prop_map(Try::Several);
    prop::collection::vec(prop_oneof![8 => one(), 1 => several], 1..40)
}

fn id(number: usize) -> String {
    format!("node-{number}")
}

fn value(number: usize) -> Option<Value> {
    let values = [
        json!("text"),
        json!(null),
        json!({"path": "$context.nodes['node-1'].output.x", "text": "No {{ $context.nodes['node-2'].state }}"}),
        json!([{"field": "$context.nodes['node-3'].state", "operator": "eq", "value": 1.50}]),
        json!("any"),
        json!(5),
    ];
    values.get(number).cloned()
}

fn edge_at(document: &Document, number: usize) -> EdgeId {
    let edges: Vec<EdgeId> = document.edges().map(|edge| edge.id()).collect();
    edges
        .get(number)
        .cloned()
        .unwrap_or_else(|| EdgeId::new("node-0", "node-1"))
}

fn nodes(numbers: &[usize]) -> Vec<Item> {
    numbers.iter().map(|number| Item::Node(id(*number))).collect()
}

/// The edit, if it can be planned at all.
fn plan(document: &Document, attempt: &Try) -> Option<Edit> {
    Some(match attempt {
        Try::Add {
            after,
            kind,
            position,
            index,
        } => {
            let kind = if *kind {
                NodeKind::Condition
            } else {
                NodeKind::Task
            };
            let mut node = Node::new(id((after + index) % 9), kind).with("label", "New");
            if document.node(&id(*after)).is_some() {
                node = node.after(id(*after), EdgeState::Any);
            }
            let position = position.then(|| Point::new(1.0, 2.0));
            Edit::AddNode {
                node: Box::new(node),
                position,
                index: Some(*index),
            }
        }
        Try::Remove(numbers) if numbers.len() % 2 == 0 => {
            let mut items = nodes(numbers);
            items.push(Item::Edge(edge_at(document, numbers.len())));
            edit::remove(document, &items)
        }
        Try::Remove(numbers) => Edit::RemoveNodes(numbers.iter().map(|number| id(*number)).collect()),
        Try::Move(number, x, y) => edit::move_by(
            document,
            &nodes(&[*number]),
            Vector::new(f64::from(*x), f64::from(*y)),
        ),
        Try::Unplace(number) => Edit::Place(vec![
            (id(*number), None),
            (id(*number), Some(Point::new(7.0, 7.0))),
        ]),
        Try::Rename(from, to) => edit::rename(document, &id(*from), &id(*to)).ok()?,
        Try::ChangeId(from, to) => Edit::ChangeId {
            from: id(*from),
            to: id(*to),
        },
        Try::Set(number, member, new) => {
            let names = ["label", "parameters", "expect", "join", "zeta", "node_id"];
            let member = names.get(*member).unwrap_or(&"label");
            Edit::SetMember {
                node: id(*number),
                member: (*member).to_owned(),
                value: value(*new),
            }
        }
        Try::Replace(number, other) => {
            let mut node = document.node(&id(*other))?.clone();
            node.id = id(*number);
            Edit::ReplaceNode(Box::new(node))
        }
        Try::Connect(source, target, state) => {
            edit::connect(&id(*source), EdgeState::ALL[*state], &id(*target))
        }
        Try::Disconnect(number) => Edit::RemoveEdge(edge_at(document, *number)),
        Try::Restate(number, state) => Edit::Restate {
            edge: edge_at(document, *number),
            state: EdgeState::ALL[*state],
        },
        Try::Redirect(number, to, true) => {
            edit::redirect_target(document, &edge_at(document, *number), &id(*to)).ok()?
        }
        Try::Redirect(number, to, false) => {
            edit::redirect_source(document, &edge_at(document, *number), &id(*to), EdgeState::Any).ok()?
        }
        Try::Rule(member, new) => {
            let names = ["name", "description", "when", "alpha", "rules"];
            let member = (*names.get(*member).unwrap_or(&"name")).to_owned();
            Edit::SetRule {
                member,
                value: value(*new),
            }
        }
        Try::Note(number, what) => {
            let area = Rect::new(Point::new(0.0, 16.0), NODE_SIZE);
            let note = Note {
                id: format!("note-{number}"),
                text: "Hi".to_owned(),
                area,
            };
            match what % 3 {
                0 => Edit::AddNote {
                    note,
                    index: Some(*what),
                },
                1 => Edit::SetNote(note),
                _ => Edit::RemoveNote(note.id),
            }
        }
        Try::Paste(numbers) if numbers.len() % 2 == 0 => {
            duplicate(document, &nodes(numbers).into_iter().collect())?.edit
        }
        Try::Paste(numbers) => {
            let selection: Selection = nodes(numbers).into_iter().collect();
            let clip = Clip::of(document, &selection)?;
            let clip = Clip::parse(&clip.to_text()).expect("what was copied can be pasted");
            clip.paste_at(document, Point::new(640.0, 480.0)).edit
        }
        Try::Splice(edge, number) => {
            let edge = edge_at(document, *edge);
            splice::insert_existing(document, &edge, &id(*number)).or_else(|| {
                splice::insert(
                    document,
                    &edge,
                    Node::new(id(*number), NodeKind::Task),
                    Point::default(),
                )
            })?
        }
        Try::Arrange(down) => {
            let orientation = if *down {
                Orientation::TopDown
            } else {
                Orientation::LeftRight
            };
            layout::arrange(document, orientation)
        }
        Try::Everything(number) => {
            let mut other = document.clone();
            other.apply(&Edit::set(id(*number), "label", "Replaced")).ok()?;
            Edit::Replace(Box::new(other))
        }
        Try::Several(tries) => {
            // Planned against one document and applied one after another: not all of these fit.
            Edit::All(
                tries
                    .iter()
                    .filter_map(|attempt| plan(document, attempt))
                    .collect(),
            )
        }
    })
}

fn start() -> Document {
    document::from_json(&json!({
        "company_id": "x",
        "name": "start",
        "rules": [
            {"node_id": "node-1", "node_type": "condition", "expect": []},
            {"node_id": "node-2", "node_type": "task", "depends_on": [{"node_id": "node-1", "state": "success"}],
             "parameters": {"a": "$context.nodes['node-1'].state"}},
            {"node_id": "node-3", "node_type": "task", "depends_on": [
                {"node_id": "node-1", "state": "failure"}, {"node_id": "node-2", "state": "any"}]}
        ],
        "layout": {"node-1": {"x": 0, "y": 0, "colour": "red"}, "node-7": {"x": 3, "y": 3}, "node-3": {"x": 9, "y": 300}}
    }))
    .unwrap()
}

/// Equal, and written alike.
fn assert_same(one: &Document, other: &Document) {
    assert_eq!(one, other);
    assert_eq!(one.to_json().to_string(), other.to_json().to_string());
}

/// What every document promises: it can be read back, which refuses doubled ids, loose and doubled edges.
fn assert_sound(document: &Document) {
    let read = document::parse(&document.to_json().to_string()).unwrap();
    assert!(read.means_the_same(document));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_inverse_is_exact(tries in tries()) {
        let mut document = start();
        let mut past = Vec::new();
        for attempt in &tries {
            let Some(edit) = plan(&document, attempt) else { continue };
            let before = document.clone();
            match document.apply(&edit) {
                Ok(inverse) => {
                    assert_sound(&document);
                    past.push((before, inverse));
                }
                Err(_) => assert_same(&document, &before),
            }
        }
        for (before, inverse) in past.into_iter().rev() {
            document.apply(&inverse).expect("an inverse fits");
            assert_same(&document, &before);
        }
    }

    #[test]
    fn history_goes_back_and_forth(tries in tries(), merges in prop::collection::vec(0..4_u8, 40)) {
        let mut history = History::new(start());
        let mut steps = vec![start()];
        for (attempt, how) in tries.iter().zip(merges) {
            let Some(edit) = plan(history.document(), attempt) else { continue };
            let done = match how {
                0 => history.commit_merging(edit, MergeKey::nudge()).is_ok(),
                1 => {
                    history.begin();
                    let shown = history.preview(Edit::set("node-1", "label", "on the way")).is_ok();
                    let done = history.preview(edit).is_ok();
                    history.finish();
                    done || shown
                }
                _ => history.commit(edit).is_ok(),
            };
            if done {
                steps.push(history.document().clone());
            }
        }
        let last = history.document().clone();
        while history.can_undo() {
            history.undo();
            prop_assert!(steps.contains(history.document()), "every step back was seen on the way");
        }
        assert_same(history.document(), &start());
        prop_assert!(!history.is_dirty());
        while history.can_redo() {
            history.redo();
        }
        assert_same(history.document(), &last);
    }
}

#[test]
fn renaming_takes_edges_paths_and_the_position_along() {
    let mut document = start();
    let edit = edit::rename(&document, "node-1", "is_book").unwrap();
    document.apply(&edit).unwrap();
    assert_eq!(
        document.edge_state(&EdgeId::new("is_book", "node-2")),
        Some(EdgeState::Success)
    );
    assert_eq!(
        document.node("node-2").unwrap().parameters().unwrap()["a"],
        "$context.nodes.is_book.state"
    );
    assert_eq!(document.position("is_book"), Some(Point::default()));
    assert_eq!(document.index_of("is_book"), Some(0));
    assert_eq!(document.to_json()["layout"]["is_book"]["colour"], "red");
    assert!(edit::rename(&document, "is_book", "node-2").is_err());
    assert!(edit::rename(&document, "is_book", "no spaces").is_err());
    assert!(edit::rename(&document, "nobody", "x").is_err());
}

#[test]
fn removing_a_node_removes_its_edges_on_both_sides() {
    let mut document = start();
    let edit = edit::remove(&document, &[Item::Node("node-2".to_owned())]);
    let inverse = document.apply(&edit).unwrap();
    assert_eq!(document.edges().count(), 1);
    document.apply(&inverse).unwrap();
    assert_eq!(document, start());
    let touched = edit::Touched::of(&edit, &inverse);
    let edges: Vec<EdgeId> = touched.edges.into_iter().collect();
    assert_eq!(
        edges,
        [EdgeId::new("node-1", "node-2"), EdgeId::new("node-2", "node-3")]
    );
}

#[test]
fn all_or_nothing() {
    let mut document = start();
    let edits = vec![
        Edit::set("node-1", "label", "Changed"),
        edit::connect("node-2", EdgeState::Any, "nobody"),
    ];
    assert!(document.apply(&Edit::All(edits)).is_err());
    assert_eq!(document, start());
}
