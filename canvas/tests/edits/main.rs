//! Any sequence of edits, undone in reverse, gives back the equal document.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says so by panicking"
)]

mod tries;

use canvas::document::{self, Document, EdgeId};
use canvas::edit::{self, Edit};
use canvas::geometry::Point;
use canvas::history::{History, MergeKey};
use canvas::selection::{Item, Selection};
use proptest::prelude::*;
use rules::model::EdgeState;
use serde_json::json;

use crate::tries::{plan, tries};

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
                0 => history.commit_merging(edit, MergeKey::nudge(&Selection::new())).is_ok(),
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
