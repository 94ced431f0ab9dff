//! A stored rule as a document of the canvas.

use api_types::{JsonText, Rule, RuleVersion};
use canvas::document::{Document, ReadError, from_stored};
use serde_json::{Map, Value};

/// A rule, as it was saved last.
pub(super) fn of_rule(rule: &Rule) -> Result<Document, ReadError> {
    let (name, description) = (rule.name.as_str(), rule.description.as_str());
    read(
        &rule.company_id.to_string(),
        name,
        description,
        [&rule.rules, &rule.layout],
        rule.when.as_ref(),
    )
}

/// One of its versions.
pub(super) fn of_version(version: &RuleVersion) -> Result<Document, ReadError> {
    let (name, description) = (version.name.as_str(), version.description.as_str());
    let company = version.company_id.to_string();
    read(
        &company,
        name,
        description,
        [&version.rules, &version.layout],
        version.when.as_ref(),
    )
}

fn read(
    company: &str,
    name: &str,
    description: &str,
    [nodes, layout]: [&JsonText; 2],
    when: Option<&JsonText>,
) -> Result<Document, ReadError> {
    let mut document = Map::new();
    for (member, value) in [
        ("company_id", company),
        ("name", name),
        ("description", description),
    ] {
        document.insert(member.to_owned(), value.into());
    }
    document.insert("rules".to_owned(), value_of(nodes)?);
    document.insert("layout".to_owned(), value_of(layout)?);
    if let Some(when) = when {
        document.insert("when".to_owned(), value_of(when)?);
    }
    from_stored(&Value::Object(document))
}

/// With every digit.
fn value_of(text: &JsonText) -> Result<Value, ReadError> {
    rules::json::parse(text.text().as_bytes()).map_err(|error| ReadError {
        pointer: String::new(),
        detail: error.to_string(),
    })
}
