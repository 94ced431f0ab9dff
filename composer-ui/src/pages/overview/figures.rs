//! The figures that one looks at first, each a link to what it counts.

use api_types::{Statistics, StatisticsStep};
use leptos::prelude::*;

use super::{
    super::period::{Period, WITHIN},
    bars::count,
    scale::drawn,
};
use crate::{
    formats::{amount, plain_tenths, took},
    routes::Page,
    words::{language, words},
};

const MINUTE_MILLIS: f64 = 60_000.0;

#[component]
pub(super) fn Figures(statistics: Statistics, period: Period) -> impl IntoView {
    let words = words();
    let runs = format!("{}?{WITHIN}={}", Page::Runs.path(), period.name());
    let latency = statistics.total.latency_ms;
    let half = latency.map_or_else(|| "–".to_owned(), |latency| took(drawn(latency.p50), language()));
    let almost_all = latency.map_or_else(
        || words.overview.nothing.to_owned(),
        |latency| {
            format!(
                "{} {}",
                words.overview.almost_all,
                took(drawn(latency.p99), language())
            )
        },
    );
    let total = count(&statistics.total);
    let per_minute = drawn(total) * MINUTE_MILLIS / period.millis();
    view! {
        <div class="figures">
            <Figure
                url=runs.clone()
                label=words.overview.per_minute
                value=amount(&per_minute_text(per_minute), language())
                more=format!("{total} {}", words.overview.runs)
            />
            <Figure url=runs label=words.overview.latency value=half more=almost_all />
            <Waiting statistics=statistics.clone() />
            <DeadLetterFigure count=statistics.dead_letters />
            <Posted total=statistics.total />
        </div>
    }
}

/// A number with its name and what it means: all of it is the link.
#[component]
fn Figure(
    #[prop(into)] url: String,
    label: &'static str,
    #[prop(into)] value: String,
    #[prop(into)] more: String,
    #[prop(default = "")] tone: &'static str,
    #[prop(default = "")] hint: &'static str,
) -> impl IntoView {
    view! {
        <a class=format!("figure {tone}") href=url title=hint>
            <span>{label}</span>
            <strong>{value}</strong>
            <small>{more}</small>
        </a>
    }
}

/// How full the queue is; where its messages cannot be counted it says so.
#[component]
fn Waiting(statistics: Statistics) -> impl IntoView {
    let words = &words().overview;
    let (value, more) = match statistics.queue {
        None => ("–".to_owned(), words.queue_unknown.to_owned()),
        Some(queue) => {
            let more = queue.oldest_age_ms.map_or_else(
                || (words.in_flight)(queue.in_flight),
                |age| (words.oldest)(&took(drawn(age), language())),
            );
            (queue.ready.to_string(), more)
        }
    };
    view! { <Figure url=Page::Runs.path() label=words.queue value=value more=more hint=words.queue_hint /> }
}

#[component]
fn DeadLetterFigure(count: u64) -> impl IntoView {
    let words = words();
    let (tone, more) = match count {
        0 => ("", words.overview.dead_letters_none),
        _ => ("tone-error", words.overview.dead_letters_some),
    };
    view! {
        <Figure
            url=Page::DeadLetters(None).path()
            label=words.pages.dead_letters
            value=count.to_string()
            more=more
            tone=tone
        />
    }
}

/// How much was posted, per currency.
#[component]
fn Posted(total: StatisticsStep) -> impl IntoView {
    let words = &words().overview;
    let amounts = total.amounts.iter().map(|posted| {
        let title = (words.transactions)(posted.transactions);
        view! {
            <span class="amount" title=title>
                <small>{posted.currency.clone()}</small>
                {amount(&posted.posted, language())}
            </span>
        }
    });
    let amounts = amounts.collect_view();
    let is_empty = total.amounts.is_empty();
    view! {
        <a class="figure posted" href=Page::Ledger.path()>
            <span>{words.amounts}</span>
            {amounts}
            {is_empty.then(|| view! { <small>{words.nothing}</small> })}
        </a>
    }
}

/// Few runs are said with a fraction, and never as none; many without.
fn per_minute_text(per_minute: f64) -> String {
    if per_minute > 0.0 && per_minute < 0.1 {
        plain_tenths(0.1)
    } else if per_minute >= 10.0 {
        plain_tenths(per_minute.round())
    } else {
        plain_tenths(per_minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_said_where_it_matters() {
        for (per_minute, text) in [
            (0.0, "0"),
            (6.0, "6"),
            (0.02, "0.1"),
            (0.26, "0.3"),
            (2.5, "2.5"),
            (127.4, "127"),
        ] {
            assert_eq!(per_minute_text(per_minute), text);
        }
    }
}
