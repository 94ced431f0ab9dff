//! What is wrong with the rule, by node.

use std::{collections::HashMap, sync::Arc};

use canvas::document::Document;
use leptos::prelude::*;
use serde::Deserialize;

/// Something to be said of one place of the document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Finding {
    pub(super) pointer: String,
    pub(super) code: String,
    pub(super) detail: String,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Findings {
    pub(super) findings: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
}

/// How much is to be said of a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) errors: usize,
    pub(super) warnings: usize,
}

/// The findings about the document as it is, or was a moment ago.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problems {
    found: RwSignal<Arc<Findings>>,
    counts: RwSignal<Arc<HashMap<String, Count>>>,
    is_checked: RwSignal<bool>,
}

impl Problems {
    /// Nothing is known yet.
    pub(super) fn unknown() -> Self {
        Self {
            found: RwSignal::default(),
            counts: RwSignal::default(),
            is_checked: RwSignal::new(false),
        }
    }

    /// All of them.
    pub(super) fn all(self) -> Arc<Findings> {
        self.found.get()
    }

    /// Those of a node.
    pub(super) fn count(self, node: &str) -> Count {
        self.counts
            .with(|counts| counts.get(node).copied().unwrap_or_default())
    }

    /// Whether something that is known stands against publishing the rule.
    pub(super) fn forbid_publishing(self) -> bool {
        self.is_checked.get() && self.found.with(|found| !found.findings.is_empty())
    }

    /// Whether the rule was checked at all.
    pub(super) fn are_known(self) -> bool {
        self.is_checked.get()
    }

    /// Takes in what a check of this document found.
    pub(super) fn take(self, document: &Document, findings: Findings) {
        let mut counts: HashMap<String, Count> = HashMap::new();
        for finding in &findings.findings {
            if let Some(id) = node_of(document, &finding.pointer) {
                counts.entry(id.to_owned()).or_default().errors += 1;
            }
        }
        for warning in &findings.warnings {
            if let Some(id) = node_of(document, &warning.pointer) {
                counts.entry(id.to_owned()).or_default().warnings += 1;
            }
        }
        if self.counts.with_untracked(|now| **now != counts) {
            self.counts.set(Arc::new(counts));
        }
        if self.found.with_untracked(|now| **now != findings) {
            self.found.set(Arc::new(findings));
        }
        self.is_checked.set(true);
    }
}

/// The node that a finding's pointer leads into: `/rules/3/expect/0` is the fourth.
pub(super) fn node_of<'d>(document: &'d Document, pointer: &str) -> Option<&'d str> {
    let mut tokens = pointer.split('/').skip(1);
    let index = (tokens.next()? == "rules")
        .then(|| tokens.next())??
        .parse()
        .ok()?;
    document.node_at(index).map(|node| node.id.as_str())
}

/// The place in its node, or in the rule itself, that a finding's pointer leads to.
pub(super) fn place_of(pointer: &str) -> &str {
    let Some(in_nodes) = pointer.strip_prefix("/rules/") else {
        return pointer;
    };
    in_nodes
        .find('/')
        .and_then(|end| in_nodes.get(end..))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use canvas::document::{Node, NodeKind};

    use super::*;

    #[test]
    fn a_pointer_leads_to_its_node_and_the_place_there() {
        let mut document = Document::new("", "");
        let node = Node::new("a", NodeKind::Condition);
        document
            .apply(&canvas::edit::add_node(node, canvas::geometry::Point::default()))
            .unwrap();
        assert_eq!(node_of(&document, "/rules/0/expect/0/field"), Some("a"));
        assert_eq!(place_of("/rules/0/expect/0/field"), "/expect/0/field");
        assert_eq!(node_of(&document, "/rules/0"), Some("a"));
        assert_eq!(place_of("/rules/0"), "");
        assert_eq!(node_of(&document, "/rules/1"), None);
        assert_eq!(node_of(&document, "/when/expect"), None);
        assert_eq!(place_of("/when/expect/1/value"), "/when/expect/1/value");
        assert_eq!(place_of("/rules"), "/rules");
        assert_eq!(node_of(&document, ""), None);
    }
}
