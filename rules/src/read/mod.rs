//! From JSON to a [`Document`](crate::model::Document): every fault of shape is noted, and what can be
//! read is read all the same, so that faults of meaning are found in the same pass.

mod members;
mod node;

use serde_json::{Map, Value};
use uuid::Uuid;

use self::members::Members;
pub(crate) use self::members::{kind_of, shown};
use crate::finding::{Finding, Pointer};
use crate::model::{
    DEFAULT_NAME, Dependency, Document, Expectation, Expectations, LANGUAGE, MAX_NODES, Node, NodeKind,
    Quantifier, TaskNode,
};
use crate::operator::Operator;

/// What could be read of a document. Faults are in the findings; without any, it is complete.
pub(crate) struct Draft {
    pub(crate) company_id: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) when: Option<DraftExpectations>,
    pub(crate) nodes: Vec<DraftNode>,
    pub(crate) layout: Map<String, Value>,
}

/// What could be read of a node.
pub(crate) struct DraftNode {
    /// Where it stands in the document.
    pub(crate) pointer: Pointer,
    pub(crate) id: Option<String>,
    pub(crate) label: Option<String>,
    /// Each with its place in the node's list.
    pub(crate) depends_on: Vec<(usize, Dependency)>,
    pub(crate) join: Quantifier,
    pub(crate) kind: Option<DraftKind>,
}

/// What could be read of what a node does.
pub(crate) enum DraftKind {
    Condition(DraftExpectations),
    Task(Box<TaskNode>),
}

/// What could be read of a list of expectations: one for each element, whatever it was, so that each keeps
/// its place.
pub(crate) struct DraftExpectations {
    pub(crate) mode: Quantifier,
    pub(crate) expect: Vec<DraftExpectation>,
}

/// What could be read of an expectation.
#[derive(Default)]
pub(crate) struct DraftExpectation {
    pub(crate) field: Option<String>,
    pub(crate) operator: Option<Operator>,
    pub(crate) value: Option<Value>,
}

impl Draft {
    /// The document, if the draft is complete.
    pub(crate) fn into_document(self) -> Option<Document> {
        let nodes: Option<Vec<Node>> = self.nodes.into_iter().map(DraftNode::into_node).collect();
        Some(Document {
            company_id: self.company_id?,
            name: self.name,
            description: self.description,
            when: match self.when {
                Some(when) => Some(when.into_expectations()?),
                None => None,
            },
            nodes: nodes?,
            layout: self.layout,
        })
    }
}

impl DraftNode {
    fn into_node(self) -> Option<Node> {
        Some(Node {
            id: self.id?,
            label: self.label,
            depends_on: self
                .depends_on
                .into_iter()
                .map(|(_, dependency)| dependency)
                .collect(),
            join: self.join,
            kind: match self.kind? {
                DraftKind::Condition(expectations) => NodeKind::Condition(expectations.into_expectations()?),
                DraftKind::Task(task) => NodeKind::Task(task),
            },
        })
    }
}

impl DraftExpectations {
    fn into_expectations(self) -> Option<Expectations> {
        let expect = self.expect.into_iter().map(|expectation| {
            Some(Expectation {
                field: expectation.field?,
                operator: expectation.operator?,
                value: expectation.value,
            })
        });
        Some(Expectations {
            mode: self.mode,
            expect: expect.collect::<Option<_>>()?,
        })
    }
}

/// Reads a document. None if it is not even an object.
pub(crate) fn document(value: &Value, findings: &mut Vec<Finding>) -> Option<Draft> {
    let mut members = Members::of(value, Pointer::root(), "A rule", findings)?;
    let company_id = read_company_id(&mut members);
    let nodes = read_nodes(&mut members);
    let name = read_name(&mut members);
    let description = members
        .optional_text("description")
        .unwrap_or_default()
        .to_owned();
    check_language(&mut members);
    let layout = members.optional_object("layout").cloned().unwrap_or_default();
    let when = members.optional("when").and_then(|when| {
        let pointer = members.pointer.child("when");
        let mut when = Members::of(when, pointer, "`when`", members.findings)?;
        let expectations = node::expectations(&mut when);
        when.finish();
        Some(expectations)
    });
    members.finish();
    Some(Draft {
        company_id,
        name,
        description,
        when,
        nodes,
        layout,
    })
}

fn read_company_id(members: &mut Members<'_, '_>) -> Option<Uuid> {
    let text = members.required_text("company_id", "the company's UUID")?;
    let id = Uuid::try_parse(text).ok();
    if id.is_none() {
        let detail = format!(
            "`company_id` must be a UUID, and this is {}.",
            shown(&Value::from(text))
        );
        members.note("company_id", "bad_value", detail);
    }
    id
}

fn read_name(members: &mut Members<'_, '_>) -> String {
    let name = members.optional_text("name").unwrap_or(DEFAULT_NAME);
    if name.trim().is_empty() || name.chars().count() > 120 || name.contains(char::is_control) {
        let detail = "`name` must have 1 to 120 characters, none of them a control character.".to_owned();
        members.note("name", "bad_value", detail);
    }
    name.to_owned()
}

fn check_language(members: &mut Members<'_, '_>) {
    let Some(language) = members.optional("language") else {
        return;
    };
    if language.as_number().and_then(serde_json::Number::as_u64) != Some(LANGUAGE) {
        let detail = format!("`language` must be {LANGUAGE}, and this is {}.", shown(language));
        members.note("language", "bad_value", detail);
    }
}

fn read_nodes(members: &mut Members<'_, '_>) -> Vec<DraftNode> {
    members.required("rules", "a list of nodes");
    let Some(nodes) = members.optional_list("rules") else {
        return Vec::new();
    };
    if nodes.is_empty() {
        members.note("rules", "no_nodes", "A rule needs at least one node.".to_owned());
    }
    if nodes.len() > MAX_NODES {
        let detail = format!(
            "A rule has at most {MAX_NODES} nodes, and this one has {}.",
            nodes.len()
        );
        members.note("rules", "too_many_nodes", detail);
        return Vec::new();
    }
    let pointer = members.pointer.child("rules");
    nodes
        .iter()
        .enumerate()
        .filter_map(|(index, value)| node::read(value, pointer.child(index), members.findings))
        .collect()
}
