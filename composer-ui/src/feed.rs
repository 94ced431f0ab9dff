//! A list that is read part by part, and read anew when what it depends on changes.

use std::{future::Future, pin::Pin, rc::Rc};

use api_types::Page;
use leptos::{prelude::*, task::spawn_local};

use crate::api::ApiError;

type Answer<T> = Pin<Box<dyn Future<Output = Result<Page<T>, ApiError>>>>;
type Load<T> = Rc<dyn Fn(Option<String>) -> Answer<T>>;

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

/// A list, as far as it was read.
pub(crate) struct Feed<T: 'static> {
    /// The lines.
    pub(crate) items: RwSignal<Vec<T>>,
    /// How far it has come.
    pub(crate) progress: RwSignal<Progress>,
    cursor: RwSignal<Option<String>>,
    is_loading_more: RwSignal<bool>,
    /// Which reading this is: an answer to an earlier one comes too late.
    reading: StoredValue<u64>,
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
            is_loading_more: RwSignal::new(false),
            reading: StoredValue::new(0),
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

    /// Whether all of it was read.
    pub(crate) fn is_complete(self) -> bool {
        let is_ready = self
            .progress
            .with_untracked(|progress| *progress == Progress::Ready);
        is_ready && self.cursor.with_untracked(Option::is_none)
    }

    /// Reads it from the start.
    pub(crate) fn reload(self) {
        self.reading.update_value(|reading| *reading += 1);
        self.cursor.set(None);
        self.is_loading_more.set(false);
        self.progress.set(Progress::Loading);
        self.read(None);
    }

    /// Reads on, if there is more and nothing is under way.
    pub(crate) fn load_more(self) {
        let is_ready = self
            .progress
            .with_untracked(|progress| *progress == Progress::Ready);
        let cursor = self.cursor.get_untracked();
        if is_ready && cursor.is_some() && !self.is_loading_more.get_untracked() {
            self.is_loading_more.set(true);
            self.read(cursor);
        }
    }

    fn read(self, cursor: Option<String>) {
        let reading = self.reading.get_value();
        let is_first = cursor.is_none();
        let answer = self.load.with_value(|load| load(cursor));
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by now, or something else asked for.
            if self.reading.try_get_value() == Some(reading) {
                self.take(answer, is_first);
            }
        });
    }

    fn take(self, answer: Result<Page<T>, ApiError>, is_first: bool) {
        self.is_loading_more.set(false);
        match answer {
            Ok(part) => {
                self.items.update(|items| {
                    if is_first {
                        items.clear();
                    }
                    items.extend(part.items);
                });
                self.cursor.set(part.next_cursor);
                self.progress.set(Progress::Ready);
            }
            Err(error) if is_first => self.progress.set(Progress::Failed(error)),
            // What is there stays; scrolling on tries again.
            Err(_) => {}
        }
    }
}
