//! Rules: what there is, what it did last, and new ones.

mod examples;
mod last_runs;
mod list;
mod new_rule;

use std::sync::Arc;

use api_types::Rule;
use leptos::prelude::*;

use self::{
    last_runs::{LastRuns, SHOWN},
    list::Cells,
    new_rule::{DropTarget, NewRule},
};
use super::{PageHead, SearchField};
use crate::{
    api::{self, ListRequest},
    feed::Feed,
    icons::{Icon, Sign},
    navigation::navigation,
    parts::{Empty, Only, RowsOf, Table},
    words::words,
};

/// The filter for a rule's name.
const NAME: &str = "name";
/// The filter that shows archived rules too.
const ARCHIVED: &str = "archived";

/// The rules of a company.
#[component]
pub(crate) fn RulesPage(company: String) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let is_making = RwSignal::new(false);
    let show_archived = move || navigation.filter(ARCHIVED).is_some();
    let of_company = company.clone();
    let request = move || {
        let archived = if show_archived() { "true" } else { "" };
        ListRequest::default()
            .only("company_id", &of_company)
            .only(ARCHIVED, archived)
            .only("recent_runs", &SHOWN.to_string())
    };
    let last_runs = LastRuns::follow(&company);
    let feed = Feed::new(request, move |request, cursor| async move {
        let page = api::rules(&request, cursor.as_deref()).await?;
        last_runs.take(&page.items);
        Ok(page)
    });
    let only: Only<Rule> = Arc::new(move |rule| {
        let name = navigation.filter(NAME).unwrap_or_default();
        rule.name.to_lowercase().contains(&name.trim().to_lowercase())
    });
    last_runs.on_reopen(move || feed.renew());
    let rows = RowsOf {
        feed,
        key: |rule: &Rule| format!("{} {} {}", rule.id, rule.updated_at, rule.version),
        cells: Callback::new(move |rule| {
            view! { <Cells rule=rule feed=feed last_runs=last_runs /> }.into_any()
        }),
    };
    let is_filtered = move || navigation.filter(NAME).is_some();
    let new_button = move || {
        view! {
            <button class="button primary" type="button" on:click=move |_| is_making.set(true)>
                <Sign icon=Icon::Plus />
                {words.rules.new}
            </button>
        }
    };
    let empty = move || {
        view! {
            <Empty icon=Icon::Rules title=words.rules.empty_title text=words.rules.empty>
                {new_button()}
            </Empty>
        }
    };
    let toggled = move |_| navigation.set_filter(ARCHIVED, if show_archived() { "" } else { "true" });
    let for_dropped = company.clone();
    view! {
        <DropTarget company=for_dropped feed=feed>
            <PageHead title=words.pages.rules>
                <SearchField name=NAME label=words.rules.search />
                <label class="check">
                    <input type="checkbox" prop:checked=show_archived on:change=toggled />
                    {words.rules.show_archived}
                </label>
                {new_button()}
            </PageHead>
            <Table
                label=words.pages.rules
                class="rules-table"
                heads=vec![
                    words.rules.name,
                    words.rules.status,
                    words.rules.version,
                    words.rules.nodes,
                    words.rules.last_runs,
                    words.rules.updated,
                    "",
                ]
                rows=rows
                only=Some(only)
                is_filtered=Signal::derive(is_filtered)
                empty=ViewFn::from(empty)
            />
        </DropTarget>
        {move || {
            let company = company.clone();
            is_making
                .get()
                .then(|| {
                    view! {
                        <NewRule
                            company=company
                            feed=feed
                            on_close=Callback::new(move |()| is_making.set(false))
                        />
                    }
                })
        }}
    }
}
