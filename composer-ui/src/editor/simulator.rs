//! The simulation in the drawer: the event, and node by node what would come of it.

use std::time::Duration;

use api_types::{Direction, NodeResult, SimulatedEvent, SimulatedTransaction};
use canvas::document::{Document, NodeKind};
use leptos::prelude::*;

use super::{
    Editor,
    checking::Later,
    simulation::{EXAMPLE, Outcome, Simulated, Told},
};
use crate::{
    graph_view::{Comparisons, appearance, tone},
    parts::{Badge, Tone},
};

/// After a change of the rule or the event, it is tried out anew a moment later.
const PAUSE: Duration = Duration::from_millis(300);

/// The event to the left, what comes of it to the right.
#[component]
pub(super) fn Simulator() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.simulation;
    follow_changes(editor);
    on_cleanup(move || {
        if !editor.simulation.outcome.is_disposed() {
            editor.clear_simulation();
        }
    });
    let has_run = move || editor.record.with(|record| record.rule_id.is_some());
    let is_shown = move || {
        editor
            .simulation
            .outcome
            .with(|outcome| matches!(outcome, Some(Outcome::Done(_))))
    };
    view! {
        <div class="simulator">
            <div class="simulator-event">
                <div class="line">
                    <h3>{words.event}</h3>
                    <span class="spring"></span>
                    <button class="button quiet small" type="button" on:click=move |_| editor.event.set(EXAMPLE.to_owned())>
                        {words.example}
                    </button>
                    {move || {
                        has_run()
                            .then(|| {
                                view! {
                                    <button class="button quiet small" type="button" on:click=move |_| editor.take_last_event()>
                                        {words.last_run}
                                    </button>
                                }
                            })
                    }}
                </div>
                <textarea
                    class="field code-field"
                    spellcheck="false"
                    aria-label=words.event
                    prop:value=editor.event
                    on:input=move |event| editor.event.set(event_target_value(&event))
                ></textarea>
                <div class="line">
                    <button class="button primary small" type="button" on:click=move |_| editor.simulate()>
                        {words.run}
                    </button>
                    {move || {
                        is_shown()
                            .then(|| {
                                view! {
                                    <button class="button small" type="button" on:click=move |_| editor.step_simulation()>
                                        {words.step}
                                    </button>
                                    <button class="button small" type="button" on:click=move |_| editor.show_all_steps()>
                                        {words.all_steps}
                                    </button>
                                    <button class="button quiet small" type="button" on:click=move |_| editor.clear_simulation()>
                                        {words.clear}
                                    </button>
                                }
                            })
                    }}
                </div>
            </div>
            <div class="simulator-outcome" aria-live="polite">
                {move || match editor.simulation.outcome.get() {
                    None => view! { <p class="drawer-hint">{words.hint}</p> }.into_any(),
                    Some(Outcome::Broken) => view! { <p class="wrong">{words.broken}</p> }.into_any(),
                    Some(Outcome::NotJson(detail)) => {
                        view! { <p class="wrong">{(words.not_json)(&detail)}</p> }.into_any()
                    }
                    Some(Outcome::Unavailable(why)) => {
                        let why = why.unwrap_or_else(|| words.unavailable.to_owned());
                        view! { <p class="wrong">{why}</p> }.into_any()
                    }
                    Some(Outcome::Done(done)) => view! { <Done done=*done /> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// Tries out anew what is shown, when the rule or the event says something else.
fn follow_changes(editor: Editor) {
    let later = Later::new();
    let tried: StoredValue<Option<(Document, String)>> = StoredValue::new(None);
    let now = move || (editor.board.with(Document::clone), editor.event.get_untracked());
    tried.set_value(Some(now()));
    Effect::new(move |_| {
        editor.board.track();
        editor.event.track();
        later.at(PAUSE, move || {
            let now = now();
            let is_tried = tried.with_value(|tried| {
                let same = |tried: &(Document, String)| tried.0.means_the_same(&now.0) && tried.1 == now.1;
                tried.as_ref().is_some_and(same)
            });
            tried.set_value(Some(now));
            if !is_tried && editor.simulation.outcome.with_untracked(Option::is_some) {
                editor.simulate();
            }
        });
    });
}

#[component]
fn Done(done: Simulated) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.simulation;
    let order = editor.settling_order();
    let ids = StoredValue::new(order);
    let nodes = StoredValue::new(done.nodes);
    let tone = match done.status.as_str() {
        "succeeded" => Tone::Success,
        "ignored" | "aborted" => Tone::Quiet,
        "failed" => Tone::Error,
        _ => Tone::Waiting,
    };
    let rows = move || {
        let step = editor.simulation.step.get();
        let ids = ids.get_value();
        let shown = step.unwrap_or(ids.len());
        let rows = ids.into_iter().take(shown).filter_map(|id| {
            let result = nodes.with_value(|nodes| nodes.get(&id).cloned())?;
            Some(view! { <NodeRow id=id result=result /> })
        });
        rows.collect_view()
    };
    let is_whole = move || editor.simulation.step.get().is_none();
    let (transactions, events) = (StoredValue::new(done.transactions), StoredValue::new(done.events));
    view! {
        <div class="line">
            <Badge tone=tone text=(words.statuses)(&done.status) />
            {done.error.map(|error| view! { <span class="muted">{error.message}</span> })}
        </div>
        <ul class="node-rows">{rows}</ul>
        {move || {
            is_whole()
                .then(|| {
                    view! {
                        <Posts transactions=transactions.get_value() />
                        <Sends events=events.get_value() />
                    }
                })
        }}
    }
}

/// A node: how it came out, what it compared or yielded, and for a task how it is told to come out.
#[component]
fn NodeRow(id: String, result: NodeResult) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.simulation;
    let (name, kind) = editor.board.with(|document| {
        let node = document.node(&id);
        (
            node.map_or_else(|| id.clone(), |node| node.name().to_owned()),
            node.map_or(NodeKind::Task, |node| node.kind),
        )
    });
    let appearance = appearance(kind, result.state);
    let comparisons =
        (!result.comparisons.is_empty()).then(|| view! { <Comparisons comparisons=result.comparisons /> });
    let error = result
        .error
        .map(|error| view! { <p class="wrong">{error.message}</p> });
    let output = result
        .output
        .filter(|output| output.text() != "{}" && output.text() != "null")
        .map(|output| view! { <code class="output">{output.text().to_owned()}</code> });
    let chosen = editor
        .simulation
        .told
        .with_untracked(|told| told.get(&id).copied());
    let tell = (kind == NodeKind::Task).then(|| {
        let id = id.clone();
        let options = [
            (None, words.as_it_comes),
            (Some(Told::Success), words.told_success),
            (Some(Told::Failure), words.told_failure),
        ];
        let options = options.map(|(told, word)| {
            view! { <option value=told.map_or("", Told::name) selected=told == chosen>{word}</option> }
        });
        let change = move |event| {
            let value = event_target_value(&event);
            let told = [Told::Success, Told::Failure]
                .into_iter()
                .find(|told| told.name() == value);
            editor.tell(&id, told);
        };
        view! {
            <select class="field small" aria-label=format!("{}: {name}", words.result) on:change=change>
                {options.collect_view()}
            </select>
        }
    });
    let go = {
        let id = id.clone();
        move |_| {
            editor.select(canvas::selection::Item::Node(id.clone()));
            editor.board.reveal(&id);
        }
    };
    view! {
        <li data-result=id class=tone(appearance).class()>
            <Badge tone=tone(appearance) text=(words.states)(appearance) />
            <div class="node-row">
                <div class="line">
                    <button class="link" type="button" on:click=go>
                        {name.clone()}
                    </button>
                    {tell}
                </div>
                {comparisons}
                {error}
                {output}
            </div>
        </li>
    }
}

/// The ledger transactions that it would post.
#[component]
fn Posts(transactions: Vec<SimulatedTransaction>) -> impl IntoView {
    let words = &expect_context::<Editor>().texts.simulation;
    if transactions.is_empty() {
        return None;
    }
    let rows = transactions
        .into_iter()
        .flat_map(|transaction| transaction.entries)
        .map(|entry| {
            let amount = format!("{} {}", entry.amount, entry.currency);
            let (debit, credit) = match entry.direction {
                Direction::Debit => (amount, String::new()),
                Direction::Credit => (String::new(), amount),
            };
            view! {
                <tr>
                    <td><code>{entry.account}</code></td>
                    <td class="number">{debit}</td>
                    <td class="number">{credit}</td>
                </tr>
            }
        });
    Some(view! {
        <h3>{words.posts}</h3>
        <table class="posts">
            <thead>
                <tr>
                    <th>{words.account}</th>
                    <th class="number">{words.debit}</th>
                    <th class="number">{words.credit}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    })
}

/// The events that it would send.
#[component]
fn Sends(events: Vec<SimulatedEvent>) -> impl IntoView {
    let words = &expect_context::<Editor>().texts.simulation;
    if events.is_empty() {
        return None;
    }
    let rows = events.into_iter().map(|event| {
        view! {
            <li>
                <code>{event.event_type}</code>
                " "
                <small class="muted">{event.data.text().to_owned()}</small>
            </li>
        }
    });
    Some(view! {
        <h3>{words.sends}</h3>
        <ul class="sends">{rows.collect_view()}</ul>
    })
}
