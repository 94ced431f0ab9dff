//! Parameters with paths in them, compiled; filled in for each run.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::budget::{Budget, TooLarge};
use crate::finding::{Finding, Pointer};
use crate::path::{NodeNames, PREFIX, Path};
use crate::scope::Scope;

/// A value in which strings that are paths stand for what the paths name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    /// No path anywhere in it.
    Literal(Value),
    Path(Path),
    Text(Vec<Piece>),
    List(Vec<Template>),
    Object(Vec<(String, Template)>),
}

/// A piece of a text into which values are interpolated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Literal(String),
    Path(Path),
}

impl Template {
    /// Compiles a value, noting a finding for each bad path.
    pub(crate) fn compile(
        value: &Value,
        pointer: &Pointer,
        nodes: &dyn NodeNames,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let template = match value {
            Value::String(text) => compile_text(text, pointer, nodes, findings),
            Value::Array(elements) => Self::List(
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, value)| Self::compile(value, &pointer.child(index), nodes, findings))
                    .collect(),
            ),
            Value::Object(members) => Self::Object(compile_members(members, pointer, nodes, findings)),
            scalar => Self::Literal(scalar.clone()),
        };
        template.folded()
    }

    /// A template without paths is a literal.
    fn folded(self) -> Self {
        match self {
            Self::List(elements) if elements.iter().all(Self::is_literal) => {
                Self::Literal(elements.into_iter().filter_map(Self::into_literal).collect())
            }
            Self::Object(members) if members.iter().all(|(_, member)| member.is_literal()) => {
                let members = members.into_iter();
                let members = members.filter_map(|(name, member)| Some((name, member.into_literal()?)));
                Self::Literal(Value::Object(members.collect()))
            }
            other => other,
        }
    }

    fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    fn into_literal(self) -> Option<Value> {
        match self {
            Self::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// Fills the template in, as far as the budget goes.
    pub(crate) fn fill(&self, scope: &Scope<'_>, budget: &mut Budget) -> Result<Value, TooLarge> {
        match self {
            // Literals are as large and as deep as the rule's document allows, once a run.
            Self::Literal(value) => Ok(value.clone()),
            Self::Path(path) => {
                let value = path.follow(scope, budget)?;
                budget.charge(&value)?;
                Ok(value.into_owned())
            }
            Self::Text(pieces) => {
                let pieces = pieces.iter().map(|piece| piece.fill(scope, budget));
                pieces.collect::<Result<String, TooLarge>>().map(Value::String)
            }
            Self::List(elements) => budget.nested(|budget| {
                elements
                    .iter()
                    .map(|element| element.fill(scope, budget))
                    .collect()
            }),
            Self::Object(members) => budget.nested(|budget| {
                let members = members.iter();
                let members = members.map(|(name, member)| Ok((name.clone(), member.fill(scope, budget)?)));
                members.collect::<Result<_, TooLarge>>().map(Value::Object)
            }),
        }
    }
}

fn compile_members(
    members: &Map<String, Value>,
    pointer: &Pointer,
    nodes: &dyn NodeNames,
    findings: &mut Vec<Finding>,
) -> Vec<(String, Template)> {
    members
        .iter()
        .map(|(name, value)| {
            (
                name.clone(),
                Template::compile(value, &pointer.child(name), nodes, findings),
            )
        })
        .collect()
}

/// Whether a string is read as something else than itself.
pub(crate) fn is_dynamic(text: &str) -> bool {
    text.starts_with(PREFIX) || find_interpolation(text).is_some()
}

fn compile_text(
    text: &str,
    pointer: &Pointer,
    nodes: &dyn NodeNames,
    findings: &mut Vec<Finding>,
) -> Template {
    let mut parse = |path: &str| {
        Path::parse(path, nodes)
            .map_err(|error| findings.push(Finding::at(pointer, error.code, error.detail)))
            .ok()
    };
    if text.starts_with(PREFIX) {
        return parse(text).map_or(Template::Literal(Value::Null), Template::Path);
    }
    if text
        .strip_prefix('$')
        .is_some_and(|rest| rest.starts_with(PREFIX))
    {
        return Template::Literal(text.get(1..).unwrap_or_default().into());
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((start, path_start)) = find_interpolation(rest) {
        let Some(length) = rest.get(path_start..).and_then(|tail| tail.find("}}")) else {
            let detail = "`{{ $context…` is never closed: expected `}}` after the path.";
            findings.push(Finding::at(pointer, "bad_path", detail));
            return Template::Literal(Value::Null);
        };
        let end = path_start + length;
        let inside = rest.get(path_start..end).unwrap_or_default().trim_end();
        push_literal(&mut pieces, rest.get(..start).unwrap_or_default());
        match inside.strip_prefix('$').filter(|inner| inner.starts_with(PREFIX)) {
            Some(literal) => push_literal(&mut pieces, &format!("{{{{ {literal} }}}}")),
            None => pieces.extend(parse(inside).map(Piece::Path)),
        }
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    push_literal(&mut pieces, rest);
    match pieces.as_slice() {
        [] => Template::Literal("".into()),
        [Piece::Literal(only)] => Template::Literal(only.as_str().into()),
        _ => Template::Text(pieces),
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Literal(before)) => before.push_str(text),
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

/// The next `{{ $context` (or its literal form `{{ $$context`): where it starts, and where its path does.
fn find_interpolation(text: &str) -> Option<(usize, usize)> {
    text.match_indices("{{").find_map(|(start, braces)| {
        let after = text.get(start + braces.len()..)?;
        let inside = after.trim_start_matches(' ');
        let dollar = inside.strip_prefix('$').unwrap_or_default();
        let found = inside.starts_with(PREFIX) || dollar.starts_with(PREFIX);
        found.then(|| (start, text.len() - inside.len()))
    })
}

impl Piece {
    /// The piece as text: strings as they are, null as nothing, all else as JSON.
    fn fill<'p>(&'p self, scope: &Scope<'p>, budget: &mut Budget) -> Result<Cow<'p, str>, TooLarge> {
        let path = match self {
            Self::Literal(text) => return Ok(Cow::Borrowed(text)),
            Self::Path(path) => path,
        };
        let value = path.follow(scope, budget)?;
        budget.charge(&value)?;
        Ok(match value {
            Cow::Borrowed(Value::String(text)) => Cow::Borrowed(text),
            value => match value.into_owned() {
                Value::String(text) => Cow::Owned(text),
                Value::Null => Cow::Borrowed(""),
                other => Cow::Owned(other.to_string()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::path::PathError;
    use crate::scope::NoNodes;

    struct NoNames;

    impl NodeNames for NoNames {
        fn visible(&self, node_id: &str) -> Result<usize, PathError> {
            Err(PathError {
                code: "not_an_ancestor",
                detail: node_id.to_owned(),
            })
        }
    }

    fn fill(parameters: &Value) -> Result<Value, Vec<Finding>> {
        let mut findings = Vec::new();
        let template = Template::compile(parameters, &Pointer::root(), &NoNames, &mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let event = crate::json::parse(br#"{"total":120.00,"name":"Ana","none":null,"tags":["a"]}"#).unwrap();
        let mut budget = Budget::for_event(&event);
        let filled = template.fill(
            &Scope {
                event: &event,
                company: &Value::Null,
                run: &Value::Null,
                nodes: &NoNodes,
            },
            &mut budget,
        );
        Ok(filled.unwrap())
    }

    #[test]
    fn fills_paths_and_texts() {
        let filled = fill(&json!({
            "amount": "$context.event.total",
            "list": ["$context.event.name", 5, {"x": "$context.event.missing"}],
            "text": "Dear {{ $context.event.name }}: {{$context.event.total}}{{ $context.event.none }} {{ $context.event.tags }}!",
            "literal": "$$context.event",
            "braces": "{{ not a path }} and {{ $$context.event }}",
            "plain": "x",
        }))
        .unwrap();
        assert_eq!(filled["amount"].to_string(), "120.00");
        assert_eq!(filled["list"], json!(["Ana", 5, {"x": null}]));
        assert_eq!(filled["text"], "Dear Ana: 120.00 [\"a\"]!");
        assert_eq!(filled["literal"], "$context.event");
        assert_eq!(filled["braces"], "{{ not a path }} and {{ $context.event }}");
        assert_eq!(filled["plain"], "x");
    }

    #[test]
    fn names_the_place_of_a_bad_path() {
        let findings = fill(&json!({"a": [0, "$context.evnt"], "b": "x {{ $context.event.a"})).unwrap_err();
        assert_eq!(findings[0].pointer, "/a/1");
        assert_eq!(findings[1].pointer, "/b");
        assert!(findings[1].detail.contains("never closed"));
    }

    #[test]
    fn without_paths_it_is_a_literal() {
        let value = json!({"a": [1, {"b": "c"}]});
        let template = Template::compile(&value, &Pointer::root(), &NoNames, &mut Vec::new());
        assert_eq!(template, Template::Literal(value));
    }
}
