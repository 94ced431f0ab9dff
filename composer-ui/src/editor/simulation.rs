//! What the rule would do with an event: asked of the worker, shown on the graph, step by step or at once.

use std::collections::BTreeMap;

use api_types::{JsonText, NodeResults, SimulatedEvent, SimulatedTransaction};
use canvas::{document::Document, graph::Graph, run::RunView};
use leptos::{prelude::*, task::spawn_local};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Editor, drawer::Drawer, engine::Question, problems::Finding};
use crate::{
    api::{self, ApiError},
    formats::pretty,
    graph_view::state_of,
    parts::Tone,
};

/// An event to begin with: a paid book.
pub(super) const EXAMPLE: &str = r#"{
  "status": "paid",
  "total": "120.00",
  "currency": "BRL",
  "country": "BR",
  "quantity": 1,
  "shipping_address": "Rua Augusta, 1200",
  "product": { "id": "book-1", "kind": "physical", "type": "book" },
  "seller": { "id": "seller-7" },
  "customer": { "id": "customer-9" }
}"#;

/// How a task is told to come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Success,
    Failure,
}

impl Told {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// What the rule would do.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Simulated {
    pub(super) status: String,
    pub(super) error: Option<Fault>,
    pub(super) nodes: NodeResults,
    pub(super) transactions: Vec<SimulatedTransaction>,
    pub(super) events: Vec<SimulatedEvent>,
}

/// Why it would not end well.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Fault {
    pub(super) message: String,
}

/// What came of trying.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Done(Box<Simulated>),
    /// The event cannot be read.
    NotJson(String),
    /// The rule cannot run.
    Broken,
    /// The worker does not answer, or says why it cannot.
    Unavailable(Option<String>),
}

#[derive(Deserialize)]
struct Refused {
    findings: Option<Vec<Finding>>,
    problem: Option<String>,
}

/// The simulation that is shown, and what it is made of.
#[derive(Clone, Copy)]
pub(super) struct Simulation {
    pub(super) told: RwSignal<BTreeMap<String, Told>>,
    pub(super) outcome: RwSignal<Option<Outcome>>,
    /// How many nodes have settled, as far as it is shown; none: all.
    pub(super) step: RwSignal<Option<usize>>,
    asked: RwSignal<u32>,
}

impl Simulation {
    pub(super) fn new() -> Self {
        Self {
            told: RwSignal::default(),
            outcome: RwSignal::new(None),
            step: RwSignal::new(None),
            asked: RwSignal::new(0),
        }
    }
}

impl Editor {
    /// Tries the rule out with the event, and shows what comes of it.
    pub(super) fn simulate(self) {
        let simulation = self.simulation;
        simulation.asked.update(|asked| *asked += 1);
        let asked = simulation.asked.get_untracked();
        spawn_local(async move {
            let outcome = self.try_out().await;
            // Later questions have later answers.
            if simulation.asked.try_get_untracked() == Some(asked) {
                simulation.outcome.set(Some(outcome));
                self.show_simulation();
            }
        });
    }

    async fn try_out(self) -> Outcome {
        let event = self.event.get_untracked();
        let event = match rules::json::parse(event.as_bytes()) {
            Ok(event @ Value::Object(_)) => event,
            Ok(_) => return Outcome::NotJson("{…}".to_owned()),
            Err(error) => {
                return Outcome::NotJson(self.engine.say_one(error.to_string()).await);
            }
        };
        let told = self.simulation.told.get_untracked();
        let told: BTreeMap<String, Value> = self.board.with(|document| {
            let told = told.into_iter().filter(|(id, _)| document.node(id).is_some());
            told.map(|(id, told)| (id, json!({ "state": told.name() })))
                .collect()
        });
        let request = json!({
            "rule": self.board.with(Document::to_json),
            "event": event,
            "company": self.company.get_value(),
            "task_results": told,
            "at_ms": now_ms(),
        });
        match self.engine.ask(Question::Simulate, &request.to_string()).await {
            Ok(answer) => read(&answer),
            Err(_) => Outcome::Unavailable(None),
        }
    }

    /// Shows on the graph as much of the simulation as is to be seen.
    pub(super) fn show_simulation(self) {
        let nodes = self.simulation.outcome.with_untracked(|outcome| match outcome {
            Some(Outcome::Done(done)) => Some(done.nodes.clone()),
            _ => None,
        });
        let Some(nodes) = nodes else {
            return self.board.run.set(None);
        };
        let mut view = RunView::default();
        let order = self.settling_order();
        let shown = self.simulation.step.get_untracked().unwrap_or(order.len());
        for id in order.iter().take(shown) {
            if let Some(state) = nodes.get(id).map(|result| state_of(result.state)) {
                view.set(id, state);
            }
        }
        self.board.run.set(Some(view));
    }

    /// The nodes in the order in which they take effect: by wave, then by id.
    pub(super) fn settling_order(self) -> Vec<String> {
        self.board.with(|document| {
            let waves = Graph::of(document).waves();
            let mut order: Vec<(u32, String)> = waves
                .into_iter()
                .zip(document.nodes().map(|node| node.id.clone()))
                .collect();
            order.sort();
            order.into_iter().map(|(_, id)| id).collect()
        })
    }

    /// Shows one node more, from the first on.
    pub(super) fn step_simulation(self) {
        let count = self.board.with(Document::len);
        self.simulation.step.update(|step| {
            *step = match *step {
                None => Some(1),
                Some(shown) if shown < count => Some(shown + 1),
                Some(_) => None,
            };
        });
        self.show_simulation();
    }

    /// Shows all of it.
    pub(super) fn show_all_steps(self) {
        self.simulation.step.set(None);
        self.show_simulation();
    }

    /// Takes it off the graph.
    pub(super) fn clear_simulation(self) {
        self.simulation.asked.update(|asked| *asked += 1);
        self.simulation.outcome.set(None);
        self.simulation.step.set(None);
        self.board.run.set(None);
    }

    /// Tells how a task comes out; nothing: as it comes.
    pub(super) fn tell(self, id: &str, told: Option<Told>) {
        self.simulation.told.update(|all| match told {
            Some(told) => {
                all.insert(id.to_owned(), told);
            }
            None => {
                all.remove(id);
            }
        });
        self.simulate();
    }

    /// Takes the event of the rule's last run.
    pub(super) fn take_last_event(self) {
        let Some(rule_id) = self.record.with_untracked(|record| record.rule_id) else {
            return;
        };
        let none = self.texts.simulation.no_run;
        spawn_local(async move { self.take(api::last_event(rule_id).await, none) });
    }

    /// Opens the simulation with the event of a run.
    pub(super) fn take_event_of_run(self, run_id: String) {
        self.drawer.set(Some(Drawer::Simulation));
        let none = self.words.run.event_erased;
        spawn_local(async move { self.take(api::event_of_run(&run_id).await, none) });
    }

    /// Tries the rule out with an event that was looked for; says so if there is none.
    fn take(self, found: Result<Option<JsonText>, ApiError>, none: &'static str) {
        match found {
            Ok(_) if !self.is_open() => {}
            Ok(Some(event)) => {
                self.event.set(pretty(event.text()));
                self.simulate();
            }
            Ok(None) => self.toasts.say(Tone::Quiet, none),
            Err(error) => self.say(&error),
        }
    }
}

fn read(answer: &str) -> Outcome {
    if let Ok(done) = serde_json::from_str::<Simulated>(answer) {
        return Outcome::Done(Box::new(done));
    }
    match serde_json::from_str::<Refused>(answer) {
        Ok(refused) if refused.findings.is_some() => Outcome::Broken,
        Ok(refused) => Outcome::Unavailable(refused.problem),
        Err(_) => Outcome::Unavailable(None),
    }
}

/// The browser's time: a rule may look at when its event was accepted.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole milliseconds, far from the limit"
)]
fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}
