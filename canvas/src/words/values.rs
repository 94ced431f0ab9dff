//! Fields and values in words.

use std::borrow::Cow;

use serde_json::Value;

use crate::naming;

/// Of a longer list, no more than so many elements are said.
const MOST_ELEMENTS: usize = 8;

/// A path without what goes without saying: `$context.event.total` is `total`, a node's
/// `$context.nodes['hold-1'].output.amount` is `hold-1.amount`. What is no path stays as it is.
pub fn field(path: &str) -> Cow<'_, str> {
    let Some((names, rest)) = naming::path_names(path) else {
        return Cow::Borrowed(path);
    };
    let names = match names.as_slice() {
        ["event", inner @ ..] if !inner.is_empty() => inner.join("."),
        ["nodes", id, "output", inner @ ..] if !inner.is_empty() => format!("{id}.{}", inner.join(".")),
        ["nodes", id, inner @ ..] => [&[*id], inner].concat().join("."),
        all => all.join("."),
    };
    Cow::Owned(names + rest)
}

/// A text in which paths in braces are said like fields.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    naming::map_paths(text, &|path| Some(field(path).into_owned()))
}

/// A value: texts as they are, in quotes where they would run into the words around them.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(string) if string.starts_with('$') || string.contains("{{") => {
            text(string).into_owned()
        }
        Value::String(string) if needs_quotes(string) => format!("“{string}”"),
        Value::String(string) => string.clone(),
        Value::Array(elements) => list(elements),
        Value::Object(_) => "{…}".to_owned(),
        scalar => scalar.to_string(),
    }
}

/// A list, its elements apart by commas.
pub(super) fn list(elements: &[Value]) -> String {
    let mut said: Vec<String> = elements.iter().take(MOST_ELEMENTS).map(value).collect();
    if elements.len() > MOST_ELEMENTS {
        said.push("…".to_owned());
    }
    said.join(", ")
}

fn needs_quotes(text: &str) -> bool {
    text.is_empty() || text.contains([' ', ','])
}
