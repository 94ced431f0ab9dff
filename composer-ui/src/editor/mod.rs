//! The editor: a rule as a graph, drawn, checked, tried out and saved.
//!
//! What a rule is, how it changes, where things lie and what may be connected is the business of the crate `canvas`.
//! Here it is drawn with a signal for each thing that can change by itself ([`board`]), and the browser's events become
//! gestures ([`hand`]) and actions. Nothing here draws by itself: components read signals, actions change the board.

mod actions;
mod announcing;
mod board;
mod checking;
mod clipboard;
mod completions;
mod conflict;
mod differences;
mod drawer;
mod edge;
mod engine;
mod exchange;
mod finding;
mod focus;
mod hand;
mod header;
mod inspector;
mod keys;
mod known_tasks;
mod leaving;
mod look;
mod marks;
mod menu;
mod minimap;
mod node;
mod node_list;
mod note;
mod notes;
mod overlay;
mod page;
mod palette;
mod picker;
mod problem_list;
mod problems;
mod renaming;
mod saving;
mod simulation;
mod simulator;
mod stage;
mod stored;
mod texts;
mod versions;
mod view_bar;
mod walking;

pub(crate) use self::engine::Engine;

use std::ops::Deref;

use api_types::Task;
use leptos::prelude::*;
use serde_json::Value;

use self::{
    board::Board, conflict::Conflict, drawer::Drawer, hand::Hand, problems::Problems, saving::Record,
    simulation::Simulation, texts::Texts,
};
pub(crate) use self::{leaving::Kept, page::path_with_event};
use crate::{parts::Toasts, words::Words};

/// The editor of a company's rule that the address names.
pub(crate) fn page(company: String) -> AnyView {
    view! { <page::EditorPage company=company /> }.into_any()
}

/// An open editor: what its parts share, by a reference that every closure can carry. One is made for each rule that is
/// opened, less than a kilobyte, and never given back: what is large in it are signals, which go with the page.
#[derive(Clone, Copy)]
pub(crate) struct Editor(&'static Shared);

impl Editor {
    /// Whether the page is still there: whoever waited for an answer asks before looking at anything.
    fn is_open(self) -> bool {
        !self.record.is_disposed()
    }

    fn new(shared: Shared) -> Self {
        Self(Box::leak(Box::new(shared)))
    }
}

impl Deref for Editor {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.0
    }
}

/// What the parts of an open editor share.
pub(crate) struct Shared {
    board: Board,
    hand: Hand,
    engine: Engine,
    problems: Problems,
    simulation: Simulation,
    /// The event that the rule is tried out with, as typed.
    event: RwSignal<String>,
    record: RwSignal<Record>,
    /// What the rule may look at of its company.
    company: StoredValue<Value>,
    tasks: StoredValue<Vec<Task>>,
    is_saving: RwSignal<bool>,
    conflict: RwSignal<Option<Conflict>>,
    drawer: RwSignal<Option<Drawer>>,
    /// The inspector shows the rule while nothing is selected.
    shows_rule: RwSignal<bool>,
    shows_list: RwSignal<bool>,
    shows_map: RwSignal<bool>,
    /// A node is sought.
    finds: RwSignal<bool>,
    /// Escape was pressed on the canvas: the next Tab leaves it, also where nothing has been drawn yet.
    lets_go: StoredValue<bool>,
    /// The node that is being connected without a pointer.
    connects: RwSignal<Option<String>>,
    /// The node whose name is being typed.
    renaming: RwSignal<Option<String>>,
    /// What is read out.
    says: RwSignal<String>,
    toasts: Toasts,
    texts: &'static Texts,
    words: &'static Words,
}
