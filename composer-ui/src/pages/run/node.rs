//! A node of a run: what it took, compared, yielded, posted and sent.

use api_types::{CompensationState, NodeError, NodeResult, NodeState, RunDetails};
use canvas::{document::Node, words::describe};
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
    result: Option<NodeResult>,
    run: StoredValue<RunDetails>,
    on_close: Callback<String>,
) -> impl IntoView {
    let words = words();
    let looks = appearance(
        node.kind,
        result.as_ref().map_or(NodeState::Pending, |result| result.state),
    );
    let does = describe(&node, node.task_name(), language().of_canvas());
    let input = node
        .parameters()
        .filter(|parameters| !parameters.is_empty())
        .map(|parameters| Value::Object(parameters.clone()).to_string());
    let id = node.id.clone();
    let mine = run.with_value(|run| {
        let posted = run
            .transactions
            .iter()
            .filter(|one| one.node_id.as_deref() == Some(&id));
        let sent = run.events.iter().filter(|one| one.node_id == id);
        (
            posted.cloned().collect::<Vec<_>>(),
            sent.cloned().collect::<Vec<_>>(),
        )
    });
    let (posted, sent) = mine;
    view! {
        <button
            class="button quiet icon close"
            type="button"
            aria-label=words.common.close
            on:click=move |_| on_close.run(id.clone())
        >
            <Sign icon=Icon::Close />
        </button>
        <span class=format!("badge {}", tone(looks).class())>
            {icon(looks).map(|icon| view! { <Sign icon=icon /> })} {(words.run.node_states)(looks)}
        </span>
        <h2>{node.name().to_owned()}</h2>
        <p class="meaning">{does}</p>
        {result.map(came_out)}
        {input.map(|input| titled(words.run.input, view! { <Code text=pretty(&input) /> }))}
        {(!posted.is_empty()).then(|| titled(words.run.posted, view! { <Posted transactions=posted /> }))}
        {(!sent.is_empty()).then(|| titled(words.run.sent, view! { <Sent events=sent /> }))}
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
    view! { <div class="note tone-error">{error.message} " " <code>{error.code}</code></div> }
}

fn titled(title: &'static str, content: impl IntoView) -> impl IntoView {
    view! { <section><h3>{title}</h3>{content}</section> }
}
