//! The editor: a rule as a graph, drawn, checked, tried out and saved.
//!
//! What a rule is, how it changes, where things lie and what may be connected is the business of the crate `canvas`.
//! Here it is drawn with a signal for each thing that can change by itself ([`board`]), and the browser's events become
//! gestures ([`hand`]) and actions. Nothing here draws by itself: components read signals, actions change the board.

mod actions;
mod board;
mod edge;
mod hand;
mod header;
mod keys;
mod look;
mod marks;
mod node;
mod note;
mod overlay;
mod page;
mod palette;
mod picker;
mod problems;
mod renaming;
mod saving;
mod stage;
mod stored;
mod texts;
mod view_bar;

use api_types::Task;
use leptos::prelude::*;

pub(crate) use self::page::EditorPage;
use self::{board::Board, hand::Hand, problems::Problems, saving::Record, texts::Texts};
use crate::parts::Toasts;

/// What the parts of an open editor share.
#[derive(Clone, Copy)]
pub(crate) struct Editor {
    board: Board,
    hand: Hand,
    problems: Problems,
    record: RwSignal<Record>,
    is_saving: RwSignal<bool>,
    tasks: StoredValue<Vec<Task>>,
    /// The node whose name is being typed.
    renaming: RwSignal<Option<String>>,
    toasts: Toasts,
    texts: &'static Texts,
}
