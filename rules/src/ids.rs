//! The ids of a rule's nodes, and which of them an unknown one was meant to be.

use std::cell::Cell;
use std::collections::HashMap;

use crate::finding::Finding;
use crate::read::DraftNode;
use crate::spelling;

/// So many unknown ids are compared with all known ones. A document can name thousands of both, and with
/// that many unknown it is not a matter of spelling.
const MAX_HINTS: u32 = 32;

/// The first node of each id.
pub(crate) struct Ids<'d> {
    places: HashMap<&'d str, usize>,
    hints_left: Cell<u32>,
}

impl<'d> Ids<'d> {
    /// Collects ids, noting those that stand twice.
    pub(crate) fn of(nodes: &'d [DraftNode], findings: &mut Vec<Finding>) -> Self {
        let mut places = HashMap::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let Some(id) = node.id.as_deref() else { continue };
            if places.contains_key(id) {
                let detail = format!("Another node is called `{id}` already: ids are unique in a rule.");
                findings.push(Finding::at(
                    &node.pointer.child("node_id"),
                    "duplicate_node_id",
                    detail,
                ));
            } else {
                places.insert(id, index);
            }
        }
        Self {
            places,
            hints_left: Cell::new(MAX_HINTS),
        }
    }

    /// The node of this id.
    pub(crate) fn get(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// That there is no such node, and which one was meant.
    pub(crate) fn unknown(&self, id: &str) -> String {
        let hint = match self.hints_left.get().checked_sub(1) {
            Some(left) => {
                self.hints_left.set(left);
                spelling::hint(id, self.places.keys().copied())
            }
            None => String::new(),
        };
        format!("There is no node `{id}`.{hint}")
    }
}
