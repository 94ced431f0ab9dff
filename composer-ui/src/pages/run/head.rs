//! The head of a run: how it stands, what of, since when, and why it ended badly.

use api_types::{Run, RunError, Time};
use leptos::prelude::*;

use crate::{
    editor,
    formats::{millis_of, took},
    parts::{Ago, Badge, CopyableId, run_tone},
    query::encoded,
    routes::Page,
    words::words,
};

/// The head of a run. What it is does not change; how it stands does.
#[component]
pub(super) fn Head(run: Memo<Run>, on_node: Callback<String>) -> impl IntoView {
    let words = words();
    let now = run;
    let status = Memo::new(move |_| now.with(|run| run.status));
    let end = Memo::new(move |_| now.with(|run| run.finished_at.clone()));
    let error = Memo::new(move |_| now.with(|run| run.error.clone()));
    let run = now.get_untracked();
    let of_event = format!("{}?event={}", Page::Runs.path(), encoded(&run.event_id));
    let of_rule = format!("{}?rule={}", Page::Runs.path(), run.rule_id);
    let with_event = editor::path_with_event(&run.rule_id.to_string(), &run.id.to_string());
    let version = Page::RuleVersion(run.rule_id.to_string(), run.rule_version).path();
    let title = run.event_id.clone();
    let begin = millis_of(run.accepted_at.as_str());
    view! {
        <header class="page-head">
            <div class="run-title">
                <a class="back" href=Page::Runs.path()>{words.pages.runs}</a>
                <h1 class="ellipsis" title=title>{run.event_id}</h1>
                {move || {
                    let status = status.get();
                    view! { <Badge tone=run_tone(status) text=(words.runs.statuses)(status) /> }
                }}
            </div>
            <div class="actions">
                <a class="button" href=of_event>
                    {words.run.of_event}
                </a>
                <a class="button" href=with_event>
                    {words.run.try_out}
                </a>
            </div>
        </header>
        <dl class="facts">
            <div>
                <dt>{words.runs.rule}</dt>
                <dd>
                    <a class="link" href=of_rule>{run.rule_name}</a>
                    " "
                    <a class="link" href=version>"v" {run.rule_version}</a>
                </dd>
            </div>
            <div>
                <dt>{words.runs.accepted}</dt>
                <dd><Ago time=run.accepted_at /></dd>
            </div>
            {move || end.get().map(|end| ended(begin, end))}
            <div>
                <dt>{words.run.id}</dt>
                <dd><CopyableId id=run.id.to_string() /></dd>
            </div>
        </dl>
        {move || error.get().map(|error| view! { <Why error=error on_node=on_node /> })}
    }
}

/// When it ended, and how long it took.
fn ended(begin: f64, end: Time) -> impl IntoView {
    let words = words();
    let length = took(millis_of(end.as_str()) - begin);
    view! {
        <div><dt>{words.run.finished}</dt><dd><Ago time=end /></dd></div>
        <div><dt>{words.runs.took}</dt><dd>{length}</dd></div>
    }
}

/// Why it did not end well; the node where it happened is a click away.
#[component]
fn Why(error: RunError, on_node: Callback<String>) -> impl IntoView {
    let words = words();
    let node = error.node_id.map(|id| {
        let text = (words.runs.at_node)(&id);
        view! {
            " "
            <button class="link" type="button" on:click=move |_| on_node.run(id.clone())>{text}</button>
        }
    });
    let message = (words.faults.told)(&error.message);
    view! { <div class="note tone-error run-why" role="note">{message} {node}</div> }
}
