//! What a JSON Schema says of the members of an object, as lines for a person.

use serde_json::Value;

use crate::words::Words;

/// How deep references and alternatives are followed.
const DEPTH: usize = 8;

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) description: String,
    pub(super) default: Option<String>,
    pub(super) is_required: bool,
}

/// The members that a schema names, in its order.
pub(super) fn members(schema: &Value, words: &Words) -> Vec<Member> {
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return Vec::new();
    };
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|names| names.iter().any(|known| known.as_str() == Some(name)));
    let member = |(name, property): (&String, &Value)| Member {
        name: name.clone(),
        kind: kind(schema, property, words, DEPTH),
        description: text(property, "description")
            .map_or_else(String::new, |said| (words.tasks.member)(&said)),
        default: property
            .get("default")
            .filter(|value| !value.is_null())
            .map(Value::to_string),
        is_required: is_required(name),
    };
    properties.iter().map(member).collect()
}

/// What a value may be, in words. "Nothing" is left out: what may be left out may be null.
fn kind(root: &Value, schema: &Value, words: &Words, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return (words.tasks.types)("").to_owned();
    };
    if let Some(target) = text(schema, "$ref").and_then(|path| resolve(root, &path)) {
        return kind(root, target, words, depth);
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return joined(
            values
                .iter()
                .filter(|value| !value.is_null())
                .map(Value::to_string),
            words,
        );
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(alternatives) = ["anyOf", "oneOf"]
        .iter()
        .find_map(|name| schema.get(*name)?.as_array())
    {
        let alternatives = alternatives
            .iter()
            .filter(|one| text(one, "type").as_deref() != Some("null"));
        return joined(alternatives.map(|one| kind(root, one, words, depth)), words);
    }
    let word = |name: &str| match (name, schema.get("items")) {
        ("array", Some(items)) => (words.tasks.list_of)(&kind(root, items, words, depth)),
        _ => (words.tasks.types)(name).to_owned(),
    };
    match schema.get("type") {
        Some(Value::String(name)) => word(name),
        Some(Value::Array(names)) => {
            let names = names
                .iter()
                .filter_map(Value::as_str)
                .filter(|name| *name != "null");
            joined(names.map(word), words)
        }
        _ => (words.tasks.types)("").to_owned(),
    }
}

fn joined(parts: impl Iterator<Item = String>, words: &Words) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for part in parts {
        if !distinct.contains(&part) {
            distinct.push(part);
        }
    }
    distinct.join(&format!(" {} ", words.tasks.or))
}

/// `#/$defs/Name`, within the document.
fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

fn text(schema: &Value, name: &str) -> Option<String> {
    schema.get(name)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::words::Language;

    #[test]
    fn members_are_said_in_words() {
        let schema = json!({
            "$defs": { "Amount": { "type": ["string", "number", "null"] }, "Side": { "enum": ["debit", "credit"] } },
            "properties": {
                "amount": { "anyOf": [{ "$ref": "#/$defs/Amount" }, { "type": "null" }], "description": "How much." },
                "entries": { "type": "array", "items": { "$ref": "#/$defs/Side" } },
                "percent": { "type": "number", "default": 10 },
                "free": true,
            },
            "required": ["entries"],
        });
        let members = members(&schema, Language::English.words());
        let kinds: Vec<&str> = members.iter().map(|member| member.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "text or number",
                "list of \"debit\" or \"credit\"",
                "number",
                "anything"
            ]
        );
        assert_eq!(members[0].description, "How much.");
        assert!(members[1].is_required && !members[0].is_required);
        assert_eq!(members[2].default.as_deref(), Some("10"));
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({ "properties": { "a": { "$ref": "#/properties/a" } } });
        assert_eq!(members(&schema, Language::English.words())[0].kind, "anything");
    }
}
