use serde_json::{Value, json};

use super::*;
use crate::document::from_json;

/// A document of conditions with edges `"source>target"`, or `"source!target"` for a failure.
fn document(nodes: &[&str], edges: &[&str]) -> Document {
    let nodes: Vec<Value> = nodes
        .iter()
        .map(|id| {
            let into = edges.iter().filter_map(|edge| {
                let (source, target) = edge.split_once(['>', '!'])?;
                let state = if edge.contains('!') { "failure" } else { "success" };
                (target == *id).then(|| json!({"node_id": source, "state": state}))
            });
            json!({"node_id": id, "node_type": "condition", "expect": [], "depends_on": into.collect::<Vec<_>>()})
        })
        .collect();
    from_json(&json!({ "rules": nodes })).unwrap()
}

/// So many nodes, each after a few earlier ones: always the same graph.
fn large(count: usize) -> Document {
    let mut seed = 12_345_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut document = Document::default();
    for index in 0..count {
        let mut node = crate::document::Node::new(format!("n{index}"), crate::document::NodeKind::Condition);
        for _ in 0..if index == 0 { 0 } else { next(3) } {
            let source = format!("n{}", index - 1 - next(index.min(40)));
            if node.state_of(&source).is_none() {
                node = node.after(source, rules::model::EdgeState::Success);
            }
        }
        document.nodes.insert(node.id.clone(), node);
    }
    document
}

fn arranged(document: &Document, orientation: Orientation) -> Document {
    let mut arranged = document.clone();
    arranged.apply(&arrange(document, orientation)).unwrap();
    assert_sound(&arranged, orientation);
    arranged
}

/// Between any two nodes.
const LEAST_GAP: f64 = 3.0 * GRID;

/// Nothing is too near, everything is on the grid, every edge leads on.
fn assert_sound(document: &Document, orientation: Orientation) {
    let mut areas: Vec<Rect> = document
        .nodes()
        .map(|node| document.area(&node.id).unwrap())
        .collect();
    for edge in document.edges() {
        let (from, to) = (
            document.area(edge.source).unwrap(),
            document.area(edge.target).unwrap(),
        );
        match orientation {
            Orientation::TopDown => assert!(from.bottom() < to.top(), "{edge:?}"),
            Orientation::LeftRight => assert!(from.right() < to.left(), "{edge:?}"),
        }
    }
    areas.sort_by(|one, other| {
        one.top()
            .total_cmp(&other.top())
            .then(one.left().total_cmp(&other.left()))
    });
    for (index, area) in areas.iter().enumerate() {
        assert_eq!(to_grid(area.origin), area.origin);
        let around = area.grown(LEAST_GAP);
        let near = areas.iter().skip(index + 1);
        for other in near.take_while(|other| other.top() <= around.bottom()) {
            assert!(!other.grown(-0.1).touches(around), "{area:?} {other:?}");
        }
    }
}

/// Crossings that are left, over all parts.
fn crossings(document: &Document) -> usize {
    let graph = Graph::of(document);
    let counts = components(&graph).into_iter().map(|part| {
        let mut layers = Layers::of(&graph, &part);
        ordering::order(&mut layers);
        ordering::count(&layers)
    });
    counts.sum()
}

#[test]
fn known_graphs_have_their_least_crossings() {
    let tree = document(
        &["a", "b", "c", "d", "e", "f", "g"],
        &["a>b", "a!c", "b>d", "b!e", "c>f", "c!g"],
    );
    assert_eq!(crossings(&tree), 0);
    // Both targets of the second beginning stand between those of the first, as written.
    let tangled = document(&["a", "b", "p", "q", "r", "s"], &["a>p", "b>q", "a>r", "b>s"]);
    assert_eq!(crossings(&tangled), 0);
    // Every one of two with every one of two crosses once, three and three nine times (K₃,₃ in two layers).
    let two_each = document(&["a", "b", "x", "y"], &["a>x", "a>y", "b>x", "b>y"]);
    assert_eq!(crossings(&two_each), 1);
    let three_each = document(
        &["a", "b", "c", "x", "y", "z"],
        &["a>x", "a>y", "a>z", "b>x", "b>y", "b>z", "c>x", "c>y", "c>z"],
    );
    assert_eq!(crossings(&three_each), 9);
    // As written, c stands to the right of b, and its edge to p crosses b's to q.
    let sorted = document(
        &["a", "b", "c", "p", "q", "r"],
        &["a>p", "b>q", "c>p", "p>r", "q>r"],
    );
    assert_eq!(crossings(&sorted), 0);
    // A long edge beside a chain.
    let long = document(&["a", "b", "c", "d"], &["a>b", "b>c", "c>d", "a!d"]);
    assert_eq!(crossings(&long), 0);
}

#[test]
fn yes_is_left_of_no() {
    for (yes, no) in [("b", "c"), ("c", "b")] {
        let edges = [format!("a>{yes}"), format!("a!{no}")];
        let document = document(&["a", "b", "c"], &edges.each_ref().map(String::as_str));
        let arranged = arranged(&document, Orientation::TopDown);
        assert!(arranged.position(yes).unwrap().x < arranged.position(no).unwrap().x);
        let middle = f64::midpoint(
            arranged.position("b").unwrap().x,
            arranged.position("c").unwrap().x,
        );
        assert!(
            (arranged.position("a").unwrap().x - middle).abs() <= GRID,
            "over the middle of its branches"
        );
    }
}

#[test]
fn chains_are_straight() {
    let document = document(&["a", "b", "c", "d", "e"], &["a>b", "b>c", "c>d", "a!e", "e>d"]);
    let arranged = arranged(&document, Orientation::LeftRight);
    let y = |id| arranged.position(id).unwrap().y;
    assert!((y("b") - y("c")).abs() < 1.0);
    assert_eq!(arranged.bounds().unwrap().origin, Point::default());
}

#[test]
fn parts_stay_together_and_apart() {
    let document = document(
        &["a", "x", "b", "y", "alone", "c", "lonely"],
        &["a>b", "x>y", "b>c"],
    );
    let arranged = arranged(&document, Orientation::TopDown);
    let right = |ids: &[&str]| {
        ids.iter()
            .map(|id| arranged.area(id).unwrap().right())
            .fold(0.0, f64::max)
    };
    let left = |ids: &[&str]| {
        ids.iter()
            .map(|id| arranged.area(id).unwrap().left())
            .fold(f64::MAX, f64::min)
    };
    assert!(right(&["a", "b", "c"]) < left(&["x", "y"]));
    assert!(right(&["x", "y"]) < left(&["alone", "lonely"]));
}

#[test]
fn circles_are_laid_out_all_the_same() {
    let document = document(&["a", "b", "c", "d"], &["a>b", "b>c", "c>a", "c>d"]);
    let mut arranged = document.clone();
    arranged.apply(&arrange(&document, Orientation::TopDown)).unwrap();
    assert_eq!(arranged.unplaced().count(), 0);
}

#[test]
fn only_what_is_missing_is_placed_below() {
    let mut document = document(&["a", "b", "c"], &["a>b", "b>c"]);
    document
        .apply(&Edit::Place(vec![("a".to_owned(), Some(Point::new(3.0, 7.0)))]))
        .unwrap();
    let edit = place_missing(&document, Orientation::TopDown).unwrap();
    document.apply(&edit).unwrap();
    assert_eq!(document.position("a"), Some(Point::new(3.0, 7.0)));
    assert!(document.position("b").unwrap().y > 71.0);
    assert!(document.position("c").unwrap().y > document.position("b").unwrap().y);
    assert_eq!(place_missing(&document, Orientation::TopDown), None);
}

#[test]
fn large_graphs_are_sound_and_always_laid_out_alike() {
    let document = large(2_000);
    for orientation in [Orientation::TopDown, Orientation::LeftRight] {
        arranged(&document, orientation);
        assert_eq!(arrange(&document, orientation), arrange(&document, orientation));
    }
}
