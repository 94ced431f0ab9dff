//! What pages are put together from.

mod badge;
mod copy;
mod dialog;
mod prose;
mod rows;
mod select;
mod states;
mod text_area;
mod time;
mod toast;

pub(crate) use badge::{Badge, Tone, run_tone};
pub(crate) use copy::{Code, CopyableId};
pub(crate) use dialog::{Confirm, Dialog};
pub(crate) use prose::Prose;
pub(crate) use rows::{Only, RowsOf, Table};
pub(crate) use select::{Select, options};
pub(crate) use states::{Empty, Failed, Skeleton};
pub(crate) use text_area::TextArea;
pub(crate) use time::Ago;
pub(crate) use toast::{ToastArea, Toasts, toasts};
