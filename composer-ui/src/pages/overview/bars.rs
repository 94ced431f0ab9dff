//! Runs per minute as bars, each of its outcomes.

use api_types::{RunStatus, Statistics, StatisticsStep};
use leptos::prelude::*;

use super::{
    super::period::{Period, WITHIN},
    scale::{HEIGHT, column, drawn, round_top, view_box, y_of},
};
use crate::{
    formats::{clock, plain_tenths as at, tenths},
    icons::Sign,
    parts::{Tone, run_tone},
    routes::Page,
    words::{language, words},
};

/// The outcomes, from the foot of a bar upwards.
const OUTCOMES: [RunStatus; 8] = [
    RunStatus::Succeeded,
    RunStatus::Aborted,
    RunStatus::Cancelled,
    RunStatus::Failed,
    RunStatus::CompensationFailed,
    RunStatus::Running,
    RunStatus::Waiting,
    RunStatus::Compensating,
];
const MINUTE_S: f64 = 60.0;
/// The gap between bars, as a share of a step.
const GAP: f64 = 0.2;

/// Runs per minute, and the outcomes as the legend.
#[component]
pub(super) fn OutcomeBars(statistics: Statistics, period: Period) -> impl IntoView {
    let words = words();
    let per_minute = MINUTE_S / f64::from(statistics.step_s.max(1));
    let most = statistics
        .steps
        .iter()
        .map(|step| drawn(count(step)))
        .fold(0.0, f64::max);
    let top = round_top(most * per_minute);
    let legend = OUTCOMES.iter().filter_map(|status| {
        let count = count_of(&statistics.total, *status);
        (count > 0).then(|| outcome(*status, count, period))
    });
    let legend = legend.collect_view();
    let steps = statistics.steps.len();
    let bars = statistics
        .steps
        .iter()
        .enumerate()
        .map(|(place, step)| bar(step, column(place, steps), per_minute, top))
        .collect_view();
    view! {
        <section class="chart">
            <header>
                <h2 title=words.overview.per_minute_hint>{words.overview.per_minute}</h2>
                <ul class="legend">{legend}</ul>
            </header>
            <div class="plot">
                <span class="top">{tenths(top, language())}</span>
                <svg
                    viewBox=view_box()
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=words.overview.per_minute
                >
                    {bars}
                </svg>
            </div>
            <Ends statistics=statistics />
        </section>
    }
}

/// When a chart begins and ends.
#[component]
pub(super) fn Ends(statistics: Statistics) -> impl IntoView {
    let clock = clock();
    view! {
        <footer>
            <span>{clock.exactly(statistics.from.as_str())}</span>
            <span>{clock.exactly(statistics.to.as_str())}</span>
        </footer>
    }
}

fn outcome(status: RunStatus, count: u64, period: Period) -> impl IntoView {
    let url = format!(
        "{}?status={}&{WITHIN}={}",
        Page::Runs.path(),
        status.as_str(),
        period.name()
    );
    let tone = run_tone(status);
    view! {
        <li>
            <a class=format!("link {}", tone.class()) href=url>
                <Sign icon=tone.icon() />
                {(words().runs.statuses)(status)}
                " "
                <b>{count}</b>
            </a>
        </li>
    }
}

/// A step, its outcomes upon each other.
fn bar(step: &StatisticsStep, (x, width): (f64, f64), per_minute: f64, top: f64) -> impl IntoView + use<> {
    let mut below = 0.0;
    let mut parts = Vec::new();
    let mut said = clock().exactly(step.at.as_str());
    for status in OUTCOMES {
        let count = count_of(step, status);
        if count == 0 {
            continue;
        }
        let from = below;
        below += drawn(count) * per_minute;
        let (upper, lower) = (y_of(below, top), y_of(from, top));
        parts.push(part(
            run_tone(status),
            width.mul_add(GAP / 2.0, x),
            width * (1.0 - GAP),
            upper,
            lower,
        ));
        said = format!("{said}\n{count} {}", (words().runs.statuses)(status));
    }
    // A bar is pointed at anywhere above it too.
    view! {
        <g class="bar">
            <rect class="reach" x=at(x) y="0" width=at(width) height=at(HEIGHT) />
            {parts}
            <title>{said}</title>
        </g>
    }
}

fn part(tone: Tone, x: f64, width: f64, upper: f64, lower: f64) -> impl IntoView {
    view! { <rect class=tone.class() x=at(x) y=at(upper) width=at(width) height=at(lower - upper) /> }
}

pub(super) fn count(step: &StatisticsStep) -> u64 {
    step.runs.values().sum()
}

fn count_of(step: &StatisticsStep, status: RunStatus) -> u64 {
    step.runs.get(status.as_str()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_part() {
        for status in RunStatus::ALL {
            assert!(OUTCOMES.contains(&status), "{status:?}");
        }
    }
}
