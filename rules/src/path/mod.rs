//! Paths into the context: RFC 9535 JSONPath, rooted at `$context`.
//!
//! A path is parsed when the rule is compiled. Plain paths (names and indexes only) are followed step by
//! step; all others go to jsonpath-rust's evaluator, already parsed.

mod filter;

use std::borrow::Cow;

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::Value;

use crate::budget::{Budget, TooLarge};
use crate::scope::{NodePart, Scope};
use crate::spelling;

/// How every path begins.
pub(crate) const PREFIX: &str = "$context";
/// The longest path, in bytes. The parser recurses, so its input is bounded.
const MAX_BYTES: usize = 512;

/// A path, parsed and resolved: following it cannot fail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    root: Root,
    rest: Rest,
}

/// The member of the context in which a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Event,
    Company,
    Run,
    Node(usize, NodePart),
}

#[derive(Debug, Clone, PartialEq)]
enum Rest {
    /// Names one value at most.
    Steps(Vec<Step>),
    /// May name many values.
    Query(JpQuery),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(i64),
}

/// Why a path is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathError {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl PathError {
    fn bad(detail: impl Into<String>) -> Self {
        Self {
            code: "bad_path",
            detail: detail.into(),
        }
    }
}

/// Knows which nodes a path may look at.
pub(crate) trait NodeNames {
    /// The node's index, if it has settled whenever the path is followed.
    fn visible(&self, node_id: &str) -> Result<usize, PathError>;

    /// Whether there is a run to look at.
    fn has_run(&self) -> bool {
        true
    }
}

const ROOTS: [&str; 4] = ["event", "company", "run", "nodes"];

impl Path {
    /// Parses a path that starts with `$context`.
    pub(crate) fn parse(text: &str, nodes: &dyn NodeNames) -> Result<Self, PathError> {
        let query = parse_query(text)?;
        let mut segments = query.segments.into_iter();
        let Some(Some(Step::Name(root))) = segments.next().as_ref().map(step_of) else {
            return Err(bad_root(text));
        };
        let root = match root.as_str() {
            "event" => Root::Event,
            "company" => Root::Company,
            "run" if nodes.has_run() => Root::Run,
            "run" => {
                return Err(PathError::bad(
                    "`when` is asked before there is a run to look at.",
                ));
            }
            "nodes" => node_root(&mut segments, nodes)?,
            other => {
                let hint = spelling::hint(other, ROOTS);
                let roots = spelling::one_of(&ROOTS);
                return Err(PathError::bad(format!(
                    "The context has no member `{other}`.{hint} It has {roots}."
                )));
            }
        };
        Ok(Self {
            root,
            rest: rest_of(segments.collect())?,
        })
    }

    /// Follows the path. One that can name one value yields it, or null; another yields an array, and pays for it.
    pub(crate) fn follow<'s>(
        &self,
        scope: &Scope<'s>,
        budget: &mut Budget,
    ) -> Result<Cow<'s, Value>, TooLarge> {
        let root = match self.root {
            Root::Event => Cow::Borrowed(scope.event),
            Root::Company => Cow::Borrowed(scope.company),
            Root::Run => Cow::Borrowed(scope.run),
            Root::Node(index, part) => scope.nodes.part(index, part),
        };
        match (&self.rest, root) {
            (Rest::Steps(steps), Cow::Borrowed(root)) => Ok(Cow::Borrowed(walk(steps, root))),
            (Rest::Steps(steps), Cow::Owned(root)) => Ok(Cow::Owned(walk(steps, &root).clone())),
            (Rest::Query(query), root) => run_query(query, &root, budget).map(Cow::Owned),
        }
    }
}

fn parse_query(text: &str) -> Result<JpQuery, PathError> {
    if text.len() > MAX_BYTES {
        return Err(PathError::bad(format!(
            "A path has at most {MAX_BYTES} characters."
        )));
    }
    let Some(rest) = text.strip_prefix(PREFIX) else {
        return Err(PathError::bad(format!(
            "A path starts with `{PREFIX}`, as in `$context.event.total`; this is `{text}`."
        )));
    };
    filter::check_nesting(rest)?;
    parse_json_path(&format!("${rest}")).map_err(|_| unreadable(text, rest))
}

/// Explains what the parser could not read, where the reason is a common one.
fn unreadable(text: &str, rest: &str) -> PathError {
    let dashed = rest.split(['.', '[', ']']).find(|name| {
        name.contains('-')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    });
    let hint = match dashed {
        Some(name) => {
            format!(" A name with a dash is written in brackets: `['{name}']` instead of `.{name}`.")
        }
        None => String::new(),
    };
    PathError::bad(format!("`{text}` is not a JSONPath (RFC 9535).{hint}"))
}

fn bad_root(text: &str) -> PathError {
    let roots = spelling::one_of(&ROOTS);
    PathError::bad(format!(
        "`{text}` must go on with the name of one member of the context: {roots}."
    ))
}

/// Reads `nodes.<node_id>[.<part>]`: which node, and what of it.
fn node_root(segments: &mut impl Iterator<Item = Segment>, nodes: &dyn NodeNames) -> Result<Root, PathError> {
    let Some(Some(Step::Name(node_id))) = segments.next().as_ref().map(step_of) else {
        return Err(PathError::bad(
            "`$context.nodes` must go on with the id of one node.",
        ));
    };
    let index = nodes.visible(&node_id)?;
    let part = match segments.next().as_ref().map(step_of) {
        None => NodePart::Whole,
        Some(Some(Step::Name(name))) => NodePart::from_name(&name).ok_or_else(|| {
            let hint = spelling::hint(&name, NodePart::NAMES);
            PathError::bad(format!(
                "A node has no member `{name}`.{hint} It has `state`, `output` and `error`."
            ))
        })?,
        Some(_) => {
            return Err(PathError::bad(format!(
                "`$context.nodes.{node_id}` must go on with `state`, `output` or `error`."
            )));
        }
    };
    Ok(Root::Node(index, part))
}

fn rest_of(segments: Vec<Segment>) -> Result<Rest, PathError> {
    if let Some(steps) = segments.iter().map(step_of).collect::<Option<Vec<Step>>>() {
        return Ok(Rest::Steps(steps));
    }
    filter::check(&segments)?;
    Ok(Rest::Query(JpQuery::new(segments)))
}

fn step_of(segment: &Segment) -> Option<Step> {
    match segment {
        Segment::Selector(selector) => step_of_selector(selector),
        Segment::Selectors(selectors) => match selectors.as_slice() {
            [only] => step_of_selector(only),
            _ => None,
        },
        Segment::Descendant(_) => None,
    }
}

fn step_of_selector(selector: &Selector) -> Option<Step> {
    match selector {
        Selector::Name(name) => Some(Step::Name(name.clone())),
        Selector::Index(index) => Some(Step::Index(*index)),
        _ => None,
    }
}

fn walk<'v>(steps: &[Step], root: &'v Value) -> &'v Value {
    static NOTHING: Value = Value::Null;
    let mut here = root;
    for step in steps {
        let next = match (step, here) {
            (Step::Name(name), Value::Object(members)) => members.get(name),
            (Step::Index(index), Value::Array(elements)) => element(elements, *index),
            _ => None,
        };
        let Some(next) = next else { return &NOTHING };
        here = next;
    }
    here
}

/// An element by its index; a negative one counts from the end (RFC 9535, 2.3.3).
fn element(elements: &[Value], index: i64) -> Option<&Value> {
    let from_start = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => elements
            .len()
            .checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    elements.get(from_start)
}

fn run_query(query: &JpQuery, root: &Value, budget: &mut Budget) -> Result<Value, TooLarge> {
    budget.walk(root)?;
    // The evaluator's only error is a query that yields something else than nodes, and only functions
    // outside of filters do; the parser has refused those.
    let found = js_path_process(query, root).unwrap_or_default();
    let copied = found
        .into_iter()
        .map(|found| budget.charge(found.val).map(|()| found.val.clone()));
    copied.collect::<Result<Vec<Value>, TooLarge>>().map(Value::Array)
}

#[cfg(test)]
mod tests;
