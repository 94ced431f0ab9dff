//! From a document to a plan: every fault in one answer, and every oddity.

mod compile;
mod warn;

use serde_json::Value;

use crate::catalogue::Catalogue;
use crate::condition::Patterns;
use crate::finding::{FINDING_CODES, Finding};
use crate::graph::Graph;
use crate::model::Document;
use crate::plan::Plan;
use crate::read;

/// What became of a document.
#[derive(Debug)]
pub struct Report {
    /// The faults, in the order of the document. With any, there is no rule.
    pub findings: Vec<Finding>,
    /// What is allowed but hardly meant.
    pub warnings: Vec<Finding>,
    /// The rule, if nothing is wrong with it.
    pub rule: Option<CheckedRule>,
}

/// A rule that nothing is wrong with.
#[derive(Debug)]
pub struct CheckedRule {
    /// The document, as read.
    pub document: Document,
    /// The plan that runs it.
    pub plan: Plan,
}

impl Report {
    /// The rule, or what is wrong with it.
    ///
    /// # Errors
    /// The findings; never empty.
    pub fn into_rule(self) -> Result<CheckedRule, Vec<Finding>> {
        self.rule.ok_or(self.findings)
    }
}

/// Checks a document and compiles it, finding every fault at once. Time is linear in the document's size and
/// its edges.
pub fn check(value: &Value, catalogue: &dyn Catalogue) -> Report {
    let mut findings = Vec::new();
    let mut warnings = Vec::new();
    let Some(draft) = read::document(value, &mut findings) else {
        return Report {
            findings,
            warnings,
            rule: None,
        };
    };
    let graph = Graph::of(&draft.nodes, &mut findings);
    let layers = graph.layers(&draft.nodes, &mut findings);
    let context = compile::Compiling {
        draft: &draft,
        graph: &graph,
        layers: layers.as_ref(),
        catalogue,
        patterns: Patterns::default(),
    };
    let plan = context.plan(&mut findings, &mut warnings);
    if let Some(layers) = &layers {
        warn::warn(&context, layers, &mut warnings);
    }
    for found in [&mut findings, &mut warnings] {
        sort(found);
        let unknown = found
            .iter()
            .find(|finding| !FINDING_CODES.contains(&finding.code));
        debug_assert_eq!(unknown, None, "its code is none of those that are documented");
    }
    let rule = match (findings.is_empty(), plan) {
        (true, Some(plan)) => draft
            .into_document()
            .map(|document| CheckedRule { document, plan }),
        _ => None,
    };
    Report {
        findings,
        warnings,
        rule,
    }
}

/// In the order of the document: pointers by their tokens, indexes as numbers.
fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let tokens = finding.pointer.split('/');
        let tokens = tokens.map(|token| (token.parse::<usize>().unwrap_or(usize::MAX), token.to_owned()));
        tokens.collect::<Vec<_>>()
    });
}
