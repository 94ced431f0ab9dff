//! Ids for new nodes and notes, and the paths that name nodes by their ids.

mod paths;

use crate::document::{Document, NodeKind};

pub(crate) use self::paths::{map_paths, names as path_names};
pub use self::paths::{rename_in_text, rename_in_value};

/// The longest id, in characters.
const LONGEST: usize = 64;

/// Whether a node can be called so: 1–64 of `A-Z a-z 0-9 _ - .`.
pub fn is_node_id(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(is_id_byte)
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// What ids of nodes that do this begin with: `condition`, or the task's own name with dashes.
pub fn stem(kind: NodeKind, task_name: Option<&str>) -> String {
    let task = task_name.map(|name| name.rsplit('.').next().unwrap_or(name));
    match (kind, task) {
        (NodeKind::Task, Some(task)) if !task.is_empty() => task
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .take(LONGEST - 8)
            .collect(),
        (NodeKind::Task, _) => "task".to_owned(),
        (NodeKind::Condition, _) => "condition".to_owned(),
    }
}

/// An id that no node has: the stem with the lowest free number.
pub fn fresh_node_id(document: &Document, stem: &str) -> String {
    fresh(stem, 1, |id| document.node(id).is_some())
}

/// An id that no note has.
pub fn fresh_note_id(document: &Document) -> String {
    fresh("note", 1, |id| document.note(id).is_some())
}

/// An id for a copy: `condition-1` becomes the next free `condition-2`, `invoice` becomes `invoice-2`.
pub(crate) fn fresh_copy(id: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let (stem, number) = split_number(id);
    fresh(stem, number.unwrap_or(1).saturating_add(1), is_taken)
}

fn split_number(id: &str) -> (&str, Option<u32>) {
    match id.rsplit_once('-') {
        Some((stem, digits)) if !stem.is_empty() => match digits.parse() {
            Ok(number) => (stem, Some(number)),
            Err(_) => (id, None),
        },
        _ => (id, None),
    }
}

/// There are fewer ids taken than numbers, so one is free.
fn fresh(stem: &str, first: u32, is_taken: impl Fn(&str) -> bool) -> String {
    let candidates = (first..=u32::MAX).chain(1..first).map(|number| {
        let suffix = format!("-{number}");
        let mut id: String = stem.chars().take(LONGEST - suffix.len()).collect();
        id.push_str(&suffix);
        id
    });
    let mut free = candidates.filter(|id| !is_taken(id));
    free.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_count_on() {
        let taken = ["condition-1", "condition-2", "invoice", "a-b"];
        let next = |id| fresh_copy(id, |id| taken.contains(&id));
        assert_eq!(next("condition-1"), "condition-3");
        assert_eq!(next("invoice"), "invoice-2");
        assert_eq!(next("a-b"), "a-b-2");
        assert_eq!(next("-7"), "-7-2");
        let long = "x".repeat(64);
        assert_eq!(next(&long).len(), 64);
        assert!(is_node_id(&next(&long)));
    }

    #[test]
    fn stems_are_the_tasks_own_names() {
        assert_eq!(
            stem(NodeKind::Task, Some("payment.tasks.generate_invoice")),
            "generate-invoice"
        );
        assert_eq!(stem(NodeKind::Task, Some("")), "task");
        assert_eq!(stem(NodeKind::Condition, None), "condition");
        let document = Document::new("", "r");
        assert_eq!(fresh_node_id(&document, "condition"), "condition-1");
    }
}
