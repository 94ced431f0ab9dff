//! Dead letters: messages that could not become runs, each with its reason and its content.

mod detail;
mod follow;
mod list;

use api_types::DeadLetter;
use leptos::prelude::*;

use self::{detail::Detail, follow::follow_list, list::Cells};
use super::PageHead;
use crate::{
    api::{self, ListRequest},
    feed::Feed,
    icons::Icon,
    navigation::navigation,
    parts::{Empty, RowsOf, Table},
    routes::Page,
    words::words,
};

/// The dead letters of a company, one of them opened beside the list.
#[component]
pub(crate) fn DeadLettersPage(company: String) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let request = move || ListRequest::default().only("company_id", &company);
    let feed = Feed::new(request, |request, cursor| async move {
        api::dead_letters(&request, cursor.as_deref()).await
    });
    let opened = Memo::new(move |_| match navigation.page() {
        Page::DeadLetters(id) => id,
        _ => None,
    });
    follow_list(feed, opened);
    let rows = RowsOf {
        feed,
        key: |letter: &DeadLetter| format!("{} {:?}", letter.id, letter.status),
        cells: Callback::new(move |letter| view! { <Cells letter=letter opened=opened /> }.into_any()),
    };
    let empty = move || {
        view! { <Empty icon=Icon::Tick title=words.dead_letters.empty_title text=words.dead_letters.empty /> }
    };
    view! {
        <div class="page">
            <PageHead title=words.pages.dead_letters meaning=words.dead_letters.meaning />
            <div class="split" class:opened=move || opened.get().is_some()>
                <Table
                    label=words.pages.dead_letters
                    class="dead-letters-table"
                    heads=vec![
                        words.dead_letters.status,
                        words.dead_letters.event,
                        words.dead_letters.reason,
                        words.dead_letters.since,
                    ]
                    rows=rows
                    is_filtered=Signal::stored(false)
                    empty=ViewFn::from(empty)
                />
                {move || opened.get().map(|id| view! { <Detail id=id feed=feed /> })}
            </div>
        </div>
    }
}
