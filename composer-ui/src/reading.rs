//! One thing that is read from the API, and read anew in place.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::ApiError,
    parts::{Failed, Skeleton},
};

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;
type Load<T> = Rc<dyn Fn() -> Answer<T>>;

/// Which questions were answered: answers may overtake each other.
#[derive(Debug, Default)]
struct Order {
    asked: u64,
    answered: u64,
}

impl Order {
    /// The number of the next question.
    fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// Takes the answer to a question, unless a later one was answered before.
    fn take(&mut self, number: u64) -> bool {
        let is_news = number > self.answered;
        self.answered = self.answered.max(number);
        is_news
    }
}

/// What was read last, as far as anything was.
pub(crate) struct Reading<T: 'static> {
    found: RwSignal<Option<Result<T, ApiError>>>,
    order: StoredValue<Order>,
    load: StoredValue<Load<T>, LocalStorage>,
}

impl<T: 'static> Clone for Reading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Reading<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Reading<T> {
    /// Reads by `load`, at once.
    pub(crate) fn start<F>(load: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let load: Load<T> = Rc::new(move || Box::pin(load()));
        let reading = Self {
            found: RwSignal::new(None),
            order: StoredValue::new(Order::default()),
            load: StoredValue::new_local(load),
        };
        reading.again();
        reading
    }

    /// Reads anew. What is shown stays until the answer is there, and stays if there is none.
    pub(crate) fn again(self) {
        let Some(answer) = self.load.try_with_value(|load| load()) else {
            return;
        };
        let Some(number) = self.order.try_update_value(Order::ask) else {
            return;
        };
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by now.
            let had = self
                .found
                .try_with_untracked(|found| matches!(found, Some(Ok(_))));
            let is_news = match &answer {
                Ok(_) => self.order.try_update_value(|order| order.take(number)) == Some(true),
                Err(_) => had == Some(false),
            };
            if is_news {
                let _ = self.found.try_set(Some(answer));
            }
        });
    }

    /// What was read.
    pub(crate) fn get(self) -> Option<T> {
        self.found.with(|found| match found {
            Some(Ok(found)) => Some(found.clone()),
            _ => None,
        })
    }

    /// The view of what was read, or of why there is nothing. It is built once: what changes in it follows the memo.
    pub(crate) fn show_live<V: IntoView + 'static>(
        self,
        view: impl Fn(Memo<T>) -> V + Send + 'static,
    ) -> impl IntoView {
        let fault = Memo::new(move |_| {
            self.found
                .with(|found| found.as_ref().map(|found| found.as_ref().err().cloned()))
        });
        move || match fault.get() {
            None => view! { <Skeleton lines=4 /> }.into_any(),
            Some(Some(error)) => self.failed(error).into_any(),
            Some(None) => {
                let first = untrack(|| self.get());
                first.map(|first| view(self.or_before(first))).into_any()
            }
        }
    }

    /// What was read last; before anything was, `first`.
    fn or_before(self, first: T) -> Memo<T> {
        Memo::new(move |before: Option<&T>| {
            let found = self.get();
            found.unwrap_or_else(|| before.unwrap_or(&first).clone())
        })
    }

    fn failed(self, error: ApiError) -> impl IntoView {
        let retry = Callback::new(move |()| {
            self.found.set(None);
            self.again();
        });
        view! { <Failed error=error on_retry=retry /> }
    }

    /// The view of what was read, or of why there is nothing. An answer that says the same draws nothing anew.
    pub(crate) fn show<V: IntoView + 'static>(self, view: impl Fn(T) -> V + Send + 'static) -> impl IntoView {
        let found = Memo::new(move |_| self.found.get());
        move || match found.get() {
            None => view! { <Skeleton lines=4 /> }.into_any(),
            Some(Ok(found)) => view(found).into_any(),
            Some(Err(error)) => self.failed(error).into_any(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_overtaken_comes_too_late() {
        let mut order = Order::default();
        let (first, second, third) = (order.ask(), order.ask(), order.ask());
        assert!(order.take(second));
        assert!(!order.take(first));
        assert!(order.take(third), "what was asked later is news");
    }
}
