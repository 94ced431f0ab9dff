//! A number, typed. What is no number stays in the field and in the rule as it is written, and the field says what it
//! takes.

use std::ops::RangeInclusive;

use leptos::prelude::*;
use serde_json::Value;

use super::values::{number, text_of};
use crate::editor::Editor;

/// Which numbers a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::editor) enum Numbers {
    /// Whole ones.
    Whole(RangeInclusive<u64>),
    /// Also those with decimal places.
    Any(RangeInclusive<u64>),
}

impl Numbers {
    /// Whether a value is one of them.
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "a bound with more digits than a float holds does not exist here"
    )]
    fn take(&self, value: &Value) -> bool {
        match self {
            Self::Whole(bounds) => value.as_u64().is_some_and(|number| bounds.contains(&number)),
            Self::Any(bounds) => value
                .as_f64()
                .is_some_and(|number| (*bounds.start() as f64..=*bounds.end() as f64).contains(&number)),
        }
    }
}

/// The value that a text stands for; none, if there is no text.
fn read(text: &str) -> Option<Value> {
    let text = text.trim();
    (!text.is_empty()).then(|| number(text).map_or_else(|| text.into(), Value::Number))
}

/// A field for a number of a node.
#[component]
pub(super) fn NumberField(
    label: &'static str,
    /// Where in the node it stands, as findings name it.
    pointer: &'static str,
    numbers: Numbers,
    /// What holds where nothing is said.
    #[prop(into)]
    usual: String,
    #[prop(into)] value: Signal<Option<Value>>,
    on_put: Callback<Option<Value>>,
) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let text = move || value.with(|value| value.as_ref().map(text_of).unwrap_or_default());
    let words = (editor.texts.inspector.takes)(&numbers);
    let is_wrong =
        Memo::new(move |_| value.with(|value| value.as_ref().is_some_and(|value| !numbers.take(value))));
    let field = format!("number{}", pointer.replace('/', "-"));
    let fault = format!("{field}-fault");
    let described = {
        let fault = fault.clone();
        move || is_wrong.get().then(|| fault.clone())
    };
    let told = move || {
        let (fault, words) = (fault.clone(), words.clone());
        is_wrong
            .get()
            .then(|| view! { <small id=fault class="wrong">{words}</small> })
    };
    view! {
        <div class="labelled" data-pointer=pointer>
            <label for=field.clone()>{label}</label>
            <input
                id=field
                class="field"
                inputmode="decimal"
                autocomplete="off"
                placeholder=usual
                aria-invalid=move || is_wrong.get().to_string()
                aria-describedby=described
                prop:value=text
                on:input=move |event| on_put.run(read(&event_target_value(&event)))
                on:change=move |_| editor.board.pause()
            />
            {told}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_number_stays_what_it_is() {
        assert_eq!(read("30"), Some(json!(30)));
        assert_eq!(read(" 30s "), Some(json!("30s")));
        assert_eq!(read("  "), None);
        let digits = read("1.50").unwrap();
        assert_eq!(text_of(&digits), "1.50");
    }

    #[test]
    fn takes_what_the_checks_take() {
        let attempts = Numbers::Whole(1..=100);
        assert!(attempts.take(&json!(100)));
        for refused in [
            json!(0),
            json!(101),
            json!(1.5),
            json!(-1),
            json!("3"),
            json!(null),
        ] {
            assert!(!attempts.take(&refused), "{refused}");
        }
        let factor = Numbers::Any(1..=100);
        assert!(factor.take(&json!(1.5)) && factor.take(&json!(100)));
        assert!(!factor.take(&json!(0.9)) && !factor.take(&json!("2")));
    }
}
