//! Compiling a draft's nodes against its graph and the catalogue.

use std::collections::HashMap;

use fixedbitset::FixedBitSet;
use serde_json::{Map, Value};

use crate::catalogue::{Catalogue, TaskTraits};
use crate::condition::{self, Patterns};
use crate::finding::{Finding, Pointer};
use crate::graph::{Graph, Layers};
use crate::ids::Ids;
use crate::model::{EdgeState, TaskNode};
use crate::path::{NodeNames, PathError};
use crate::plan::{Plan, PlanKind, PlanNode, PlanTask};
use crate::read::{Draft, DraftKind, DraftNode};
use crate::spelling;
use crate::template::{self, Template};

/// All that compiling looks at.
pub(super) struct Compiling<'c> {
    pub(super) draft: &'c Draft,
    pub(super) graph: &'c Graph<'c>,
    /// None while the graph has cycles.
    pub(super) layers: Option<&'c Layers>,
    pub(super) catalogue: &'c dyn Catalogue,
    pub(super) patterns: Patterns,
}

impl Compiling<'_> {
    /// The plan, if every part of it compiles.
    pub(super) fn plan(&self, findings: &mut Vec<Finding>, warnings: &mut Vec<Finding>) -> Option<Plan> {
        let when = self.draft.when.as_ref().map(|when| {
            let pointer = Pointer::root().child("when");
            condition::compile(when, &pointer, &BeforeTheRun, &self.patterns, findings, warnings)
        });
        let kinds: Vec<Option<PlanKind>> = self
            .draft
            .nodes
            .iter()
            .enumerate()
            .map(|(index, node)| {
                self.check_edges(index, node, findings);
                self.kind(index, node, findings, warnings)
            })
            .collect();
        let nodes: Option<Vec<PlanNode>> = kinds
            .into_iter()
            .enumerate()
            .map(|(index, kind)| self.node(index, kind?))
            .collect();
        let nodes = self.with_handlers(nodes?);
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by_key(|&index| nodes.get(index).map(|node| (node.wave, node.id.as_str())));
        let index: HashMap<String, usize> = nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (node.id.clone(), index))
            .collect();
        Some(Plan {
            when,
            nodes,
            order,
            index,
        })
    }

    fn node(&self, index: usize, kind: PlanKind) -> Option<PlanNode> {
        let draft = self.draft.nodes.get(index)?;
        Some(PlanNode {
            id: draft.id.clone()?,
            wave: *self.layers?.waves.get(index)?,
            join: draft.join,
            edges: self.graph.edges.get(index)?.clone(),
            handlers: Vec::new(),
            kind,
        })
    }

    fn with_handlers(&self, mut nodes: Vec<PlanNode>) -> Vec<PlanNode> {
        for (target, edges) in self.graph.edges.iter().enumerate() {
            for &(source, state) in edges {
                let Some(source) = nodes.get_mut(source) else {
                    continue;
                };
                let handles = match source.kind {
                    PlanKind::Condition(_) => state == EdgeState::Error,
                    PlanKind::Task(_) => state == EdgeState::Failure,
                };
                if handles {
                    source.handlers.push(target);
                }
            }
        }
        nodes
    }

    /// An edge may not ask for a state that its source cannot have.
    fn check_edges(&self, index: usize, node: &DraftNode, findings: &mut Vec<Finding>) {
        for (place, dependency) in &node.depends_on {
            let source = self.graph.ids.get(dependency.node_id.as_str());
            let source = source
                .filter(|source| *source != index)
                .and_then(|source| self.draft.nodes.get(source));
            let is_task = matches!(
                source.and_then(|source| source.kind.as_ref()),
                Some(DraftKind::Task(_))
            );
            if is_task && dependency.state == EdgeState::Error {
                let pointer = node.pointer.child("depends_on").child(place).child("state");
                let detail = format!(
                    "`{}` is a task: it settles as `success` or `failure`, never as `error`.",
                    dependency.node_id
                );
                findings.push(Finding::at(&pointer, "impossible_state", detail));
            }
        }
    }

    fn kind(
        &self,
        index: usize,
        node: &DraftNode,
        findings: &mut Vec<Finding>,
        warnings: &mut Vec<Finding>,
    ) -> Option<PlanKind> {
        match node.kind.as_ref()? {
            DraftKind::Condition(expectations) => {
                let visible = self.visible(index, false);
                let pointer = &node.pointer;
                let condition = condition::compile(
                    expectations,
                    pointer,
                    &visible,
                    &self.patterns,
                    findings,
                    warnings,
                );
                Some(PlanKind::Condition(condition))
            }
            DraftKind::Task(task) => self.task(index, node, task, findings).map(PlanKind::Task),
        }
    }

    fn task(
        &self,
        index: usize,
        node: &DraftNode,
        task: &TaskNode,
        findings: &mut Vec<Finding>,
    ) -> Option<PlanTask> {
        let compiled = self.call(
            &task.task_name,
            &task.parameters,
            &node.pointer,
            &self.visible(index, false),
            findings,
        );
        let compensate = task.compensate.as_ref().map(|compensate| {
            let pointer = node.pointer.child("compensate");
            let visible = self.visible(index, true);
            self.call(
                &compensate.task_name,
                &compensate.parameters,
                &pointer,
                &visible,
                findings,
            )
        });
        let compensate = match compensate {
            Some(compensate) => compensate.map(|(traits, parameters)| Some((traits.id, parameters))),
            None => Some(None),
        };
        let (traits, parameters) = compiled?;
        Some(PlanTask {
            task: traits.id,
            ends_run: traits.ends_run,
            on_failure: task.on_failure,
            parameters,
            compensate: compensate?,
        })
    }

    /// A task's name with its parameters, which stand at `pointer`.
    fn call(
        &self,
        name: &str,
        parameters: &Map<String, Value>,
        pointer: &Pointer,
        nodes: &dyn NodeNames,
        findings: &mut Vec<Finding>,
    ) -> Option<(TaskTraits, Template)> {
        let at = pointer.child("parameters");
        let template = Template::compile(&Value::Object(parameters.clone()), &at, nodes, findings);
        let Some(traits) = self.catalogue.task(name) else {
            let hint = spelling::hint(name, self.catalogue.names());
            let detail = format!("There is no task `{name}`.{hint}");
            findings.push(Finding::at(&pointer.child("task_name"), "unknown_task", detail));
            return None;
        };
        let is_dynamic = |pointer: &str| value_at(parameters, pointer).is_some_and(template::is_dynamic);
        for fault in self
            .catalogue
            .check_parameters(traits.id, parameters, &is_dynamic)
        {
            findings.push(Finding::at(
                &at.join(&fault.pointer),
                "invalid_parameters",
                fault.detail,
            ));
        }
        Some((traits, template))
    }

    fn visible(&self, index: usize, with_itself: bool) -> Visible<'_> {
        let ancestors = self.layers.and_then(|layers| layers.ancestors.get(index));
        Visible {
            ids: &self.graph.ids,
            ancestors,
            itself: with_itself.then_some(index),
        }
    }
}

fn value_at<'v>(parameters: &'v Map<String, Value>, pointer: &str) -> Option<&'v str> {
    let (first, rest) = match pointer.strip_prefix('/')?.split_once('/') {
        Some((first, rest)) => (first, format!("/{rest}")),
        None => (pointer.get(1..)?, String::new()),
    };
    let name = first.replace("~1", "/").replace("~0", "~");
    parameters.get(&name)?.pointer(&rest)?.as_str()
}

/// The nodes that a node's paths may look at: its ancestors, and in a compensation the node itself. While the
/// graph has cycles nobody has ancestors, and every known node passes.
struct Visible<'v> {
    ids: &'v Ids<'v>,
    ancestors: Option<&'v FixedBitSet>,
    itself: Option<usize>,
}

impl NodeNames for Visible<'_> {
    fn visible(&self, node_id: &str) -> Result<usize, PathError> {
        let Some(index) = self.ids.get(node_id) else {
            return Err(PathError {
                code: "bad_path",
                detail: self.ids.unknown(node_id),
            });
        };
        let is_visible = self.ancestors.is_none_or(|ancestors| ancestors.contains(index));
        if is_visible || self.itself == Some(index) {
            return Ok(index);
        }
        Err(PathError {
            code: "not_an_ancestor",
            detail: format!(
                "This node does not wait for `{node_id}`, so it cannot look at it: depend on it, directly or through \
                 others."
            ),
        })
    }
}

/// What `when` may look at: no run, no nodes.
struct BeforeTheRun;

impl NodeNames for BeforeTheRun {
    fn visible(&self, _: &str) -> Result<usize, PathError> {
        Err(PathError {
            code: "not_an_ancestor",
            detail: "`when` is asked before any node runs, so it cannot look at nodes.".to_owned(),
        })
    }

    fn has_run(&self) -> bool {
        false
    }
}
