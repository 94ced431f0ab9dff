//! Short rules, and playing them to their end.

use rules::{
    CheckedRule, Context, EndStatus, Execution, NodeError, NodeRecord, Plan, Progress, RunFault, TaskCall,
    TaskOutcome,
};
use serde_json::{Map, Value, json};

use crate::catalogue::Tasks;

/// A rule of these nodes.
pub(crate) fn rule(nodes: &Value) -> CheckedRule {
    let document = json!({"company_id": "b5aa9687-d61f-467c-973e-f55d446981dc", "rules": nodes});
    rules::check(&document, &Tasks).into_rule().unwrap()
}

/// A condition that holds if the event's member of its name is `"yes"`, does not if it is another text, and
/// errs if it is no text.
pub(crate) fn condition(id: &str, depends_on: &[&str]) -> Value {
    let mut node = node(id, depends_on);
    node.insert("node_type".to_owned(), "condition".into());
    let expect = json!([{"field": format!("$context.event.{id}"), "operator": "startswith", "value": "yes"}]);
    node.insert("expect".to_owned(), expect);
    node.into()
}

/// A task, with more members if need be.
pub(crate) fn task(id: &str, depends_on: &[&str], more: Value) -> Value {
    let mut node = node(id, depends_on);
    node.insert("node_type".to_owned(), "task".into());
    node.insert("task_name".to_owned(), "payment.tasks.generate_invoice".into());
    let Value::Object(more) = more else {
        panic!("members, or an empty object")
    };
    node.extend(more);
    node.into()
}

/// A task that ends the run.
pub(crate) fn abort(id: &str, depends_on: &[&str]) -> Value {
    task(id, depends_on, json!({"task_name": "payment.tasks.abort_flow"}))
}

/// The same node, for which one dependency is enough.
pub(crate) fn joining_any(mut node: Value) -> Value {
    node["join"] = "any".into();
    node
}

/// `depends_on` in short: `"a=success"`.
fn node(id: &str, depends_on: &[&str]) -> Map<String, Value> {
    let edges = depends_on.iter().map(|edge| {
        let (source, state) = edge.split_once('=').unwrap();
        json!({"node_id": source, "state": state})
    });
    let mut node = Map::new();
    node.insert("node_id".to_owned(), id.into());
    node.insert("depends_on".to_owned(), edges.collect());
    node
}

/// A run that is played by hand.
pub(crate) struct Play<'p> {
    pub(crate) execution: Execution<'p>,
    event: Value,
}

impl<'p> Play<'p> {
    pub(crate) fn new(plan: &'p Plan, event: &Value) -> Self {
        Self {
            execution: Execution::new(plan),
            event: event.clone(),
        }
    }

    /// Plays to the end. The nodes that are named fail; each other task succeeds with `{"of": <its id>}`.
    pub(crate) fn to_end(plan: &'p Plan, event: &Value, failing: &[&str]) -> Self {
        let mut run = Self::new(plan, event);
        while let Some(id) = run.next_call() {
            if failing.contains(&id) {
                run.fail(id);
            } else {
                run.succeed(id, json!({"of": id}));
            }
        }
        assert_eq!(run.advance(), Progress::Ended);
        run
    }

    pub(crate) fn advance(&mut self) -> Progress<'p> {
        let nothing = json!({});
        self.execution.advance(&Context {
            event: &self.event,
            company: &nothing,
            run: &nothing,
        })
    }

    /// The node whose task is called next, if one is.
    pub(crate) fn next_call(&mut self) -> Option<&'p str> {
        match self.advance() {
            Progress::Task(call) => Some(call.node_id),
            Progress::Waiting | Progress::Ended => None,
        }
    }

    pub(crate) fn succeed(&mut self, id: &str, output: Value) {
        self.settle(id, TaskOutcome::Success(output));
    }

    pub(crate) fn fail(&mut self, id: &str) {
        let error = NodeError {
            code: "declined".to_owned(),
            message: format!("{id} was declined"),
        };
        self.settle(id, TaskOutcome::Failure(error));
    }

    pub(crate) fn wait(&mut self, id: &str) {
        self.settle(id, TaskOutcome::Waiting);
    }

    fn settle(&mut self, id: &str, outcome: TaskOutcome) {
        let position = self.execution.plan().position(id).unwrap();
        self.execution.settle(position, outcome);
    }

    pub(crate) fn record(&self, id: &str) -> &NodeRecord {
        let position = self.execution.plan().position(id).unwrap();
        self.execution.records().get(position).unwrap()
    }

    pub(crate) fn state(&self, id: &str) -> &'static str {
        self.record(id).state.as_str()
    }

    pub(crate) fn status(&self) -> EndStatus {
        self.execution.end().0
    }

    pub(crate) fn fault(&self) -> RunFault {
        self.execution.end().1.unwrap()
    }

    /// What undoes the run, in order.
    pub(crate) fn undoing(&self) -> Vec<TaskCall<'p>> {
        let nothing = json!({});
        let context = Context {
            event: &self.event,
            company: &nothing,
            run: &nothing,
        };
        let mut execution = self.execution.clone();
        let positions = execution.to_compensate().into_iter();
        positions
            .map(|position| execution.compensation(position, &context).unwrap().unwrap())
            .collect()
    }
}
