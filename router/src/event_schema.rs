//! What the OpenAPI document says of an event.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::Type;
use serde_json::json;

/// Any object, with the members that the router looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventSchema;

impl Type for EventSchema {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "Event".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let company_id = MetaSchema {
            description: Some("The company that the event is for."),
            ..MetaSchema::new_with_format("string", "uuid")
        };
        let name = |description| MetaSchema {
            description: Some(description),
            ..MetaSchema::ANY
        };
        let event_id =
            name("Names the event within its company: a string of 1 to 255 characters, or a number.");
        let id = name("The same, where there is no `event_id`.");
        let properties = [("company_id", company_id), ("event_id", event_id), ("id", id)];
        let any = MetaSchemaRef::Inline(Box::new(MetaSchema::ANY));
        let schema = MetaSchema {
            description: Some("Any JSON object with a `company_id`. It is kept byte for byte."),
            required: vec!["company_id"],
            properties: properties
                .into_iter()
                .map(|(name, schema)| (name, MetaSchemaRef::Inline(Box::new(schema))))
                .collect(),
            additional_properties: Some(Box::new(any)),
            example: Some(json!({
                "company_id": "b5aa9687-d61f-467c-973e-f55d446981dc",
                "event_id": "order-1042",
                "total": "120.00",
                "currency": "BRL",
            })),
            ..MetaSchema::new("object")
        };
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}
