//! Undo and redo: one gesture is one step.

mod merge;

use crate::document::Document;
use crate::edit::{Edit, EditError, Touched};

pub use self::merge::MergeKey;
use self::merge::merged;

/// So many steps are remembered; older ones are forgotten.
const MAX_STEPS: usize = 1_000;

/// A document with its past and future. What is selected is not its business.
#[derive(Debug, Clone)]
pub struct History {
    document: Document,
    undo: Vec<Step>,
    redo: Vec<Step>,
    /// The document as it was last saved.
    saved: Document,
    gesture: Option<Gesture>,
}

/// One undoable step, in both directions.
#[derive(Debug, Clone)]
struct Step {
    forth: Edit,
    back: Edit,
    /// What may still be merged into it.
    key: Option<MergeKey>,
}

/// A gesture that is going on, with what it has changed so far.
#[derive(Debug, Clone, Default)]
struct Gesture {
    shown: Option<(Edit, Edit)>,
}

impl History {
    /// Begins with a document that counts as saved.
    pub fn new(document: Document) -> Self {
        Self {
            saved: document.clone(),
            document,
            undo: Vec::new(),
            redo: Vec::new(),
            gesture: None,
        }
    }

    /// The document as it is now, a gesture's preview included.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Does something as a step of its own.
    ///
    /// # Errors
    /// An edit that does not fit; nothing has changed.
    pub fn commit(&mut self, edit: Edit) -> Result<Touched, EditError> {
        self.step(edit, None)
    }

    /// Does something that joins the step before it, if that has the same key and no pause was marked since:
    /// typing into one field, nudging with the arrow keys.
    ///
    /// # Errors
    /// An edit that does not fit; nothing has changed.
    pub fn commit_merging(&mut self, edit: Edit, key: MergeKey) -> Result<Touched, EditError> {
        self.step(edit, Some(key))
    }

    /// Marks a pause, the end of a focus: what comes next is a new step.
    pub fn pause(&mut self) {
        if let Some(step) = self.undo.last_mut() {
            step.key = None;
        }
    }

    fn step(&mut self, forth: Edit, key: Option<MergeKey>) -> Result<Touched, EditError> {
        let mut touched = self.cancel();
        let back = self.document.apply(&forth)?;
        touched.merge(Touched::of(&forth, &back));
        self.record(forth, back, key);
        Ok(touched)
    }

    fn record(&mut self, forth: Edit, back: Edit, key: Option<MergeKey>) {
        if changes_nothing(&forth, &back) {
            return;
        }
        self.redo.clear();
        match self.undo.pop() {
            Some(last) if key.is_some() && last.key == key => {
                let (forth, back) = merged((last.forth, last.back), (forth, back));
                self.undo.push(Step { forth, back, key });
            }
            last => {
                self.undo.extend(last);
                self.undo.push(Step { forth, back, key });
            }
        }
        if self.undo.len() > MAX_STEPS {
            self.undo.remove(0);
        }
    }

    /// Begins a gesture, such as dragging: what it shows on the way becomes one step, or none.
    pub fn begin(&mut self) -> Touched {
        let touched = self.cancel();
        self.gesture = Some(Gesture::default());
        touched
    }

    /// Shows what the gesture would do, instead of what it showed before. The edit starts from the document as it
    /// was when the gesture began. Without a gesture one begins.
    ///
    /// # Errors
    /// An edit that does not fit; the document is as it was when the gesture began.
    pub fn preview(&mut self, edit: Edit) -> Result<Touched, EditError> {
        let mut touched = self.take_back();
        let back = self.document.apply(&edit)?;
        touched.merge(Touched::of(&edit, &back));
        self.gesture = Some(Gesture {
            shown: Some((edit, back)),
        });
        Ok(touched)
    }

    /// Takes back what the gesture shows, and leaves it open.
    fn take_back(&mut self) -> Touched {
        let shown = self.gesture.as_mut().and_then(|gesture| gesture.shown.take());
        match shown {
            Some((_, back)) => self.revert(&back),
            None => Touched::default(),
        }
    }

    /// Ends the gesture: what it shows is a step.
    pub fn finish(&mut self) {
        if let Some((forth, back)) = self.gesture.take().and_then(|gesture| gesture.shown) {
            self.record(forth, back, None);
        }
    }

    /// Gives the gesture up: the document is as it was before.
    pub fn cancel(&mut self) -> Touched {
        let touched = self.take_back();
        self.gesture = None;
        touched
    }

    /// Whether a gesture is going on.
    pub fn in_gesture(&self) -> bool {
        self.gesture.is_some()
    }

    /// Takes the last step back. A gesture that is going on is given up instead.
    pub fn undo(&mut self) -> Touched {
        if self.gesture.is_some() {
            return self.cancel();
        }
        let Some(step) = self.undo.pop() else {
            return Touched::default();
        };
        let touched = self.revert(&step.back);
        self.redo.push(Step { key: None, ..step });
        touched
    }

    /// Does the step again that was taken back last.
    pub fn redo(&mut self) -> Touched {
        let mut touched = self.cancel();
        if let Some(step) = self.redo.pop() {
            touched.merge(self.revert(&step.forth));
            self.undo.push(step);
        }
        touched
    }

    /// Applies what fits because it was applied, or undone, in this very state before.
    fn revert(&mut self, edit: &Edit) -> Touched {
        let applied = self.document.apply(edit);
        debug_assert!(applied.is_ok(), "history does not fit its document: {applied:?}");
        applied.map_or_else(|_| Touched::default(), |inverse| Touched::of(edit, &inverse))
    }

    /// Whether there is anything to undo.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether there is anything to redo.
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Whether the document differs from what was saved, be it by undoing or by doing.
    pub fn is_dirty(&self) -> bool {
        self.document != self.saved
    }

    /// The document as it was last saved: what a conflict is compared with.
    pub fn saved(&self) -> &Document {
        &self.saved
    }

    /// The document is saved as it is now. Steps stay undoable; none is merged over this point.
    pub fn mark_saved(&mut self) {
        self.mark_saved_as(self.document.clone());
    }

    /// This document, as it was when saving began, is saved; the user may have gone on since.
    pub fn mark_saved_as(&mut self, saved: Document) {
        self.saved = saved;
        self.pause();
    }
}

/// Whether undoing an edit is doing the same again: it set everything to what it was.
fn changes_nothing(forth: &Edit, back: &Edit) -> bool {
    match (forth, back) {
        (Edit::All(forth), Edit::All(back)) => {
            forth.len() == back.len()
                && forth
                    .iter()
                    .zip(back.iter().rev())
                    .all(|(forth, back)| changes_nothing(forth, back))
        }
        (Edit::Place(forth), Edit::Place(back)) => forth.iter().eq(back.iter().rev()),
        _ => forth == back || forth.is_empty(),
    }
}
