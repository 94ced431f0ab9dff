//! A rule document, once read: what was said, with what was left unsaid filled in.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::operator::Operator;

/// At most so many nodes in a rule.
pub const MAX_NODES: usize = 1_000;
/// At most so many dependencies on one node.
pub const MAX_DEPENDENCIES: usize = 64;
/// At most so many bytes of a document.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
/// The version of the rule language; what a task or operator means never changes under it.
pub const LANGUAGE: u64 = 1;
/// The name of a rule that has none.
pub const DEFAULT_NAME: &str = "default";

/// A whole rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Whose rule it is.
    pub company_id: Uuid,
    /// Tells the company's rules apart.
    pub name: String,
    /// For people.
    pub description: String,
    /// Which events it is for; none: every one.
    pub when: Option<Expectations>,
    /// Its nodes, in the order of the document.
    pub nodes: Vec<Node>,
    /// Where the canvas draws them: no part of the rule's meaning.
    pub layout: Map<String, Value>,
}

/// A list of expectations, and how many of them must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectations {
    /// All or any of them.
    pub mode: Quantifier,
    /// The expectations; an empty list holds.
    pub expect: Vec<Expectation>,
}

/// All or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quantifier {
    /// Every one of them.
    #[default]
    All,
    /// At least one of them.
    Any,
}

/// One comparison to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// A path to what is compared.
    pub field: String,
    /// How.
    pub operator: Operator,
    /// With what; operators that need nothing have none.
    pub value: Option<Value>,
}

/// A node of the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the rule: 1–64 of `A-Z a-z 0-9 _ - .`.
    pub id: String,
    /// For people.
    pub label: Option<String>,
    /// What must have settled, and how, before this node is looked at.
    pub depends_on: Vec<Dependency>,
    /// Whether every dependency must be satisfied, or one is enough.
    pub join: Quantifier,
    /// What it does.
    pub kind: NodeKind,
}

/// An edge, seen from its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The node that must settle.
    pub node_id: String,
    /// How it must settle.
    pub state: EdgeState,
}

/// How the source of an edge must settle for the edge to be satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeState {
    /// A condition that holds, a task that succeeded.
    Success,
    /// A condition that does not hold, a task that failed for good.
    Failure,
    /// A condition that could not be evaluated.
    Error,
    /// Any of these, but not skipped.
    Any,
}

impl EdgeState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Success, Self::Failure, Self::Error, Self::Any];

    /// The state as it is written in a rule.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Any => "any",
        }
    }
}

/// What a node does.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Asks something of the context.
    Condition(Expectations),
    /// Does something.
    Task(Box<TaskNode>),
}

/// How long one attempt at a task may take, in milliseconds.
pub const TIMEOUTS_MS: RangeInclusive<u64> = 1..=86_400_000;

/// A node that runs a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskNode {
    /// The task, by the name that the author wrote.
    pub task_name: String,
    /// Its parameters, with paths in them not yet followed.
    pub parameters: Map<String, Value>,
    /// How an external task is tried again.
    pub retry: Option<Retry>,
    /// How long one attempt may take, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// What a failure means to the run.
    pub on_failure: OnFailure,
    /// What undoes it if the run ends badly.
    pub compensate: Option<Compensation>,
}

/// How an external task is tried again (full jitter between attempts).
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// At most so many attempts, the first included.
    pub max_attempts: u64,
    /// The wait before the second attempt, in milliseconds.
    pub initial_interval_ms: u64,
    /// By what each further wait grows: a decimal number, as written.
    pub multiplier: String,
    /// The longest wait, in milliseconds.
    pub max_interval_ms: u64,
    /// When to give up, in milliseconds from the first attempt.
    pub max_elapsed_ms: u64,
}

impl Retry {
    /// How many attempts there may be.
    pub const ATTEMPTS: RangeInclusive<u64> = 1..=100;
    /// How long the first wait may be, in milliseconds.
    pub const INITIAL_INTERVALS_MS: RangeInclusive<u64> = 1..=3_600_000;
    /// By what a wait may grow.
    pub const MULTIPLIERS: RangeInclusive<u64> = 1..=100;
    /// How long the longest wait may be, in milliseconds.
    pub const MAX_INTERVALS_MS: RangeInclusive<u64> = 1..=86_400_000;
    /// How long may be tried, in milliseconds.
    pub const MAX_ELAPSED_MS: RangeInclusive<u64> = 1..=2_592_000_000;
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max_attempts: 5,
            initial_interval_ms: 1_000,
            multiplier: "2".to_owned(),
            max_interval_ms: 30_000,
            max_elapsed_ms: 3_600_000,
        }
    }
}

/// What a task's failure means to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// The run fails, unless a node that asks for the failure ran.
    #[default]
    Fail,
    /// Nothing.
    Continue,
    /// The run is aborted.
    Abort,
}

/// A task that undoes another.
#[derive(Debug, Clone, PartialEq)]
pub struct Compensation {
    /// The task.
    pub task_name: String,
    /// Its parameters, with paths in them not yet followed; they may look at the node that it undoes.
    pub parameters: Map<String, Value>,
}
