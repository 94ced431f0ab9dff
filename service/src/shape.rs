//! What the OpenAPI document says that a body looks like, and whether a body does.
//!
//! poem-openapi reads a number or a boolean where the document says `string`, so that the code `7` and
//! the code `"7"` would be one; and an id in any form that somebody made up. [`Shape::coerced`] finds that before it happens.

use std::{
    any::TypeId,
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::Type,
};
use serde_json::Value;

use crate::{FieldError, problem::shortened, read_id};

/// Collecting a type's schemas costs more than reading a body of it, and they never change. There are
/// as many as there are types of bodies in the program.
static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(RwLock::default);

/// The schema of a type, with all that it refers to.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) root: MetaSchema,
    schemas: BTreeMap<String, MetaSchema>,
}

impl Shape {
    pub(crate) fn of<T: Type + 'static>() -> Arc<Self> {
        let key = TypeId::of::<T>();
        let known = SHAPES
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        known.unwrap_or_else(|| {
            let mut registry = Registry::new();
            T::register(&mut registry);
            let root = registry.create_fake_schema::<T>();
            let shape = Arc::new(Self {
                root,
                schemas: registry.schemas,
            });
            let mut shapes = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(shapes.entry(key).or_insert(shape))
        })
    }

    /// The first number or boolean of `body` where its document says `string`, or text that is no id where it says `uuid`.
    pub(crate) fn coerced(&self, body: &Value) -> Option<FieldError> {
        self.coerced_at(&mut Vec::new(), &self.root, body)
    }

    fn coerced_at(&self, path: &mut Vec<String>, schema: &MetaSchema, here: &Value) -> Option<FieldError> {
        match here {
            Value::Object(members) => members.iter().find_map(|(name, value)| {
                let inner = property(schema, name).or(schema.additional_properties.as_deref())?;
                self.coerced_within(path, name, inner, value)
            }),
            Value::Array(elements) => {
                let items = schema.items.as_deref()?;
                let mut elements = elements.iter().enumerate();
                elements
                    .find_map(|(index, value)| self.coerced_within(path, &index.to_string(), items, value))
            }
            Value::String(text) if schema.format == Some("uuid") && read_id(text).is_none() => {
                let detail = format!("Expected a UUID, found {}.", found(here));
                Some(FieldError::new(pointer(path), "invalid", detail))
            }
            // A type with a format reads its text by itself, and says what else it takes.
            Value::Number(_) | Value::Bool(_) if schema.ty == "string" && schema.format.is_none() => {
                let detail = format!("Expected a string, found {}.", found(here));
                Some(FieldError::new(pointer(path), "invalid", detail))
            }
            _ => None,
        }
    }

    fn coerced_within(
        &self,
        path: &mut Vec<String>,
        step: &str,
        schema: &MetaSchemaRef,
        value: &Value,
    ) -> Option<FieldError> {
        path.push(step.to_owned());
        let fault = self.coerced_at(path, self.resolve(schema)?, value);
        path.pop();
        fault
    }

    /// The schema itself. One that refers to another and adds a description is an `allOf` of both.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a MetaSchemaRef) -> Option<&'a MetaSchema> {
        resolve(&self.schemas, schema)
    }
}

/// The schema itself, of those that have names, or as it stands there.
pub(crate) fn resolve<'a>(
    named: &'a BTreeMap<String, MetaSchema>,
    schema: &'a MetaSchemaRef,
) -> Option<&'a MetaSchema> {
    match schema {
        MetaSchemaRef::Inline(schema) => match schema.all_of.first() {
            Some(base) => resolve(named, base),
            None => Some(&**schema),
        },
        MetaSchemaRef::Reference(name) => named.get(name),
    }
}

/// The schema of the member `name`.
pub(crate) fn property<'a>(schema: &'a MetaSchema, name: &str) -> Option<&'a MetaSchemaRef> {
    schema
        .properties
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, schema)| schema)
}

/// The steps as a JSON Pointer (RFC 6901).
pub(crate) fn pointer(path: &[String]) -> String {
    let escaped = path.iter().map(|step| step.replace('~', "~0").replace('/', "~1"));
    escaped.fold(String::new(), |pointer, step| pointer + "/" + &step)
}

/// What a value is, in the words of a sentence that says what it should have been.
pub(crate) fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(digits) => format!("the number {}", shortened(digits, 60)),
        Value::String(text) => format!("the string {:?}", shortened(text, 60)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
