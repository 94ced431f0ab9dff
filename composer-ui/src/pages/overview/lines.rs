//! How long runs took, as lines: half of them, and 99 of 100. A step in which nothing ended is a gap.

use std::fmt::Write as _;

use api_types::{Latency, Statistics};
use leptos::prelude::*;

use super::{
    bars::Ends,
    scale::{HEIGHT, column, drawn, round_top, view_box, y_of},
};
use crate::{
    formats::{clock, plain_tenths as at, took},
    words::{language, words},
};

/// Acceptance to commit.
#[component]
pub(super) fn LatencyLines(statistics: Statistics) -> impl IntoView {
    let (words, language) = (&words().overview, language());
    let latencies: Vec<Option<Latency>> = statistics.steps.iter().map(|step| step.latency_ms).collect();
    let most = latencies.iter().flatten().map(|latency| latency.p99).max();
    let top = round_top(drawn(most.unwrap_or_default()));
    let steps = statistics.steps.len();
    let points = statistics.steps.iter().enumerate().map(|(place, step)| {
        let (x, width) = column(place, steps);
        let latency = step.latency_ms?;
        let said = format!(
            "{}\n{} {}\n{} {}",
            clock().exactly(step.at.as_str()),
            words.half,
            took(drawn(latency.p50), language),
            words.almost_all,
            took(drawn(latency.p99), language),
        );
        Some(view! {
            <g class="bar">
                <rect class="reach" x=at(x) y="0" width=at(width) height=at(HEIGHT) />
                <title>{said}</title>
            </g>
        })
    });
    let points = points.collect_view();
    view! {
        <section class="chart">
            <header>
                <h2 title=words.latency_hint>{words.latency}</h2>
                <ul class="legend">
                    <li class="p50">{words.half}</li>
                    <li class="p99">{words.almost_all}</li>
                </ul>
            </header>
            <div class="plot">
                <span class="top">{took(top, language)}</span>
                <svg
                    viewBox=view_box()
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=words.latency
                >
                    <path class="p99" d=line(&latencies, top, |latency| latency.p99) />
                    <path class="p50" d=line(&latencies, top, |latency| latency.p50) />
                    {points}
                </svg>
            </div>
            <Ends statistics=statistics />
        </section>
    }
}

/// A line through the middles of the steps. A step alone between gaps is as wide as it is.
fn line(latencies: &[Option<Latency>], top: f64, of: fn(Latency) -> u64) -> String {
    let mut path = String::new();
    let mut is_begun = false;
    for (place, latency) in latencies.iter().enumerate() {
        let Some(latency) = latency else {
            is_begun = false;
            continue;
        };
        let (x, width) = column(place, latencies.len());
        let y = y_of(drawn(of(*latency)), top);
        let (x, middle, y) = (at(x), at(x + width / 2.0), at(y));
        // Writing to a string cannot fail.
        let _ = if is_begun {
            write!(path, "L{middle} {y}")
        } else {
            write!(path, "M{x} {y}L{middle} {y}")
        };
        is_begun = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_nothing_ended() {
        let at = |p50| {
            Some(Latency {
                p50,
                p90: p50,
                p99: p50,
            })
        };
        let path = line(&[at(10), at(0), None, at(10)], 10.0, |latency| latency.p50);
        assert_eq!(path, "M0 0L75 0L225 160M450 0L525 0");
    }
}
