//! Notes on the canvas: words for people, no part of a rule's meaning.

use crate::geometry::{Rect, Size};

/// The size of a note that says nothing about it.
pub const NOTE_SIZE: Size = Size {
    width: 220.0,
    height: 96.0,
};

/// No note is drawn smaller than this: a line of text, and a corner to take it by.
pub(crate) const LEAST_NOTE_SIZE: Size = Size {
    width: 80.0,
    height: 48.0,
};

/// How wide and high a note may be.
pub(crate) const NOTE_LENGTHS: std::ops::RangeInclusive<f64> = 1.0..=10_000.0;

/// A note.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Unique among the rule's notes.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Where it lies.
    pub area: Rect,
}
