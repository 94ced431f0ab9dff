//! One gesture is one step.
#![expect(clippy::unwrap_used, reason = "a test says so by panicking")]

use canvas::document::{Document, Node, NodeKind};
use canvas::edit::{self, Edit};
use canvas::geometry::{Point, Vector};
use canvas::history::{History, MergeKey};
use canvas::selection::{Item, Selection};
use rules::model::EdgeState;

/// a → b, saved.
fn history() -> History {
    let mut document = Document::new("x", "r");
    for (id, y) in [("a", 0.0), ("b", 144.0)] {
        let node = Node::new(id, NodeKind::Condition);
        document.apply(&edit::add_node(node, Point::new(0.0, y))).unwrap();
    }
    document
        .apply(&edit::connect("a", EdgeState::Success, "b"))
        .unwrap();
    History::new(document)
}

fn label(history: &History) -> Option<String> {
    let node = history.document().node("a").unwrap();
    node.label().map(str::to_owned)
}

fn type_label(history: &mut History, text: &str) {
    let edit = Edit::set("a", "label", text);
    history
        .commit_merging(edit, MergeKey::field("a", "label"))
        .unwrap();
}

fn steps_back(history: &mut History) -> usize {
    let mut steps = 0;
    while history.can_undo() {
        history.undo();
        steps += 1;
    }
    steps
}

#[test]
fn typing_groups_until_a_pause_another_field_or_another_edit() {
    let mut history = history();
    type_label(&mut history, "I");
    type_label(&mut history, "Is");
    type_label(&mut history, "Is it?");
    history.pause();
    type_label(&mut history, "Is it a book?");
    let field = MergeKey::field("a", "description");
    history
        .commit_merging(Edit::set("a", "note", "x"), field)
        .unwrap();
    history.commit(Edit::set("b", "label", "B")).unwrap();
    type_label(&mut history, "!");
    history.undo();
    assert_eq!(label(&history).as_deref(), Some("Is it a book?"));
    for _ in 0..3 {
        history.undo();
    }
    assert_eq!(label(&history).as_deref(), Some("Is it?"));
    history.undo();
    assert_eq!(label(&history), None);
    assert!(!history.can_undo());
    history.redo();
    assert_eq!(label(&history).as_deref(), Some("Is it?"));
    type_label(&mut history, "Is it? No");
    assert!(!history.can_redo());
    assert_eq!(steps_back(&mut history), 2, "typing after a redo is a new step");
}

#[test]
fn nudges_are_one_step_until_something_else_is_selected() {
    let mut history = history();
    let at_start = history.document().clone();
    let mut nudge = |id: &str| {
        let mut selection = Selection::new();
        selection.set(Item::Node(id.to_owned()));
        let moved = edit::move_by(history.document(), selection.items(), Vector::new(16.0, 0.0));
        history
            .commit_merging(moved, MergeKey::nudge(&selection))
            .unwrap();
    };
    for id in ["a", "a", "b", "b", "b"] {
        nudge(id);
    }
    history.undo();
    assert_eq!(history.document().position("b"), at_start.position("b"));
    assert_ne!(history.document().position("a"), at_start.position("a"));
    assert_eq!(steps_back(&mut history), 1);
}

#[test]
fn a_drag_is_one_step_and_escape_none() {
    let mut history = history();
    let items = [Item::Node("a".to_owned()), Item::Node("b".to_owned())];
    let at_start = history.document().clone();
    history.begin();
    for distance in 1..=60 {
        let offset = Vector::new(f64::from(distance), 0.0);
        let touched = history.preview(edit::move_by(&at_start, &items, offset)).unwrap();
        assert!(!touched.is_structural() && touched.moved.len() == 2);
    }
    history.finish();
    assert_eq!(history.document().position("a"), Some(Point::new(60.0, 0.0)));
    assert_eq!(steps_back(&mut history), 1);
    assert_eq!(history.document().position("b"), Some(Point::new(0.0, 144.0)));

    history.begin();
    history
        .preview(edit::move_by(&at_start, &items, Vector::new(9.0, 9.0)))
        .unwrap();
    assert!(!history.cancel().is_empty());
    assert!(!history.can_undo() && !history.is_dirty());
    history.begin();
    history.finish();
    assert!(!history.can_undo(), "a click that moved nothing is no step");
    assert!(history.can_redo(), "and takes no future away");
}

#[test]
fn undoing_during_a_gesture_gives_the_gesture_up() {
    let mut history = history();
    history.commit(Edit::set("a", "label", "A")).unwrap();
    history.begin();
    history.preview(Edit::set("a", "label", "dragging")).unwrap();
    history.undo();
    assert_eq!(label(&history).as_deref(), Some("A"));
    assert!(!history.in_gesture() && history.can_undo());
}

#[test]
fn undoing_a_delete_brings_edges_and_positions_back() {
    let mut history = history();
    let before = history.document().clone();
    let removal = edit::remove(&before, &[Item::Node("a".to_owned()), Item::Node("b".to_owned())]);
    history.commit(removal).unwrap();
    assert!(history.document().is_empty());
    let touched = history.undo();
    assert_eq!(*history.document(), before);
    assert!(touched.is_structural() && touched.nodes.len() == 2 && touched.edges.len() == 1);
}

#[test]
fn dirty_means_different_from_what_was_saved() {
    let mut history = history();
    assert!(!history.is_dirty());
    type_label(&mut history, "A");
    assert!(history.is_dirty());
    history.undo();
    assert!(!history.is_dirty());
    history.redo();
    history.mark_saved();
    assert!(!history.is_dirty());
    type_label(&mut history, "Ab");
    history.undo();
    assert_eq!(label(&history).as_deref(), Some("A"));
    assert!(!history.is_dirty());
    history.undo();
    assert!(history.is_dirty());
    type_label(&mut history, "A");
    assert!(!history.is_dirty(), "done again by hand");
}

#[test]
fn nothing_merges_over_a_saved_point() {
    let mut history = history();
    type_label(&mut history, "A");
    history.mark_saved();
    type_label(&mut history, "Ab");
    history.undo();
    assert_eq!(label(&history).as_deref(), Some("A"));
}

#[test]
fn what_was_typed_while_saving_stays_unsaved() {
    let mut history = history();
    type_label(&mut history, "A");
    let sent = history.document().clone();
    type_label(&mut history, "Ab");
    history.mark_saved_as(sent);
    assert!(history.is_dirty());
}

#[test]
fn what_changes_nothing_is_no_step() {
    let mut history = history();
    let document = history.document().clone();
    let same = [Item::Node("a".to_owned())];
    history
        .commit(edit::move_by(&document, &same, Vector::default()))
        .unwrap();
    history.commit(Edit::unset("a", "label")).unwrap();
    history.commit(Edit::All(Vec::new())).unwrap();
    history.commit(Edit::Replace(Box::new(document))).unwrap();
    assert!(!history.can_undo());
    assert!(history.commit(edit::connect("a", EdgeState::Any, "b")).is_err());
    assert!(!history.can_undo());
}

#[test]
fn the_past_is_bounded() {
    let mut history = history();
    for number in 0..1_500 {
        history
            .commit(Edit::set("a", "label", number.to_string()))
            .unwrap();
    }
    assert_eq!(steps_back(&mut history), 1_000);
}
