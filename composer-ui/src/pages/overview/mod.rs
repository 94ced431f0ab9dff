//! How payments do: how many, how they end, how fast, and what waits. Each number leads to its list.

mod bars;
mod figures;
mod lines;
mod period_choice;
mod scale;

use std::time::Duration;

use api_types::Statistics;
use leptos::prelude::*;

use self::{
    bars::OutcomeBars,
    figures::Figures,
    lines::LatencyLines,
    period_choice::{PeriodChoice, chosen, step_s},
};
use super::{PageHead, period::Period};
use crate::{api, formats::before_now, navigation::navigation, reading::Reading, words::words};

/// How often the figures are read anew.
const REFRESH: Duration = Duration::from_secs(5);

/// The overview of a company.
#[component]
pub(crate) fn OverviewPage(company: String) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let period = Memo::new(move |_| chosen(navigation));
    let content = move || {
        let (company, period) = (company.clone(), period.get());
        let reading = Reading::start(move || {
            let (company, from) = (company.clone(), before_now(period.millis()));
            async move { api::statistics(&company, &from, step_s(period)).await }
        });
        if let Ok(reading_on) = set_interval_with_handle(move || reading.again(), REFRESH) {
            on_cleanup(move || reading_on.clear());
        }
        reading.show(move |statistics| view! { <Shown statistics=statistics period=period /> })
    };
    view! {
        <div class="page overview">
            <PageHead title=words.pages.overview>
                <PeriodChoice />
            </PageHead>
            {content}
        </div>
    }
}

#[component]
fn Shown(statistics: Statistics, period: Period) -> impl IntoView {
    view! {
        <Figures statistics=statistics.clone() period=period />
        <div class="charts">
            <OutcomeBars statistics=statistics.clone() period=period />
            <LatencyLines statistics=statistics />
        </div>
    }
}
