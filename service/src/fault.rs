//! Which member of a body is at fault.
//!
//! The parsers of the OpenAPI types say what is wrong, and not where. Without one member the complaint
//! stays the same, unless the member is the one at fault, or a valid one that was looked at before it
//! and is now missing. Members are looked at in the order of the schema, so the fault lies with the
//! *last* whose absence changes the complaint. Inside it the search goes on.
//!
//! The cost is bounded: one attempt per declared member on each level, a handful per list, and only on
//! bodies of at most [`SEARCHED_BYTES`].

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::ParseFromJSON,
};
use rules::spelling;
use serde_json::Value;

use crate::{
    FieldError, Problem,
    problem::shortened,
    shape::{Shape, found, pointer, property},
};

/// The size up to which a refused body is searched.
pub(crate) const SEARCHED_BYTES: usize = 64 << 10;
/// How many members that are not in the schema are tried.
const STRANGERS: usize = 32;
const CODE: &str = "invalid_request";

/// The refusal of a body with one fault.
pub(crate) fn refuse(fault: FieldError) -> Problem {
    if fault.pointer.is_empty() {
        return Problem::bad_request(CODE, fault.detail);
    }
    let detail = format!("`{}`: {}", shortened(&fault.pointer, 200), fault.detail);
    Problem::bad_request(CODE, detail).with_errors([fault])
}

/// The refusal of a body that is too large to search.
pub(crate) fn refuse_unsearched(complaint: &str) -> Problem {
    Problem::bad_request(CODE, in_plain_words(complaint))
}

/// The fault that the parser of `T` complained about.
pub(crate) fn search<T: ParseFromJSON>(body: Value, shape: &Shape, complaint: &str) -> FieldError {
    let attempt = |value| {
        T::parse_from_json(Some(value))
            .err()
            .map(|error| error.message().to_owned())
    };
    let search = Search {
        shape,
        complaint,
        attempt: &attempt,
        body,
    };
    search.at(&mut Vec::new(), &shape.root)
}

struct Search<'a> {
    shape: &'a Shape,
    complaint: &'a str,
    /// What the parser says of another body.
    attempt: &'a dyn Fn(Value) -> Option<String>,
    body: Value,
}

impl Search<'_> {
    /// The fault within the value at `path`, which is known to hold it.
    fn at(&self, path: &mut Vec<String>, schema: &MetaSchema) -> FieldError {
        let here = self.body.pointer(&pointer(path)).unwrap_or(&Value::Null);
        if let Some(name) = missing(schema, here) {
            return misspelt(path, schema, here).unwrap_or_else(|| absent(path, name));
        }
        let Some(step) = self.step(path, schema, here) else {
            return FieldError::new(pointer(path), "invalid", self.describe(schema, here));
        };
        let inner = if here.is_array() {
            schema.items.as_deref()
        } else {
            property(schema, &step)
        };
        path.push(step);
        match inner.map(|inner| self.shape.resolve(inner)) {
            Some(inner) => self.at(path, inner.unwrap_or(&MetaSchema::ANY)),
            None => unknown(path, &hint(schema, here, path.last())),
        }
    }

    /// Where to look on: the member or element at fault, or none if it is the value as such.
    fn step(&self, path: &[String], schema: &MetaSchema, here: &Value) -> Option<String> {
        match here {
            Value::Object(members) if is_closed(schema) => {
                let declared = schema.properties.iter().map(|(name, _)| *name);
                let strangers = members.keys().map(String::as_str);
                let strangers = strangers
                    .filter(|name| property(schema, name).is_none())
                    .take(STRANGERS);
                let names: Vec<&str> = declared
                    .filter(|name| members.contains_key(*name))
                    .chain(strangers)
                    .collect();
                self.member(path, &names)
            }
            Value::Array(elements) if schema.items.is_some() => self.element(path, elements.len()),
            _ => None,
        }
    }

    /// The last of `names`, which are in the order of the parser, that the complaint depends on.
    fn member(&self, path: &[String], names: &[&str]) -> Option<String> {
        let depends = |name: &&&str| {
            self.complains_otherwise(path, |here| {
                here.as_object_mut().map(|members| members.shift_remove(**name));
            })
        };
        names.iter().rev().find(depends).map(|name| (*name).to_owned())
    }

    /// The first element with which the complaint appears: without it and all after it, it does not.
    fn element(&self, path: &[String], len: usize) -> Option<String> {
        let cut = |at: usize| {
            self.complains_otherwise(path, |here| {
                if let Some(elements) = here.as_array_mut() {
                    elements.truncate(at);
                }
            })
        };
        let lengths: Vec<usize> = (1..=len).collect();
        let first = lengths.partition_point(|at| cut(*at));
        (first < len && cut(first)).then(|| first.to_string())
    }

    fn complains_otherwise(&self, path: &[String], change: impl FnOnce(&mut Value)) -> bool {
        let mut changed = self.body.clone();
        if let Some(here) = changed.pointer_mut(&pointer(path)) {
            change(here);
        }
        (self.attempt)(changed).is_none_or(|complaint| complaint != self.complaint)
    }

    fn describe(&self, schema: &MetaSchema, here: &Value) -> String {
        match expected(schema).filter(|_| says_little(self.complaint)) {
            Some(expected) => format!("Expected {expected}, found {}.", found(here)),
            None => in_plain_words(self.complaint),
        }
    }
}

/// Whether a schema declares all the members that there may be; it may declare none.
fn is_closed(schema: &MetaSchema) -> bool {
    let alternatives = [&schema.any_of, &schema.one_of, &schema.all_of];
    schema.ty == "object"
        && schema.additional_properties.is_none()
        && alternatives.iter().all(|schemas| schemas.is_empty())
}

/// The first required member that is not there; a null is as good as none.
fn missing(schema: &MetaSchema, here: &Value) -> Option<&'static str> {
    let members = here.as_object()?;
    let is_absent = |name: &&&str| members.get(**name).is_none_or(Value::is_null);
    schema.required.iter().find(is_absent).copied()
}

fn absent(path: &[String], name: &str) -> FieldError {
    let place = format!("{}/{name}", pointer(path));
    let detail = format!("The member `{name}` is required.");
    FieldError::new(place, "missing", detail)
}

/// The first member that is not known and close to a required one that is not there: whoever wrote it will look for the
/// fault there.
fn misspelt(path: &[String], schema: &MetaSchema, here: &Value) -> Option<FieldError> {
    let members = here.as_object().filter(|_| is_closed(schema))?;
    let strangers = members.keys().filter(|name| property(schema, name).is_none());
    let mut meant = strangers.take(STRANGERS).filter_map(|name| {
        let known = spelling::closest(&short(name), unsaid(schema, here))?;
        schema.required.contains(&known).then_some((name, known))
    });
    let (name, known) = meant.next()?;
    let path = [path, std::slice::from_ref(name)].concat();
    Some(unknown(&path, &format!(" Did you mean `{known}`?")))
}

/// The members that could be meant by another: those that are not there.
fn unsaid<'s>(schema: &'s MetaSchema, here: &'s Value) -> impl Iterator<Item = &'static str> + 's {
    let names = schema.properties.iter().map(|(name, _)| *name);
    names.filter(|name| here.get(name).is_none())
}

fn hint(schema: &MetaSchema, here: &Value, unknown: Option<&String>) -> String {
    unknown
        .map(|name| spelling::hint(&short(name), unsaid(schema, here)))
        .unwrap_or_default()
}

/// As much of a name as is compared and shown.
fn short(name: &str) -> String {
    shortened(name, 100)
}

fn unknown(path: &[String], hint: &str) -> FieldError {
    let name = path.last().map(|name| short(name)).unwrap_or_default();
    FieldError::new(
        pointer(path),
        "unknown_member",
        format!("The member `{name}` is not known here.{hint}"),
    )
}

/// Whether a complaint of the parser says less than the schema does.
pub(crate) fn says_little(complaint: &str) -> bool {
    let ours = ["invalid integer", "Expect a valid enumeration value."];
    complaint.starts_with("Expected input type") || ours.contains(&in_plain_words(complaint).as_str())
}

/// What a schema allows, in words.
pub(crate) fn expected(schema: &MetaSchema) -> Option<String> {
    if !schema.enum_items.is_empty() {
        let choices: Vec<String> = schema.enum_items.iter().map(Value::to_string).collect();
        return Some(format!("one of {}", choices.join(", ")));
    }
    if !schema.any_of.is_empty() {
        let alternatives = schema.any_of.iter().map(|alternative| match alternative {
            MetaSchemaRef::Inline(schema) => expected(schema),
            MetaSchemaRef::Reference(_) => None,
        });
        let alternatives: Vec<String> = alternatives.collect::<Option<_>>()?;
        return Some(alternatives.join(" or "));
    }
    let expected = match schema.ty {
        "string" if schema.format == Some("uuid") => "a UUID",
        "string" if schema.format == Some("date-time") => "a moment such as 2026-01-31T09:30:00Z",
        "string" => "a string",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        _ => return None,
    };
    Some(expected.to_owned())
}

/// Drops what only tells about the parser: the type that it was in, and those around it.
pub(crate) fn in_plain_words(complaint: &str) -> String {
    let inner = complaint
        .split(" (occurred while parsing")
        .next()
        .unwrap_or(complaint);
    let reason = inner
        .rsplit_once("failed to parse \"")
        .and_then(|(_, rest)| rest.split_once("\": "));
    shortened(reason.map_or(inner, |(_, reason)| reason), 300)
}
