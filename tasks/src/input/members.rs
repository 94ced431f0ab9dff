//! A struct of parameters, declared once: its fields, how they are read, and its schema.

/// Declares a struct of task parameters. Fields are `T` (required) or `Option<T>`, where `T` is a
/// [`Member`](super::Member); doc comments become the schema's descriptions.
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident : $type:ty ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, schemars::JsonSchema)]
        $visibility struct $name {
            $( $(#[$field_meta])* pub $field: $type ),*
        }

        impl $crate::input::Parameters for $name {
            const NAMES: &'static [&'static str] = &[$( $crate::input::members::unraw(stringify!($field)) ),*];

            fn read_members(
                members: &serde_json::Map<String, serde_json::Value>,
            ) -> Result<Self, $crate::TaskError> {
                Ok(Self { $( $field: $crate::input::Field::take(members, $crate::input::members::unraw(stringify!($field)))? ),* })
            }

            fn check_members(
                members: &serde_json::Map<String, serde_json::Value>,
                pointer: &str,
                checking: &mut $crate::input::Checking<'_>,
            ) {
                let around = checking.currency;
                checking.currency = $crate::input::literal_currency(members, around);
                $(
                    <$type as $crate::input::Field>::check(
                        members,
                        $crate::input::members::unraw(stringify!($field)),
                        pointer,
                        checking,
                    );
                )*
                checking.currency = around;
            }
        }
    };
}

pub(crate) use parameters;

/// A field's name without the `r#` that Rust wants before its own words.
pub(crate) const fn unraw(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}
