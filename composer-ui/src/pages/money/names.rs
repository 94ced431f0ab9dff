//! What accounts are called: payments and holds name them by their ids.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};

use super::filters::ACCOUNT;
use crate::{
    api::{ListRequest, money as api},
    navigation::navigation,
    routes::Page,
};

/// How much of an id stands for an account whose code is not known yet.
const ID_CHARS: usize = 8;
/// Of a company's accounts so many parts are offered to choose from: 1,000.
const OFFERED_PARTS: usize = 10;

/// The codes of accounts by their ids, each asked for once while the page stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names(RwSignal<BTreeMap<String, Option<String>>>);

impl Names {
    /// None so far.
    pub(crate) fn provide() {
        provide_context(Self(RwSignal::new(BTreeMap::new())));
    }

    /// The code of an account, once it is known.
    pub(crate) fn of(self, id: &str) -> Option<String> {
        self.0.with(|known| known.get(id).cloned().flatten())
    }

    /// Asks for the code of an account, unless that was done.
    fn ask(self, id: &str) {
        if self.0.with_untracked(|known| known.contains_key(id)) {
            return;
        }
        self.0.update_untracked(|known| known.insert(id.to_owned(), None));
        let id = id.to_owned();
        spawn_local(async move {
            // Without its code an account is shown by its id, and is asked for again by the next row.
            let code = api::account_code(&id).await.ok();
            let _ = self.0.try_update(|known| match code {
                Some(code) => known.insert(id, Some(code)),
                None => known.remove(&id),
            });
        });
    }

    /// What stands for an account now: its code, or the end of its id.
    pub(crate) fn shown(self, id: &str) -> String {
        let end = id.get(id.len().saturating_sub(ID_CHARS)..).unwrap_or(id);
        self.of(id).unwrap_or_else(|| format!("…{end}"))
    }
}

/// The account of an id, which leads to its page.
#[component]
pub(crate) fn AccountName(id: String) -> impl IntoView {
    let names = expect_context::<Names>();
    names.ask(&id);
    let shown = Memo::new(move |_| (names.of(&id), names.shown(&id)));
    move || {
        let (code, shown) = shown.get();
        match code {
            Some(code) => {
                let title = code.clone();
                view! { <a class="link above ellipsis" href=Page::Account(code).path() title=title>{shown}</a> }.into_any()
            }
            None => view! { <span class="muted">{shown}</span> }.into_any(),
        }
    }
}

/// The account of an id, which narrows the list to what goes from or to it.
#[component]
pub(crate) fn FilterByAccount(id: String) -> impl IntoView {
    let names = expect_context::<Names>();
    let navigation = navigation();
    names.ask(&id);
    let chosen = id.clone();
    let shown = Memo::new(move |_| names.shown(&id));
    view! {
        <button
            class="value above ellipsis"
            type="button"
            title=shown
            on:click=move |_| navigation.set_filter(ACCOUNT, &chosen)
        >
            {shown}
        </button>
    }
}

/// The accounts of a company by their ids, to choose from.
pub(super) fn account_options(company: &str) -> Signal<Vec<(String, String)>> {
    let options = RwSignal::new(Vec::new());
    let request = ListRequest::default().only("company_id", company);
    spawn_local(async move {
        let mut cursor = None;
        for _ in 0..OFFERED_PARTS {
            // What cannot be offered can still be chosen in a row.
            let Ok(part) = api::accounts(&request, cursor.as_deref()).await else {
                return;
            };
            let named = part
                .items
                .into_iter()
                .map(|account| (account.id, format!("{} · {}", account.code, account.currency)));
            let is_open = options.try_update(|options: &mut Vec<_>| {
                options.extend(named);
                options.sort_by(|one, next| one.1.cmp(&next.1));
            });
            cursor = part.next_cursor.filter(|_| is_open.is_some());
            if cursor.is_none() {
                return;
            }
        }
    });
    options.into()
}
