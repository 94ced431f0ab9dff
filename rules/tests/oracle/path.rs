//! Paths and templates, token by token over the context as one JSON value.

use serde_json::Value;

#[derive(Debug)]
enum Token<'p> {
    Name(&'p str),
    Index(i64),
    All,
}

/// The id of the node that a path looks at, if it looks at one.
pub(crate) fn node_id(path: &str) -> Option<&str> {
    match tokens(path).as_slice() {
        [Token::Name("nodes"), Token::Name(id), ..] => Some(id),
        _ => None,
    }
}

/// What a path names: a value or null, or for a wildcard all values.
pub(crate) fn follow(path: &str, context: &Value) -> Value {
    let tokens = tokens(path);
    let mut found = vec![context.clone()];
    for token in &tokens {
        found = found.iter().flat_map(|value| below(value, token)).collect();
    }
    if tokens.iter().any(|token| matches!(token, Token::All)) {
        Value::Array(found)
    } else {
        found.pop().unwrap_or_default()
    }
}

/// Parameters with all their paths followed.
pub(crate) fn fill(template: &Value, follow: &dyn Fn(&str) -> Value) -> Value {
    match template {
        Value::String(text) if text.starts_with("$$context") => text[1..].into(),
        Value::String(text) if text.starts_with("$context") => follow(text),
        Value::String(text) => interpolate(text, follow).into(),
        Value::Array(elements) => elements.iter().map(|element| fill(element, follow)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), fill(value, follow)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// The cases interpolate once in a text.
fn interpolate(text: &str, follow: &dyn Fn(&str) -> Value) -> String {
    let Some((before, rest)) = text.split_once("{{ ") else {
        return text.to_owned();
    };
    let (path, after) = rest.split_once(" }}").unwrap();
    let inside = match follow(path) {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    format!("{before}{inside}{after}")
}

fn below(value: &Value, token: &Token<'_>) -> Vec<Value> {
    match (token, value) {
        (Token::Name(name), Value::Object(members)) => members.get(*name).cloned().into_iter().collect(),
        (Token::All, Value::Object(members)) => members.values().cloned().collect(),
        (Token::All, Value::Array(elements)) => elements.clone(),
        (Token::Index(index), Value::Array(elements)) => {
            let length = i64::try_from(elements.len()).unwrap();
            let place = if *index < 0 { length + index } else { *index };
            let place = usize::try_from(place).ok();
            place
                .and_then(|place| elements.get(place))
                .cloned()
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn tokens(path: &str) -> Vec<Token<'_>> {
    let mut rest = path.strip_prefix("$context").unwrap();
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        if let Some(bracket) = rest.strip_prefix('[') {
            let (inside, after) = bracket.split_once(']').unwrap();
            tokens.push(match inside {
                "*" => Token::All,
                name if name.starts_with('\'') => Token::Name(name.trim_matches('\'')),
                index => Token::Index(index.parse().unwrap()),
            });
            rest = after;
        } else {
            let name = rest.strip_prefix('.').unwrap();
            let end = name.find(['.', '[']).unwrap_or(name.len());
            tokens.push(Token::Name(&name[..end]));
            rest = &name[end..];
        }
    }
    tokens
}
