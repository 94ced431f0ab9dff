//! Paths such as `$context.nodes['condition-1'].output`, when the node that they name gets another id.
//!
//! Only what the rule language reads as a path is touched: a string that starts with `$context`, and
//! `{{ $context… }}` inside a longer one. `$$context` is the literal.

use std::borrow::Cow;

use serde_json::Value;

const CONTEXT: &str = "$context";

/// The value with every path to a node renamed as the function says; none: nothing to rename.
pub fn rename_in_value(value: &Value, new_id: &dyn Fn(&str) -> Option<String>) -> Option<Value> {
    let mut copy = value.clone();
    rename_within(&mut copy, new_id).then_some(copy)
}

/// Whether anything was renamed.
fn rename_within(value: &mut Value, new_id: &dyn Fn(&str) -> Option<String>) -> bool {
    match value {
        Value::String(text) => match rename_in_text(text, new_id) {
            Cow::Borrowed(_) => false,
            Cow::Owned(renamed) => {
                *text = renamed;
                true
            }
        },
        Value::Array(elements) => rename_all(elements.iter_mut(), new_id),
        Value::Object(members) => rename_all(members.values_mut(), new_id),
        _ => false,
    }
}

fn rename_all<'v>(
    values: impl Iterator<Item = &'v mut Value>,
    new_id: &dyn Fn(&str) -> Option<String>,
) -> bool {
    // Every one of them, also after the first that was renamed.
    values
        .filter_map(|value| rename_within(value, new_id).then_some(()))
        .count()
        > 0
}

/// The text with every path to a node renamed.
pub fn rename_in_text<'t>(text: &'t str, new_id: &dyn Fn(&str) -> Option<String>) -> Cow<'t, str> {
    each_path(text, &|path| rename_in_path(path, new_id), Braces::Stay)
}

/// The text with what the function makes of each path in its place, without the braces.
pub(crate) fn map_paths<'t>(text: &'t str, map: &dyn Fn(&str) -> Option<String>) -> Cow<'t, str> {
    each_path(text, map, Braces::Go)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Braces {
    Stay,
    Go,
}

fn each_path<'t>(text: &'t str, map: &dyn Fn(&str) -> Option<String>, braces: Braces) -> Cow<'t, str> {
    if !text.contains(CONTEXT) {
        return Cow::Borrowed(text);
    }
    if text.starts_with(CONTEXT) {
        return map(text).map_or(Cow::Borrowed(text), Cow::Owned);
    }
    let mut mapped = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(found) = next_interpolation(rest) {
        let (opening, closing) = match braces {
            Braces::Stay => (found.opening, found.closing),
            Braces::Go => ("", ""),
        };
        let path = map(found.path);
        changed |= path.is_some() || braces == Braces::Go;
        let path = path.as_deref().unwrap_or(found.path);
        mapped.extend([found.before, opening, path, closing]);
        rest = found.after;
    }
    mapped.push_str(rest);
    if changed {
        Cow::Owned(mapped)
    } else {
        Cow::Borrowed(text)
    }
}

/// A path in braces, and the text around it, piece by piece.
struct Interpolation<'t> {
    before: &'t str,
    opening: &'t str,
    path: &'t str,
    closing: &'t str,
    after: &'t str,
}

fn next_interpolation(text: &str) -> Option<Interpolation<'_>> {
    text.match_indices("{{").find_map(|(start, braces)| {
        let inside = text.get(start + braces.len()..)?;
        let tail = inside.trim_start_matches(' ');
        if !tail.starts_with(CONTEXT) {
            return None;
        }
        let path_start = text.len() - tail.len();
        let length = tail.find("}}")?;
        let path = tail.get(..length)?.trim_end();
        Some(Interpolation {
            before: text.get(..start)?,
            opening: text.get(start..path_start)?,
            path,
            closing: tail.get(path.len()..length + 2)?,
            after: tail.get(length + 2..)?,
        })
    })
}

/// The path, if it names a node that has another id now.
fn rename_in_path(path: &str, new_id: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let rest = path.strip_prefix(CONTEXT)?;
    let (root, rest) = take_name(rest)?;
    if root != "nodes" {
        return None;
    }
    let (id, rest) = take_name(rest)?;
    let id = new_id(id)?;
    if is_shorthand(&id) {
        Some(format!("{CONTEXT}.nodes.{id}{rest}"))
    } else {
        Some(format!("{CONTEXT}.nodes['{id}']{rest}"))
    }
}

/// The name that a path goes on with, as `.name`, `['name']` or `["name"]` (RFC 9535, 2.3.1 and 2.5.1).
/// No id needs an escape.
fn take_name(path: &str) -> Option<(&str, &str)> {
    let path = path.trim_start();
    if let Some(rest) = path.strip_prefix('.') {
        let rest = rest.trim_start();
        let end = rest.find(|letter| !is_name_letter(letter)).unwrap_or(rest.len());
        return (end > 0).then(|| rest.split_at(end));
    }
    let rest = path.strip_prefix('[')?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (name, rest) = rest.get(1..)?.split_once(quote)?;
    Some((name, rest.trim_start().strip_prefix(']')?))
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii()
}

/// Whether a name may follow a dot.
fn is_shorthand(name: &str) -> bool {
    !name.starts_with(|letter: char| letter.is_ascii_digit()) && name.chars().all(is_name_letter)
}

/// What a path names, without quotes and brackets where it can be said so: the names from the root on, and
/// what follows them.
pub(crate) fn names(path: &str) -> Option<(Vec<&str>, &str)> {
    let mut rest = path.strip_prefix(CONTEXT)?;
    let mut names = Vec::new();
    while let Some((name, after)) = take_name(rest) {
        names.push(name);
        rest = after;
    }
    Some((names, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn renamed(text: &str, from: &str, to: &str) -> String {
        rename_in_text(text, &|id| (id == from).then(|| to.to_owned())).into_owned()
    }

    #[test]
    fn renames_in_every_spelling() {
        assert_eq!(
            renamed("$context.nodes.a.output.x", "a", "b"),
            "$context.nodes.b.output.x"
        );
        assert_eq!(
            renamed("$context.nodes['a-1'].state", "a-1", "a-2"),
            "$context.nodes['a-2'].state"
        );
        assert_eq!(
            renamed("$context[\"nodes\"][ \"a-1\" ].state", "a-1", "c"),
            "$context.nodes.c.state"
        );
        assert_eq!(renamed("$context.nodes.a", "a", "a.1"), "$context.nodes['a.1']");
        assert_eq!(
            renamed("$context.nodes.a.output[0]['a']", "a", "1a"),
            "$context.nodes['1a'].output[0]['a']"
        );
    }

    #[test]
    fn leaves_alone_what_is_another_node_or_no_path() {
        for text in [
            "$context.nodes.ab.output",
            "$context.event.nodes.a",
            "$$context.nodes.a",
            "see $context.nodes.a",
            "{{ $$context.nodes.a }}",
            "{{ $context.nodes.a",
            "$context.nodes",
            "$context.nodes['a",
        ] {
            assert_eq!(renamed(text, "a", "b"), text);
        }
    }

    #[test]
    fn renames_inside_texts_and_values() {
        assert_eq!(
            renamed(
                "{{ x }} No {{ $context.nodes.a.output.n }}, {{$context.nodes.c}} {{ $context.nodes.a }}.",
                "a",
                "b-1"
            ),
            "{{ x }} No {{ $context.nodes['b-1'].output.n }}, {{$context.nodes.c}} {{ $context.nodes['b-1'] }}."
        );
        let value = json!({"list": [1, "$context.nodes.a"], "a": "a"});
        let rename = |id: &str| (id == "a").then(|| "b".to_owned());
        assert_eq!(
            rename_in_value(&value, &rename),
            Some(json!({"list": [1, "$context.nodes.b"], "a": "a"}))
        );
        assert_eq!(rename_in_value(&json!(["$context.event.a"]), &rename), None);
    }
}
