//! The OpenAPI document in a form that generators of clients can read.
//!
//! What a member of another type means is said by a second schema beside the reference to that: `allOf: [{$ref},
//! {description}]`. There are generators that take the second for a type, which it is not, and leave the whole operation out.
//! Beside a single reference the same members say the same.

use serde_json::{Map, Value};

/// The document, in which such members stand beside their reference.
pub(crate) fn hoisted(document: String) -> String {
    let Ok(mut value) = rules::json::parse(document.as_bytes()) else {
        return document;
    };
    everywhere(&mut value);
    value.to_string()
}

fn everywhere(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(everywhere);
            hoist(members);
        }
        Value::Array(elements) => elements.iter_mut().for_each(everywhere),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn hoist(schema: &mut Map<String, Value>) {
    let both = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice);
    let Some([Value::Object(reference), Value::Object(said)]) = both else {
        return;
    };
    let refers = |schema: &Map<String, Value>| schema.contains_key("$ref") || schema.contains_key("allOf");
    let agrees = |(name, value)| schema.get(name).is_none_or(|found: &Value| found == value);
    if !refers(reference) || refers(said) || !said.iter().all(agrees) {
        return;
    }
    let (reference, said) = (reference.clone(), said.clone());
    schema.extend(said);
    schema.insert("allOf".to_owned(), vec![Value::from(reference)].into());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(schema: &Value) -> Value {
        rules::json::parse(hoisted(schema.to_string()).as_bytes()).unwrap()
    }

    #[test]
    fn what_is_said_of_a_reference_stands_beside_it() {
        let kind = json!({"$ref": "#/components/schemas/Kind"});
        let said = json!({"description": "What it is.", "default": 1.50});
        let member = json!({"description": "What it is.", "allOf": [kind, said]});
        let expected = json!({"description": "What it is.", "default": 1.50, "allOf": [kind]});
        assert_eq!(of(&json!({"a": [member]})), json!({"a": [expected]}));
    }

    #[test]
    fn whatever_else_is_a_sum_stays_one() {
        let kind = json!({"$ref": "#/components/schemas/Kind"});
        for schema in [
            json!({"allOf": [kind, kind]}),
            json!({"allOf": [{"type": "object"}, {"description": "x"}]}),
            json!({"allOf": [kind, {"description": "x"}, {"default": 1}]}),
            json!({"description": "y", "allOf": [kind, {"description": "x"}]}),
        ] {
            assert_eq!(of(&schema), schema);
        }
    }
}
