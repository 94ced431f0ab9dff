//! A node of a run: what it took, compared, yielded, posted and sent.

use api_types::{
    CompensationState, LedgerTransaction, NodeError, NodeResult, NodeResults, NodeState, RunDetails,
    SentEvent,
};
use canvas::{document::Node, run::Appearance, words::describe};
use leptos::prelude::*;
use serde_json::Value;

use super::outcome::{Posted, Sent};
use crate::{
    formats::pretty,
    graph_view::{Comparisons, appearance, icon, tone},
    icons::{Icon, Sign},
    parts::Code,
    words::{language, words},
};

#[component]
pub(super) fn NodePanel(
    node: Node,
    results: Memo<NodeResults>,
    run: Memo<RunDetails>,
    on_close: Callback<String>,
) -> impl IntoView {
    let words = words();
    let (id, kind) = (StoredValue::new(node.id.clone()), node.kind);
    let result = Memo::new(move |_| id.with_value(|id| results.with(|results| results.get(id).cloned())));
    let looks = Memo::new(move |_| {
        let state = result.with(|result| result.as_ref().map_or(NodeState::Pending, |result| result.state));
        appearance(kind, state)
    });
    let does = describe(&node, node.task_name(), language().of_canvas());
    let input = node
        .parameters()
        .filter(|parameters| !parameters.is_empty())
        .map(|parameters| Value::Object(parameters.clone()).to_string());
    let posted = Memo::new(move |_| {
        let is_mine = |one: &&LedgerTransaction| id.with_value(|id| one.node_id.as_ref() == Some(id));
        run.with(|run| {
            run.transactions
                .iter()
                .filter(is_mine)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let sent = Memo::new(move |_| {
        let is_mine = |one: &&SentEvent| id.with_value(|id| one.node_id == *id);
        run.with(|run| run.events.iter().filter(is_mine).cloned().collect::<Vec<_>>())
    });
    view! {
        <button
            class="button quiet icon close"
            type="button"
            aria-label=words.common.close
            on:click=move |_| on_close.run(id.get_value())
        >
            <Sign icon=Icon::Close />
        </button>
        {move || badge(looks.get())}
        <h2>{node.name().to_owned()}</h2>
        <p class="meaning">{does}</p>
        {move || result.get().map(came_out)}
        {input.map(|input| titled(words.run.input, view! { <Code text=pretty(&input) /> }))}
        {move || {
            let posted = posted.get();
            (!posted.is_empty()).then(|| titled(words.run.posted, view! { <Posted transactions=posted /> }))
        }}
        {move || {
            let sent = sent.get();
            (!sent.is_empty()).then(|| titled(words.run.sent, view! { <Sent events=sent /> }))
        }}
    }
}

fn badge(looks: Appearance) -> impl IntoView {
    view! {
        <span class=format!("badge {}", tone(looks).class())>
            {icon(looks).map(|icon| view! { <Sign icon=icon /> })} {(words().run.node_states)(looks)}
        </span>
    }
}

/// How it came out: its faults first, since they are what one looks for.
fn came_out(result: NodeResult) -> impl IntoView {
    let words = &words().run;
    let attempts = (result.attempts > 1).then(|| {
        view! { <p class="muted">{words.attempts} ": " {result.attempts}</p> }
    });
    let output = result.output.filter(|output| output.text() != "null");
    let compensation = result.compensation.map(|undone| {
        let said = match undone.state {
            CompensationState::Succeeded => words.undone,
            CompensationState::Failed => words.not_undone,
        };
        let output = undone.output.filter(|output| output.text() != "null");
        view! {
            <p class="meaning">{said}</p>
            {undone.error.map(fault)}
            {output.map(|output| titled(words.undoing, view! { <Code text=pretty(output.text()) /> }))}
        }
    });
    let compared = (!result.comparisons.is_empty()).then(|| {
        titled(
            words.compared,
            view! { <Comparisons comparisons=result.comparisons /> },
        )
    });
    view! {
        {result.error.map(fault)}
        {attempts}
        {compared}
        {output.map(|output| titled(words.output, view! { <Code text=pretty(output.text()) /> }))}
        {compensation}
    }
}

fn fault(error: NodeError) -> impl IntoView {
    let message = (words().faults.told)(&error.message);
    view! { <div class="note tone-error">{message} " " <code>{error.code}</code></div> }
}

fn titled(title: &'static str, content: impl IntoView) -> impl IntoView {
    view! { <section><h3>{title}</h3>{content}</section> }
}
