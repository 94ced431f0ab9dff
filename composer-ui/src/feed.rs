//! A list that is read part by part, and read anew when what it depends on changes.

use std::{collections::VecDeque, future::Future, pin::Pin, rc::Rc};

use api_types::Page;
use leptos::{prelude::*, task::spawn_local};

use crate::api::ApiError;

type Answer<T> = Pin<Box<dyn Future<Output = Result<Page<T>, ApiError>>>>;
type Load<T> = Rc<dyn Fn(Option<String>) -> Answer<T>>;
type Change<T> = Box<dyn Fn(&mut Vec<T>, Extent) -> bool>;

/// How many changes are kept while a part is on its way; the oldest give way.
const CHANGES: usize = 1_000;

/// How far a list has come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Progress {
    /// The first part is on its way.
    Loading,
    /// What there is, is there; perhaps there is more.
    Ready,
    /// The first part did not come.
    Failed(ApiError),
}

/// How much of a list was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// Its beginning: what comes behind the last line is not known.
    Beginning,
}

/// A list, as far as it was read.
pub(crate) struct Feed<T: 'static> {
    /// The lines.
    pub(crate) items: RwSignal<Vec<T>>,
    /// How far it has come.
    pub(crate) progress: RwSignal<Progress>,
    cursor: RwSignal<Option<String>>,
    /// Whether a part is on its way.
    is_reading: RwSignal<bool>,
    /// Which reading this is: an answer to an earlier one comes too late.
    reading: StoredValue<u64>,
    /// What changed while a part is on its way, which may be older.
    changes: StoredValue<VecDeque<Change<T>>, LocalStorage>,
    load: StoredValue<Load<T>, LocalStorage>,
}

impl<T: 'static> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Feed<T> {}

impl<T: Send + Sync + 'static> Feed<T> {
    /// A list that `load` reads from a cursor on. It is read anew whenever a signal that `request` looks at changes.
    pub(crate) fn new<R, F>(
        request: impl Fn() -> R + 'static,
        load: impl Fn(R, Option<String>) -> F + 'static,
    ) -> Self
    where
        R: Clone + PartialEq + 'static,
        F: Future<Output = Result<Page<T>, ApiError>> + 'static,
    {
        let request = Rc::new(request);
        let load = Rc::new(load);
        let asked = Rc::clone(&request);
        let load: Load<T> = Rc::new(move |cursor| Box::pin(load(untrack(|| asked()), cursor)));
        let feed = Self {
            items: RwSignal::new(Vec::new()),
            progress: RwSignal::new(Progress::Loading),
            cursor: RwSignal::new(None),
            is_reading: RwSignal::new(false),
            reading: StoredValue::new(0),
            changes: StoredValue::new_local(VecDeque::new()),
            load: StoredValue::new_local(load),
        };
        Effect::new(move |before: Option<R>| {
            let now = request();
            if before.as_ref() != Some(&now) {
                feed.reload();
            }
            now
        });
        feed
    }

    /// Reads it from the start: it is to show something else.
    pub(crate) fn reload(self) {
        self.cursor.set(None);
        self.progress.set(Progress::Loading);
        self.again();
    }

    /// Reads it from the start, and leaves what is shown in place until the answer is there.
    pub(crate) fn again(self) {
        self.begin();
        self.read(None);
    }

    /// Reads what is shown from the start, as far as it goes, and leaves it in place until all of it is there.
    pub(crate) fn renew(self) {
        let reading = self.begin();
        let shown = self.items.with_untracked(Vec::len);
        spawn_local(async move {
            let mut all = Page {
                items: Vec::new(),
                next_cursor: None,
            };
            let answer = loop {
                // The page may be gone by now, or something else asked for.
                if self.reading.try_get_value() != Some(reading) {
                    return;
                }
                let asked = self.load.with_value(|load| load(all.next_cursor.take()));
                match asked.await {
                    Ok(part) => {
                        all.items.extend(part.items);
                        all.next_cursor = part.next_cursor;
                    }
                    Err(error) => break Err(error),
                }
                if all.items.len() >= shown || all.next_cursor.is_none() {
                    break Ok(all);
                }
            };
            if self.reading.try_get_value() == Some(reading) {
                self.take(answer, true);
            }
        });
    }

    /// Begins a reading: answers to those before it come too late.
    fn begin(self) -> u64 {
        self.reading.update_value(|reading| *reading += 1);
        // What changed until now the answer knows.
        self.changes.update_value(VecDeque::clear);
        self.is_reading.set(true);
        self.reading.get_value()
    }

    /// Whether a part is on its way.
    pub(crate) fn is_reading(self) -> bool {
        self.is_reading.get_untracked()
    }

    /// Changes the lines, if `change` says that it does; also those that are on their way, which may be older.
    pub(crate) fn change(self, change: impl Fn(&mut Vec<T>, Extent) -> bool + 'static) {
        // The page may be gone by now.
        if self.reading.try_get_value().is_none() {
            return;
        }
        if self.is_ready() {
            let extent = self.extent();
            self.items.maybe_update(|items| change(items, extent));
        }
        if self.is_reading() {
            self.changes.update_value(|changes| {
                if changes.len() == CHANGES {
                    changes.pop_front();
                }
                changes.push_back(Box::new(change));
            });
        }
    }

    /// Reads on, if there is more and nothing is under way.
    pub(crate) fn load_more(self) {
        let cursor = self.cursor.get_untracked();
        if self.is_ready() && cursor.is_some() && !self.is_reading() {
            self.read(cursor);
        }
    }

    fn is_ready(self) -> bool {
        self.progress
            .with_untracked(|progress| *progress == Progress::Ready)
    }

    /// How much of it was read.
    pub(crate) fn extent(self) -> Extent {
        if self.cursor.with_untracked(Option::is_none) {
            Extent::Whole
        } else {
            Extent::Beginning
        }
    }

    fn read(self, cursor: Option<String>) {
        let reading = self.reading.get_value();
        let is_first = cursor.is_none();
        let answer = self.load.with_value(|load| load(cursor));
        self.is_reading.set(true);
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by now, or something else asked for.
            if self.reading.try_get_value() == Some(reading) {
                self.take(answer, is_first);
            }
        });
    }

    fn take(self, answer: Result<Page<T>, ApiError>, is_first: bool) {
        self.is_reading.set(false);
        let changes = self.changes.try_update_value(std::mem::take).unwrap_or_default();
        match answer {
            Ok(part) => {
                self.cursor.set(part.next_cursor);
                let extent = self.extent();
                self.items.update(|items| {
                    if is_first {
                        items.clear();
                    }
                    items.extend(part.items);
                    for change in &changes {
                        change(items, extent);
                    }
                });
                self.progress.set(Progress::Ready);
            }
            Err(error) if !self.is_ready() => self.progress.set(Progress::Failed(error)),
            // What is there stays, as it is shown; scrolling on tries again.
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_a_page(test: impl FnOnce(Feed<&'static str>)) {
        Owner::new().with(|| {
            let never: Load<&'static str> = Rc::new(|_| Box::pin(std::future::pending()));
            test(Feed {
                items: RwSignal::new(Vec::new()),
                progress: RwSignal::new(Progress::Loading),
                cursor: RwSignal::new(None),
                is_reading: RwSignal::new(true),
                reading: StoredValue::new(1),
                changes: StoredValue::new_local(VecDeque::new()),
                load: StoredValue::new_local(never),
            });
        });
    }

    fn part(items: &[&'static str], next_cursor: Option<&str>) -> Page<&'static str> {
        Page {
            items: items.to_vec(),
            next_cursor: next_cursor.map(str::to_owned),
        }
    }

    fn ends(items: &mut [&'static str], from: &str, to: &'static str) -> bool {
        let known = items.iter_mut().find(|known| **known == from);
        known.map(|known| *known = to).is_some()
    }

    #[test]
    fn a_change_is_made_in_a_part_that_was_on_its_way_too() {
        in_a_page(|feed| {
            feed.change(|items, _| ends(items, "a runs", "a ended"));
            assert!(feed.items.get_untracked().is_empty(), "there is nothing yet");
            feed.take(Ok(part(&["b ended", "a runs"], Some("a"))), true);
            assert_eq!(feed.items.get_untracked(), ["b ended", "a ended"]);

            feed.is_reading.set(true);
            feed.change(|items, extent| extent == Extent::Whole && ends(items, "z runs", "z ended"));
            feed.take(Ok(part(&["z runs"], None)), false);
            assert_eq!(feed.items.get_untracked(), ["b ended", "a ended", "z ended"]);
            assert_eq!(feed.extent(), Extent::Whole);
        });
    }

    #[test]
    fn a_change_is_made_at_once_and_only_in_what_is_read_meanwhile() {
        in_a_page(|feed| {
            feed.take(Ok(part(&["a runs"], None)), true);
            feed.change(|items, _| ends(items, "a runs", "a ended"));
            assert_eq!(feed.items.get_untracked(), ["a ended"]);

            feed.is_reading.set(true);
            feed.take(Ok(part(&["a runs"], None)), true);
            assert_eq!(feed.items.get_untracked(), ["a runs"], "it runs once more");
        });
    }

    #[test]
    fn what_is_shown_stays_where_it_cannot_be_read_anew() {
        in_a_page(|feed| {
            let failed = Progress::Failed(ApiError::Unreachable);
            feed.take(Err(ApiError::Unreachable), true);
            assert_eq!(feed.progress.get_untracked(), failed, "there is nothing to show");
            feed.take(Ok(part(&["b", "a"], Some("a"))), true);
            feed.take(Err(ApiError::Unreachable), true);
            assert_eq!(feed.progress.get_untracked(), Progress::Ready);
            assert_eq!(feed.items.get_untracked(), ["b", "a"]);
            assert_eq!(feed.extent(), Extent::Beginning);
            // It is to show something else: what is there is not it.
            feed.progress.set(Progress::Loading);
            feed.take(Err(ApiError::Unreachable), true);
            assert_eq!(feed.progress.get_untracked(), failed);
        });
    }

    #[test]
    fn changes_that_are_kept_have_a_bound() {
        in_a_page(|feed| {
            for _ in 0..2 * CHANGES {
                feed.change(|_, _| false);
            }
            assert_eq!(feed.changes.with_value(VecDeque::len), CHANGES);
        });
    }
}
