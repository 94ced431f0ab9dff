//! One thing that is read from the API, and read anew in place.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::ApiError,
    parts::{Failed, Skeleton},
};

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;
type Load<T> = Rc<dyn Fn() -> Answer<T>>;

/// What was read last, as far as anything was.
pub(crate) struct Reading<T: 'static> {
    found: RwSignal<Option<Result<T, ApiError>>>,
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
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by now.
            let had = self
                .found
                .try_with_untracked(|found| matches!(found, Some(Ok(_))));
            if had == Some(false) || answer.is_ok() {
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

    /// The view of what was read, or of why there is nothing. An answer that says the same draws nothing anew.
    pub(crate) fn show<V: IntoView + 'static>(self, view: impl Fn(T) -> V + Send + 'static) -> impl IntoView {
        let found = Memo::new(move |_| self.found.get());
        move || match found.get() {
            None => view! { <Skeleton lines=4 /> }.into_any(),
            Some(Ok(found)) => view(found).into_any(),
            Some(Err(error)) => {
                let retry = Callback::new(move |()| {
                    self.found.set(None);
                    self.again();
                });
                view! { <Failed error=error on_retry=retry /> }.into_any()
            }
        }
    }
}
