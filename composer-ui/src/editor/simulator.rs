//! The simulation in the drawer: the event, and node by node what would come of it.

use std::time::Duration;

use api_types::{Direction, NodeResult, SimulatedEvent, SimulatedTransaction};
use canvas::document::{Document, NodeKind};
use leptos::prelude::*;

use super::{
    Editor,
    checking::Later,
    simulation::{EXAMPLE, Outcome, Simulated, Told},
    texts::Simulation as Words,
};
use crate::{
    graph_view::{Comparisons, appearance, tone},
    parts::{Badge, Select, Tone, options},
};

/// After a change of the rule or the event, it is tried out anew a moment later.
const PAUSE: Duration = Duration::from_millis(300);

/// The event to the left, what comes of it to the right.
#[component]
pub(super) fn Simulator() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.simulation;
    let shown = Memo::new(move |_| {
        editor
            .simulation
            .outcome
            .with(|outcome| Shown::of(outcome.as_ref()))
    });
    follow_changes(editor);
    on_cleanup(move || {
        if !editor.simulation.outcome.is_disposed() {
            editor.clear_simulation();
        }
    });
    let has_run = move || editor.record.with(|record| record.rule_id.is_some());
    let is_shown = move || shown.with(|shown| *shown == Shown::Done);
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
                {move || match shown.get() {
                    Shown::Nothing => view! { <p class="drawer-hint">{words.hint}</p> }.into_any(),
                    Shown::Done => view! { <Done /> }.into_any(),
                    Shown::Wrong(outcome) => view! { <p class="wrong">{wrong(words, outcome)}</p> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// What stands beside the event. A simulation that is done again stays in its place: its rows change, nothing is drawn
/// anew, and the focus stays where it is.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    Nothing,
    Wrong(Outcome),
    Done,
}

impl Shown {
    fn of(outcome: Option<&Outcome>) -> Self {
        match outcome {
            None => Self::Nothing,
            Some(Outcome::Done(_)) => Self::Done,
            Some(other) => Self::Wrong(other.clone()),
        }
    }
}

/// Why nothing came of it.
fn wrong(words: &Words, outcome: Outcome) -> String {
    match outcome {
        Outcome::NotJson(detail) => (words.not_json)(&detail),
        Outcome::Unavailable(Some(why)) => why,
        Outcome::Unavailable(None) => words.unavailable.to_owned(),
        Outcome::Broken | Outcome::Done(_) => words.broken.to_owned(),
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
fn Done() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.simulation;
    let ended = Memo::new(move |_| editor.simulated(|done| Some((done.status.clone(), done.error.clone()))));
    let head = move || {
        let (status, error) = ended.get()?;
        Some(view! {
            <Badge tone=tone_of(&status) text=(words.statuses)(&status) />
            {error.map(|error| view! { <span class="muted">{error.message}</span> })}
        })
    };
    let ids = Memo::new(move |_| {
        editor
            .simulated(|done| {
                let order = editor.settling_order();
                let shown = editor.simulation.step.get().unwrap_or(order.len());
                let settled = order.into_iter().take(shown);
                Some(
                    settled
                        .filter(|id| done.nodes.contains_key(id))
                        .collect::<Vec<_>>(),
                )
            })
            .unwrap_or_default()
    });
    let is_whole = Memo::new(move |_| editor.simulation.step.get().is_none());
    let moved =
        Memo::new(move |_| editor.simulated(|done| Some((done.transactions.clone(), done.events.clone()))));
    let consequences = move || {
        let (transactions, events) = moved.get().filter(|_| is_whole.get())?;
        Some(view! {
            <Posts transactions=transactions />
            <Sends events=events />
        })
    };
    view! {
        <div class="line">{head}</div>
        <ul class="node-rows">
            <For each=move || ids.get() key=String::clone let:id>
                <NodeRow id=id />
            </For>
        </ul>
        {consequences}
    }
}

fn tone_of(status: &str) -> Tone {
    match status {
        "succeeded" => Tone::Success,
        "ignored" | "aborted" => Tone::Quiet,
        "failed" => Tone::Error,
        _ => Tone::Waiting,
    }
}

impl Editor {
    /// Looks at the simulation, and again when it is another; none, if there is none.
    fn simulated<R>(self, look: impl FnOnce(&Simulated) -> Option<R>) -> Option<R> {
        self.simulation.outcome.with(|outcome| match outcome {
            Some(Outcome::Done(done)) => look(done),
            _ => None,
        })
    }
}

/// A node: how it came out, what it compared or yielded, and for a task how it is told to come out.
#[component]
fn NodeRow(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.simulation;
    let id = StoredValue::new(id);
    let result = Memo::new(move |_| editor.simulated(|done| id.with_value(|id| done.nodes.get(id).cloned())));
    let node = Memo::new(move |_| {
        editor.board.follow(|document| {
            id.with_value(|id| document.node(id).map(|node| (node.name().to_owned(), node.kind)))
        })
    });
    let name = move || node.get().map_or_else(|| id.get_value(), |(name, _)| name);
    let kind = Memo::new(move |_| node.get().map_or(NodeKind::Task, |(_, kind)| kind));
    let looks = Memo::new(move |_| result.get().map(|result| appearance(kind.get(), result.state)));
    let badge = move || {
        looks
            .get()
            .map(|looks| view! { <Badge tone=tone(looks) text=(words.states)(looks) /> })
    };
    let tell =
        move || (kind.get() == NodeKind::Task).then(|| view! { <Telling id=id.get_value() name=name() /> });
    let go = move |_| {
        let id = id.get_value();
        editor.board.reveal(&id);
        editor.select(canvas::selection::Item::Node(id));
    };
    view! {
        <li data-result=id.get_value() class=move || looks.get().map_or("", |looks| tone(looks).class())>
            {badge}
            <div class="node-row">
                <div class="line">
                    <button class="link" type="button" on:click=go>
                        {name}
                    </button>
                    {tell}
                </div>
                {move || result.get().map(details)}
            </div>
        </li>
    }
}

/// What a node compared, why it failed, what it yielded.
fn details(result: NodeResult) -> impl IntoView {
    let comparisons =
        (!result.comparisons.is_empty()).then(|| view! { <Comparisons comparisons=result.comparisons /> });
    let error = result
        .error
        .map(|error| view! { <p class="wrong">{error.message}</p> });
    let output = result
        .output
        .filter(|output| output.text() != "{}" && output.text() != "null")
        .map(|output| view! { <code class="output">{output.text().to_owned()}</code> });
    (comparisons, error, output)
}

/// How a task is told to come out.
#[component]
fn Telling(id: String, name: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.simulation;
    let told = editor.simulation.told;
    let of = id.clone();
    let chosen = Memo::new(move |_| {
        let told = told.with(|told| told.get(&of).copied());
        told.map_or("", Told::name).to_owned()
    });
    let choose = Callback::new(move |name: String| {
        let told = [Told::Success, Told::Failure]
            .into_iter()
            .find(|told| told.name() == name);
        editor.tell(&id, told);
    });
    let ways = options([
        ("", words.as_it_comes),
        (Told::Success.name(), words.told_success),
        (Told::Failure.name(), words.told_failure),
    ]);
    view! {
        <Select
            label=format!("{}: {name}", words.result)
            class="field small"
            options=ways
            chosen=chosen
            on_choose=choose
        />
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
