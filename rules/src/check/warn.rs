//! What is allowed but hardly meant.

use super::compile::Compiling;
use crate::catalogue::TaskTraits;
use crate::finding::Finding;
use crate::graph::Layers;
use crate::model::{EdgeState, OnFailure, Quantifier, TaskNode};
use crate::reachability::{self, NeverRuns, NodeFacts};
use crate::read::{DraftKind, DraftNode};

/// Notes the warnings that need the whole graph.
pub(super) fn warn(context: &Compiling<'_>, layers: &Layers, warnings: &mut Vec<Finding>) {
    unused_conditions(context, warnings);
    always_running_tasks(context, warnings);
    retries_without_effect(context, warnings);
    nodes_that_never_run(context, layers, warnings);
}

fn unused_conditions(context: &Compiling<'_>, warnings: &mut Vec<Finding>) {
    let mut used = vec![false; context.draft.nodes.len()];
    for (source, _) in context.graph.edges.iter().flatten() {
        if let Some(used) = used.get_mut(*source) {
            *used = true;
        }
    }
    for (node, used) in context.draft.nodes.iter().zip(used) {
        if !used && matches!(node.kind, Some(DraftKind::Condition(_))) {
            let detail = format!(
                "Nothing depends on `{}`: how it comes out changes nothing.",
                name(node)
            );
            warnings.push(Finding::at(&node.pointer, "unused_condition", detail));
        }
    }
}

fn always_running_tasks(context: &Compiling<'_>, warnings: &mut Vec<Finding>) {
    let nodes = &context.draft.nodes;
    if !nodes
        .iter()
        .any(|node| matches!(node.kind, Some(DraftKind::Condition(_))))
    {
        return;
    }
    for node in nodes
        .iter()
        .filter(|node| matches!(node.kind, Some(DraftKind::Task(_))))
    {
        if node.depends_on.is_empty() {
            let detail = format!("`{}` depends on nothing: it runs for every event.", name(node));
            warnings.push(Finding::at(&node.pointer, "always_runs", detail));
        }
    }
}

fn retries_without_effect(context: &Compiling<'_>, warnings: &mut Vec<Finding>) {
    for (node, task) in tasks(context) {
        let inside = traits(context, task).is_some_and(|traits| !traits.external);
        let members = [
            ("retry", task.retry.is_some()),
            ("timeout_ms", task.timeout_ms.is_some()),
        ]
        .into_iter();
        for (member, _) in members.filter(|(_, is_said)| inside && *is_said) {
            let detail = format!(
                "`{}` makes no outside call: `{member}` has no effect on it.",
                task.task_name
            );
            warnings.push(Finding::at(&node.pointer.child(member), "no_effect", detail));
        }
    }
}

fn nodes_that_never_run(context: &Compiling<'_>, layers: &Layers, warnings: &mut Vec<Finding>) {
    let nodes = &context.draft.nodes;
    let facts: Vec<NodeFacts> = nodes
        .iter()
        .map(|node| NodeFacts {
            join: node.join,
            ends_run_with: ends_run_with(context, node),
        })
        .collect();
    let reasons = reachability::analyse(context.graph, layers, &facts);
    let id = |index: usize| nodes.get(index).map(name).unwrap_or_default();
    for (node, reason) in nodes.iter().zip(reasons) {
        let Some(reason) = reason else { continue };
        let way = if node.join == Quantifier::Any && node.depends_on.len() > 1 {
            "every way to it"
        } else {
            "the way to it"
        };
        let (code, why) = match reason {
            NeverRuns::AfterEnd(end) => ("after_abort", format!("{way} ends at `{}`.", id(end))),
            NeverRuns::Contradiction(source) => (
                "never_runs",
                format!("`{}` would have to settle in two ways at once.", id(source)),
            ),
            NeverRuns::Behind(source) => (
                "never_runs",
                format!("it waits for `{}`, which never runs.", id(source)),
            ),
        };
        let detail = format!("`{}` can never run: {why}", name(node));
        warnings.push(Finding::at(&node.pointer, code, detail));
    }
}

fn ends_run_with(context: &Compiling<'_>, node: &DraftNode) -> Option<EdgeState> {
    let Some(DraftKind::Task(task)) = &node.kind else {
        return None;
    };
    if traits(context, task)?.ends_run {
        return Some(EdgeState::Success);
    }
    (task.on_failure == OnFailure::Abort).then_some(EdgeState::Failure)
}

fn tasks<'c>(context: &'c Compiling<'_>) -> impl Iterator<Item = (&'c DraftNode, &'c TaskNode)> {
    context.draft.nodes.iter().filter_map(|node| match &node.kind {
        Some(DraftKind::Task(task)) => Some((node, task.as_ref())),
        _ => None,
    })
}

fn traits(context: &Compiling<'_>, task: &TaskNode) -> Option<TaskTraits> {
    context.catalogue.task(&task.task_name)
}

fn name(node: &DraftNode) -> &str {
    node.id.as_deref().unwrap_or("this node")
}
