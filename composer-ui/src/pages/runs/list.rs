//! A row of the list: a run.

use api_types::Run;
use leptos::prelude::*;

use crate::{
    formats::{millis_of, took},
    navigation::navigation,
    parts::{Ago, Badge, run_tone},
    routes::Page,
    words::words,
};

/// The cells of a run.
#[component]
pub(super) fn Cells(run: Run) -> impl IntoView {
    let words = words();
    let status = (words.runs.statuses)(run.status);
    let duration = run
        .finished_at
        .as_ref()
        .map(|end| took(millis_of(end.as_str()) - millis_of(run.accepted_at.as_str())));
    let error = run.error.map(|error| {
        let node = error
            .node_id
            .map(|node| view! { <small>{(words.runs.at_node)(&node)}</small> });
        let message = (words.faults.told)(&error.message);
        let title = message.clone();
        view! {
            <span class="two-lines" title=title>
                <span>{message}</span>
                {node}
            </span>
        }
    });
    let url = Page::Run(run.id.to_string()).path();
    view! {
        <span role="cell"><a class="row-link" href=url><Badge tone=run_tone(run.status) text=status /></a></span>
        <span role="cell"><FilterBy name="event" value=run.event_id.clone() text=run.event_id /></span>
        <span role="cell" class="pair">
            <FilterBy name="rule" value=run.rule_id.to_string() text=run.rule_name />
            <small class="muted">"v" {run.rule_version}</small>
        </span>
        <span role="cell" class="result">{error}</span>
        <span role="cell" class="muted"><Ago time=run.accepted_at /></span>
        <span role="cell" class="number muted">{duration}</span>
    }
}

/// A value that narrows the list to what shares it.
#[component]
fn FilterBy(name: &'static str, value: String, text: String) -> impl IntoView {
    let navigation = navigation();
    let title = text.clone();
    view! {
        <button
            class="value ellipsis"
            type="button"
            title=title
            on:click=move |_| navigation.set_filter(name, &value)
        >
            {text}
        </button>
    }
}
