//! How the shapes stand in the OpenAPI document, where no derive can tell: [`JsonText`], [`JsonObject`], [`Time`],
//! [`Page`], and the examples.

mod examples;

use std::borrow::Cow;

use jiff::Timestamp;
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde_json::{Map, Value};

use crate::{JsonObject, JsonText, Page, Time};

/// What a type that is written in place says of itself.
macro_rules! inline_type {
    ($type:ty, $name:literal, $schema:expr) => {
        impl Type for $type {
            const IS_REQUIRED: bool = true;

            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new($schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }
    };
}

inline_type!(JsonText, "any", MetaSchema::ANY);

inline_type!(
    JsonObject,
    "object",
    MetaSchema {
        additional_properties: Some(Box::new(MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)))),
        ..MetaSchema::new("object")
    }
);

inline_type!(
    Time,
    "string_date-time",
    MetaSchema::new_with_format("string", "date-time")
);

/// For examples: answers are written by serde, which embeds the text.
impl ToJSON for JsonText {
    fn to_json(&self) -> Option<Value> {
        serde_json::from_str(self.text()).ok()
    }
}

impl ParseFromJSON for JsonText {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        Self::of(&value.unwrap_or_default()).map_err(ParseError::custom)
    }
}

/// For examples: answers are written by serde, which embeds the text.
impl ToJSON for JsonObject {
    fn to_json(&self) -> Option<Value> {
        serde_json::from_str(self.text()).ok()
    }
}

impl ParseFromJSON for JsonObject {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        Self::of(&value.unwrap_or_default()).map_err(ParseError::custom)
    }
}

impl ToJSON for Time {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.as_str().to_owned()))
    }
}

impl ParseFromJSON for Time {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let moment = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
        moment
            .map(Self::from)
            .ok_or_else(|| ParseError::expected_type(value))
    }
}

impl<T: Type> Type for Page<T> {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        format!("Page_{}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |registry| {
            T::register(registry);
            let next_cursor = MetaSchema {
                description: Some("The `cursor` of the page after; null on the last."),
                nullable: true,
                ..MetaSchema::new("string")
            };
            MetaSchema {
                required: vec!["items", "next_cursor"],
                properties: vec![
                    ("items", Vec::<T>::schema_ref()),
                    ("next_cursor", MetaSchemaRef::Inline(Box::new(next_cursor))),
                ],
                ..MetaSchema::new("object")
            }
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        None
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::empty())
    }
}

impl<T: ToJSON> ToJSON for Page<T> {
    fn to_json(&self) -> Option<Value> {
        let mut page = Map::new();
        page.insert("items".to_owned(), self.items.to_json().unwrap_or_default());
        page.insert(
            "next_cursor".to_owned(),
            self.next_cursor.to_json().unwrap_or_default(),
        );
        Some(Value::Object(page))
    }
}
