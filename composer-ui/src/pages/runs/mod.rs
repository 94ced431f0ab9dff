//! Runs: what events made of rules, as it happens.

mod filters;
mod list;
mod live;
mod place;

use api_types::Run;
use leptos::prelude::*;

use self::{
    filters::{Filters, RunFilter},
    list::Cells,
    live::{Live, LiveBadge, NewAbove},
};
use super::PageHead;
use crate::{
    api::{self},
    feed::Feed,
    icons::Icon,
    navigation::navigation,
    parts::{Code, Empty, RowsOf, Table},
    words::words,
};

/// The runs of a company.
#[component]
pub(crate) fn RunsPage(company: String) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let filter = Memo::new({
        let company = company.clone();
        move |_| RunFilter::of(&company, navigation)
    });
    let feed = Feed::new(
        move || filter.get(),
        |filter: RunFilter, cursor| async move { api::runs(&filter.request(), cursor.as_deref()).await },
    );
    let at_top = RwSignal::new(true);
    let live = Live::follow(&company, feed, filter, at_top);
    let rows = RowsOf {
        feed,
        key: |run: &Run| format!("{} {}", run.id, run.status.as_str()),
        cells: Callback::new(move |run| view! { <Cells run=run /> }.into_any()),
    };
    let example = example_event(&company);
    let empty = move || {
        let example = example.clone();
        view! {
            <Empty icon=Icon::Runs title=words.runs.empty_title text=words.runs.empty>
                <Code text=example />
            </Empty>
        }
    };
    view! {
        <div class="page">
            <PageHead title=words.pages.runs>
                <LiveBadge live=live />
                <Filters company=company />
            </PageHead>
            <NewAbove live=live />
            <Table
                label=words.pages.runs
                class="runs-table"
                heads=vec![
                    words.runs.status,
                    words.runs.event,
                    words.runs.rule,
                    words.runs.result,
                    words.runs.accepted,
                    words.runs.took,
                ]
                rows=rows
                is_filtered=Signal::derive(move || filter.with(RunFilter::is_narrow))
                at_top=at_top
                empty=ViewFn::from(empty)
            />
        </div>
    }
}

/// A command that starts a run, for the router where `moneyflow up` puts it.
fn example_event(company: &str) -> String {
    let host = window().location().hostname().unwrap_or_default();
    format!(
        "curl http://{host}:8001/payment -H 'Content-Type: application/json' \\\n  \
         -d '{{\"company_id\":\"{company}\",\"event_id\":\"order-1\",\"payment_type\":\"product\",\"total\":\"120.00\"}}'"
    )
}
