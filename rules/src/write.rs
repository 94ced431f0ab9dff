//! From a [`Document`] back to JSON, members always in the same order.

use serde_json::{Map, Value, json};

use crate::model::{
    Compensation, Document, Expectation, Expectations, LANGUAGE, Node, NodeKind, OnFailure, Quantifier,
    Retry, TaskNode,
};

impl Document {
    /// The document as JSON: what was left unsaid stays unsaid, except name and language.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("language".to_owned(), LANGUAGE.into());
        map.insert("company_id".to_owned(), self.company_id.to_string().into());
        map.insert("name".to_owned(), self.name.clone().into());
        if !self.description.is_empty() {
            map.insert("description".to_owned(), self.description.clone().into());
        }
        if let Some(when) = &self.when {
            let mut members = Map::new();
            write_expectations(when, &mut members);
            map.insert("when".to_owned(), members.into());
        }
        map.insert("rules".to_owned(), self.nodes.iter().map(Node::to_json).collect());
        if !self.layout.is_empty() {
            map.insert("layout".to_owned(), self.layout.clone().into());
        }
        map.into()
    }
}

impl Node {
    /// The node as JSON.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("node_id".to_owned(), self.id.clone().into());
        let node_type = match self.kind {
            NodeKind::Condition(_) => "condition",
            NodeKind::Task(_) => "task",
        };
        map.insert("node_type".to_owned(), node_type.into());
        if let Some(label) = &self.label {
            map.insert("label".to_owned(), label.clone().into());
        }
        if !self.depends_on.is_empty() {
            let edges = self.depends_on.iter();
            let edges = edges.map(|edge| json!({"node_id": edge.node_id, "state": edge.state.as_str()}));
            map.insert("depends_on".to_owned(), edges.collect());
        }
        if self.join == Quantifier::Any {
            map.insert("join".to_owned(), "any".into());
        }
        match &self.kind {
            NodeKind::Condition(expectations) => write_expectations(expectations, &mut map),
            NodeKind::Task(task) => write_task(task, &mut map),
        }
        map.into()
    }
}

fn write_expectations(expectations: &Expectations, map: &mut Map<String, Value>) {
    if expectations.mode == Quantifier::Any {
        map.insert("match".to_owned(), "any".into());
    }
    map.insert(
        "expect".to_owned(),
        expectations.expect.iter().map(write_expectation).collect(),
    );
}

fn write_expectation(expectation: &Expectation) -> Value {
    let mut map = Map::new();
    map.insert("field".to_owned(), expectation.field.clone().into());
    map.insert("operator".to_owned(), expectation.operator.as_str().into());
    if let Some(value) = &expectation.value {
        map.insert("value".to_owned(), value.clone());
    }
    map.into()
}

fn write_task(task: &TaskNode, map: &mut Map<String, Value>) {
    map.insert("task_name".to_owned(), task.task_name.clone().into());
    if !task.parameters.is_empty() {
        map.insert("parameters".to_owned(), task.parameters.clone().into());
    }
    if let Some(retry) = &task.retry {
        map.insert("retry".to_owned(), write_retry(retry));
    }
    if let Some(timeout_ms) = task.timeout_ms {
        map.insert("timeout_ms".to_owned(), timeout_ms.into());
    }
    match task.on_failure {
        OnFailure::Fail => None,
        OnFailure::Continue => map.insert("on_failure".to_owned(), "continue".into()),
        OnFailure::Abort => map.insert("on_failure".to_owned(), "abort".into()),
    };
    if let Some(Compensation {
        task_name,
        parameters,
    }) = &task.compensate
    {
        // Not by `json!`, which writes numbers anew: `1E2` as `1e+2`.
        let mut compensate = Map::new();
        compensate.insert("task_name".to_owned(), task_name.clone().into());
        compensate.insert("parameters".to_owned(), parameters.clone().into());
        map.insert("compensate".to_owned(), compensate.into());
    }
}

fn write_retry(retry: &Retry) -> Value {
    let multiplier = serde_json::Number::from_string_unchecked(retry.multiplier.clone());
    let members: [(&str, Value); 5] = [
        ("max_attempts", retry.max_attempts.into()),
        ("initial_interval_ms", retry.initial_interval_ms.into()),
        ("multiplier", multiplier.into()),
        ("max_interval_ms", retry.max_interval_ms.into()),
        ("max_elapsed_ms", retry.max_elapsed_ms.into()),
    ];
    members
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}
