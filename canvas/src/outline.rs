//! The graph as a list, for screen readers and the keyboard: in the order of waves, each node with what it waits for,
//! in words.

use rules::model::{EdgeState, Quantifier};

use crate::document::{Document, Node, NodeKind};
use crate::graph::Graph;
use crate::words::{self, Language};

/// A node in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The node.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Condition or task.
    pub kind: NodeKind,
    /// Its wave: 1, or one more than the latest wave among what it waits for.
    pub wave: u32,
    /// What it does.
    pub does: String,
    /// When it runs: `when “Is it a book?” says yes`.
    pub runs: String,
    /// What it waits for.
    pub sources: Vec<String>,
    /// What waits for it.
    pub targets: Vec<String>,
}

impl Entry {
    /// All of it in one sentence.
    pub fn sentence(&self, language: Language) -> String {
        let kind = match self.kind {
            NodeKind::Condition => language.pick("condition", "condição"),
            NodeKind::Task => language.pick("task", "tarefa"),
        };
        format!("{}, {kind}: {}; {}.", self.name, self.does, self.runs)
    }
}

/// All nodes, wave by wave; within a wave by id, which is the order in which they take effect. `title` says what a
/// task is called.
pub fn outline(
    document: &Document,
    title: &dyn Fn(&str) -> Option<String>,
    language: Language,
) -> Vec<Entry> {
    let graph = Graph::of(document);
    let waves = graph.waves();
    let entries = document
        .nodes()
        .zip(waves)
        .enumerate()
        .map(|(place, (node, wave))| {
            let title = node.task_name().and_then(title);
            let targets = graph.targets(place).iter();
            let targets = targets.filter_map(|(target, _)| document.node_at(*target));
            Entry {
                id: node.id.clone(),
                name: node.name().to_owned(),
                kind: node.kind,
                wave,
                does: words::describe(node, title.as_deref(), language),
                runs: runs(document, node, language),
                sources: node.depends_on.iter().map(|edge| edge.source.clone()).collect(),
                targets: targets.map(|target| target.id.clone()).collect(),
            }
        });
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_by(|one, other| one.wave.cmp(&other.wave).then_with(|| one.id.cmp(&other.id)));
    entries
}

fn runs(document: &Document, node: &Node, language: Language) -> String {
    if node.depends_on.is_empty() {
        return language.pick("at the start", "no início").to_owned();
    }
    let and = match node.join() {
        Quantifier::All => language.pick(" and ", " e "),
        Quantifier::Any => language.pick(" or ", " ou "),
    };
    let sources = node.depends_on.iter().filter_map(|edge| {
        let source = document.node(&edge.source)?;
        Some(settled(source, edge.state, language))
    });
    let sources: Vec<String> = sources.collect();
    format!("{} {}", language.pick("when", "quando"), sources.join(and))
}

fn settled(source: &Node, state: EdgeState, language: Language) -> String {
    let verb = match (source.kind, state) {
        (NodeKind::Condition, EdgeState::Success) => language.pick("says yes", "diz sim"),
        (NodeKind::Condition, EdgeState::Failure) => language.pick("says no", "diz não"),
        (NodeKind::Condition, EdgeState::Any) => language.pick("has been asked", "foi avaliada"),
        (_, EdgeState::Error) => language.pick("cannot be decided", "não pode ser decidida"),
        (NodeKind::Task, EdgeState::Success) => language.pick("succeeds", "tem êxito"),
        (NodeKind::Task, EdgeState::Failure) => language.pick("fails", "falha"),
        (NodeKind::Task, EdgeState::Any) => language.pick("has ended", "termina"),
    };
    format!("“{}” {verb}", source.name())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;

    #[test]
    fn lists_in_the_order_of_waves() {
        let edge = |source: &str, state: &str| json!({"node_id": source, "state": state});
        let document = from_json(&json!({"rules": [
            {"node_id": "z", "node_type": "task", "label": "Commission", "join": "any",
             "task_name": "payment.tasks.generate_commission",
             "depends_on": [edge("ship", "any"), edge("book", "failure")]},
            {"node_id": "ship", "node_type": "task", "label": "Ship it", "task_name": "x.custom", "depends_on": [edge("book", "success")]},
            {"node_id": "book", "node_type": "condition", "label": "A book?", "expect": []}
        ]}))
        .unwrap();
        let title = |name: &str| (name == "x.custom").then(|| "Custom".to_owned());
        let entries = outline(&document, &title, Language::En);
        let sentences: Vec<String> = entries.iter().map(|entry| entry.sentence(Language::En)).collect();
        assert_eq!(
            sentences,
            [
                "A book?, condition: always; at the start.",
                "Ship it, task: Custom; when “A book?” says yes.",
                "Commission, task: 5 % commission; when “Ship it” has ended or “A book?” says no.",
            ]
        );
        assert_eq!(
            entries.iter().map(|entry| entry.wave).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert_eq!(entries[0].targets, ["z", "ship"]);
        let portuguese = outline(&document, &title, Language::Pt);
        assert_eq!(
            portuguese[2].sentence(Language::Pt),
            "Commission, tarefa: comissão de 5 %; quando “Ship it” termina ou “A book?” diz não."
        );
    }
}
