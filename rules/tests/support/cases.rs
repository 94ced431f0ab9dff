//! Random rules that are accepted, each with an event and what its tasks will answer.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::genes::{Genes, genes};
use super::values;

/// What a task answers: its output, or the code of its failure.
pub(crate) type Answer = Result<Value, String>;

/// A rule, an event for it, and what the tasks will answer.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) document: Value,
    pub(crate) event: Value,
    pub(crate) company: Value,
    pub(crate) run: Value,
    pub(crate) answers: BTreeMap<String, Answer>,
}

/// Whether tasks may end the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aborts {
    Possible,
    Never,
}

const MOST_NODES: usize = 40;
const GENES_PER_NODE: usize = 28;

/// Cases of up to forty nodes. Every node has genes of its own, so that a case shrinks node by node.
pub(crate) fn cases(aborts: Aborts) -> impl Strategy<Value = Case> {
    let nodes = prop::collection::vec(genes(GENES_PER_NODE), 1..=MOST_NODES);
    let rest = genes(64);
    (nodes, rest).prop_map(move |(nodes, rest)| case(&nodes, &mut Genes::new(&rest), aborts))
}

fn case(nodes: &[Vec<u16>], rest: &mut Genes<'_>, aborts: Aborts) -> Case {
    let mut growing = Growing::default();
    for genes in nodes {
        growing.add(&mut Genes::new(genes), aborts);
    }
    let event: Map<String, Value> = ["a", "b", "c", "o"]
        .into_iter()
        .map(|name| (name.to_owned(), values::value(rest)))
        .filter(|(_, value)| *value != Value::Bool(false))
        .collect();
    rest.shuffle(&mut growing.nodes);
    Case {
        document: json!({"company_id": "b5aa9687-d61f-467c-973e-f55d446981dc", "rules": growing.nodes}),
        event: event.into(),
        company: json!({"plan": "pro"}),
        run: json!({"id": "run-1"}),
        answers: growing.answers,
    }
}

/// A graph that grows node by node: each depends on some that are there already.
#[derive(Default)]
struct Growing {
    nodes: Vec<Value>,
    ids: Vec<String>,
    conditions: BTreeSet<usize>,
    ancestors: Vec<BTreeSet<usize>>,
    answers: BTreeMap<String, Answer>,
}

impl Growing {
    fn add(&mut self, genes: &mut Genes<'_>, aborts: Aborts) {
        let place = self.nodes.len();
        // Ids follow neither the order in which nodes depend on each other, nor that of numbers.
        let id = format!("n{}", place * 7 % 41);
        let is_condition = !genes.once_in(2);
        let sources = self.sources(genes);
        let ancestors = sources.iter().fold(BTreeSet::new(), |mut ancestors, source| {
            ancestors.insert(*source);
            ancestors.extend(&self.ancestors[*source]);
            ancestors
        });
        let fields = self.fields(&ancestors);
        let mut node = Map::new();
        node.insert("node_id".to_owned(), id.as_str().into());
        node.insert("depends_on".to_owned(), self.edges(genes, &sources));
        node.insert("join".to_owned(), (*genes.pick(&["all", "any"])).into());
        if is_condition {
            self.conditions.insert(place);
            condition(genes, &fields, &mut node);
        } else {
            task(genes, &id, &fields, aborts, &mut node);
            self.answers.insert(id.clone(), answer(genes));
        }
        self.ids.push(id);
        self.ancestors.push(ancestors);
        self.nodes.push(node.into());
    }

    fn sources(&self, genes: &mut Genes<'_>) -> BTreeSet<usize> {
        let count = if self.ids.is_empty() { 0 } else { genes.below(4) };
        // Mostly recent ones, so that graphs grow deep as well as wide.
        let reach = self.ids.len().min(if genes.once_in(4) { MOST_NODES } else { 6 });
        (0..count)
            .map(|_| self.ids.len() - 1 - genes.below(reach))
            .collect()
    }

    fn edges(&self, genes: &mut Genes<'_>, sources: &BTreeSet<usize>) -> Value {
        let edge = |source: &usize| {
            let states: &[&str] = if self.conditions.contains(source) {
                &["success", "failure", "any", "error", "success", "failure"]
            } else {
                &["success", "failure", "any", "success"]
            };
            json!({"node_id": self.ids[*source], "state": genes.pick(states)})
        };
        sources.iter().map(edge).collect()
    }

    /// What the paths of a node may name.
    fn fields(&self, ancestors: &BTreeSet<usize>) -> Vec<String> {
        let event = [
            "a", "b", "c", "a", "b", "o", "missing", "o.x", "o['l']", "c[0]", "c[-1]", "a[*]", "o.l[*]",
        ];
        let mut fields: Vec<String> = event.map(|name| format!("$context.event.{name}")).to_vec();
        fields.extend([
            "$context.company.plan".to_owned(),
            "$context['run'].id".to_owned(),
        ]);
        for ancestor in ancestors {
            let id = &self.ids[*ancestor];
            fields.push(format!("$context.nodes.{id}.state"));
            fields.push(format!("$context.nodes.{id}.error.code"));
            if !self.conditions.contains(ancestor) {
                fields.push(format!("$context.nodes.{id}.output.v"));
                fields.push(format!("$context.nodes['{id}']['output']"));
            }
        }
        fields
    }
}

fn condition(genes: &mut Genes<'_>, fields: &[String], node: &mut Map<String, Value>) {
    let count = genes.below(4);
    let expect: Value = (0..count).map(|_| values::expectation(genes, fields)).collect();
    node.insert("node_type".to_owned(), "condition".into());
    node.insert("match".to_owned(), (*genes.pick(&["all", "any"])).into());
    node.insert("expect".to_owned(), expect);
}

fn task(genes: &mut Genes<'_>, id: &str, fields: &[String], aborts: Aborts, node: &mut Map<String, Value>) {
    let can_abort = aborts == Aborts::Possible && genes.once_in(6);
    let (task_name, on_failure) = match (can_abort, genes.below(3)) {
        (true, 0) => ("payment.tasks.abort_flow", "fail"),
        (true, _) => ("payments.tasks.generate_invoice", "abort"),
        (false, 0) => ("payment.tasks.capture_payment", "continue"),
        (false, _) => ("payment.tasks.generate_royalty", "fail"),
    };
    let (path, other) = (genes.pick(fields), genes.pick(fields));
    node.insert("node_type".to_owned(), "task".into());
    node.insert("task_name".to_owned(), task_name.into());
    node.insert("on_failure".to_owned(), on_failure.into());
    node.insert(
        "parameters".to_owned(),
        json!({"p": path, "t": [format!("is {{{{ {other} }}}}."), "$$context", {"n": 1.50}]}),
    );
    if genes.once_in(3) {
        let undo = json!({"task_name": "payment.tasks.refund_payment", "parameters": {"p": path, "o": format!("$context.nodes.{id}.output")}});
        node.insert("compensate".to_owned(), undo);
    }
}

fn answer(genes: &mut Genes<'_>) -> Answer {
    if genes.once_in(3) {
        Err((*genes.pick(&["declined", "12"])).to_owned())
    } else {
        Ok(json!({"v": values::value(genes)}))
    }
}
