//! What a condition compared: what it asked for, what there was, and whether that held.

use api_types::{Comparison, JsonText};
use canvas::words::expectations;
use leptos::prelude::*;
use rules::model::Quantifier;
use serde_json::{Value, json};

use crate::{
    icons::Sign,
    parts::Tone,
    words::{Language, language, words},
};

/// What a condition compared, a line for each expectation.
#[component]
pub(crate) fn Comparisons(comparisons: Vec<Comparison>) -> impl IntoView {
    let lines = comparisons.into_iter().map(line).collect_view();
    view! { <ul class="comparisons">{lines}</ul> }
}

fn line(comparison: Comparison) -> impl IntoView {
    let (told, words) = (words().faults.told, &words().run);
    let tone = match comparison.holds {
        Some(true) => Tone::Success,
        Some(false) => Tone::Failure,
        None => Tone::Error,
    };
    let icon = match comparison.holds {
        Some(false) => crate::icons::Icon::Minus,
        _ => tone.icon(),
    };
    let asked = asked(&comparison, language());
    let told = comparison.error.map_or_else(
        || format!("{} {}", words.was, comparison.actual.text()),
        |error| told(&error),
    );
    view! {
        <li class=tone.class() title=comparison.field>
            <Sign icon=icon />
            <span>{asked} <small>{told}</small></span>
        </li>
    }
}

/// The comparison as a sentence.
fn asked(comparison: &Comparison, language: Language) -> String {
    let expectation = json!({
        "field": comparison.field,
        "operator": comparison.operator,
        "value": value(&comparison.value),
    });
    expectations(Quantifier::All, &[expectation], language.of_canvas())
}

/// Every digit of a number stays.
fn value(text: &JsonText) -> Value {
    rules::json::parse(text.text().as_bytes()).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_a_sentence() {
        let comparison = Comparison {
            field: "$context.event.total".to_owned(),
            operator: "gte".to_owned(),
            value: JsonText::new("100.50".to_owned()).unwrap(),
            actual: JsonText::new("7".to_owned()).unwrap(),
            holds: Some(false),
            error: None,
        };
        assert_eq!(asked(&comparison, Language::English), "total ≥ 100.50");
    }
}
