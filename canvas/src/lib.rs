//! The graph editor's mind: what a rule looks like while it is drawn, how it changes, and where things are.
//!
//! A [`Document`](document::Document) is a rule that is being edited. Every change is an [`Edit`](edit::Edit)
//! with an exact inverse; a [`History`](history::History) owns the document and remembers them. The rest answers
//! questions about a document and keeps nothing of its own: whether two nodes may be connected, where an edge
//! runs, what is under the pointer, how the graph is best laid out, what differs between two versions, what a
//! node does in words.
//!
//! It knows no browser, no server and no clock, and draws no random number. What a rule means it leaves to the
//! `rules` crate, of which it uses the model's constants and names, and the strict JSON reader; the evaluator is
//! not referred to and so is in no bundle because of this crate.

pub mod clipboard;
pub mod connect;
pub mod difference;
pub mod document;
pub mod edit;
pub mod geometry;
pub mod graph;
pub mod guides;
pub mod history;
pub mod hit;
pub mod layout;
pub mod naming;
pub mod outline;
pub mod run;
pub mod search;
pub mod selection;
pub mod splice;
pub mod svg;
pub mod viewport;
pub mod words;
