//! One of a few values, chosen from a list.

use leptos::prelude::*;

/// A list to choose from. It always says what holds: a value that is not offered is offered as it is written, and a
/// choice that is not taken is taken back.
#[component]
pub(crate) fn Select(
    /// What is read out of it; none, if a label stands around it.
    #[prop(into, optional)]
    label: Option<String>,
    /// Where in a document its value stands, for what leads there.
    #[prop(into, optional)]
    pointer: Option<String>,
    #[prop(default = "field")] class: &'static str,
    /// Values, with the words for them.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    #[prop(into)] chosen: Signal<String>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let offered = Memo::new(move |_| chosen.with(|chosen| with_chosen(options.get(), chosen)));
    // The property, not the attribute: of the attribute a browser takes no more notice once somebody has chosen.
    let option = move |(value, word): (String, String)| {
        let own = value.clone();
        view! {
            <option value=value prop:selected=move || chosen.with(|chosen| *chosen == own)>
                {word}
            </option>
        }
    };
    let choose = move |event: web_sys::Event| {
        let list = event_target::<web_sys::HtmlSelectElement>(&event);
        on_choose.run(list.value());
        if let Some(holds) = chosen.try_get_untracked() {
            list.set_value(&holds);
        }
    };
    view! {
        <select class=class aria-label=label data-pointer=pointer on:change=choose>
            {move || offered.get().into_iter().map(option).collect_view()}
        </select>
    }
    .into_any()
}

/// What is offered, and what is chosen if that is none of it.
fn with_chosen(mut options: Vec<(String, String)>, chosen: &str) -> Vec<(String, String)> {
    if !options.iter().any(|(value, _)| value == chosen) {
        options.push((chosen.to_owned(), chosen.to_owned()));
    }
    options
}

/// Options of fixed words.
pub(crate) fn options<const N: usize>(options: [(&str, &str); N]) -> Signal<Vec<(String, String)>> {
    let options = options.map(|(value, word)| (value.to_owned(), word.to_owned()));
    Signal::stored(options.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_always_offered() {
        let offered = vec![("a".to_owned(), "A".to_owned())];
        assert_eq!(with_chosen(offered.clone(), "a"), offered);
        let other = ("b".to_owned(), "b".to_owned());
        assert_eq!(with_chosen(offered.clone(), "b"), [offered[0].clone(), other]);
    }
}
