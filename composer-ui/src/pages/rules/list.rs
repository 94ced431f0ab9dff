//! A row of the list: a rule, and what can be done with it.

use api_types::{JsonText, Rule, RuleStatus};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::last_runs::LastRuns;
use crate::{
    api::{self, ApiError},
    feed::Feed,
    formats::clock,
    icons::{Icon, Sign},
    parts::{Ago, Badge, Confirm, Tone, run_tone, toasts},
    routes::Page,
    words::words,
};

/// The cells of a rule.
#[component]
pub(super) fn Cells(rule: Rule, feed: Feed<Rule>, last_runs: LastRuns) -> impl IntoView {
    let words = words();
    let (tone, status) = (tone(rule.status), (words.rules.statuses)(rule.status));
    let other_version = rule
        .published_version
        .filter(|published| *published != rule.version);
    let warnings = (!rule.warnings.is_empty()).then(|| {
        let details: Vec<String> = rule
            .warnings
            .iter()
            .map(|warning| (words.faults.warned)(&warning.detail))
            .collect();
        view! {
            <span class="warnings" title=details.join("\n")>
                <Sign icon=Icon::Warning />
                {(words.rules.warnings)(rule.warnings.len())}
            </span>
        }
    });
    // Only counted: what the nodes are is the editor's to read.
    let nodes = rule
        .rules
        .read::<Vec<JsonText>>()
        .map(|nodes| nodes.len())
        .unwrap_or_default();
    view! {
        <span role="cell" class="two-lines" title=rule.description.clone()>
            <strong>
                <a href=Page::Rule(rule.id.to_string()).path()>{rule.name.clone()}</a>
            </strong>
            <small>{rule.description.clone()}</small>
        </span>
        <span role="cell"><Badge tone=tone text=status /></span>
        <span role="cell" class="two-lines">
            <span>"v" {rule.version} " " {warnings}</span>
            {other_version.map(|version| view! { <small>{(words.rules.published_is)(version)}</small> })}
        </span>
        <span role="cell" class="number">{nodes}</span>
        <span role="cell"><Marks rule_id=rule.id last_runs=last_runs /></span>
        <span role="cell" class="muted"><Ago time=rule.updated_at.clone() /></span>
        <span role="cell" class="row-actions"><Actions rule=rule feed=feed /></span>
    }
}

fn tone(status: RuleStatus) -> Tone {
    match status {
        RuleStatus::Draft => Tone::Waiting,
        RuleStatus::Published => Tone::Success,
        RuleStatus::Archived => Tone::Quiet,
    }
}

/// The last runs, the newest to the right, leading to all of them.
#[component]
fn Marks(rule_id: Uuid, last_runs: LastRuns) -> impl IntoView {
    let (words, clock) = (words(), clock());
    let url = format!("{}?rule={}", Page::Runs.path(), rule_id);
    move || {
        let marks = last_runs.of(rule_id);
        if marks.is_empty() {
            return view! { <span class="muted">{words.rules.no_runs}</span> }.into_any();
        }
        let marks = marks.into_iter().rev().map(|mark| {
            let tone = run_tone(mark.status);
            let title = format!(
                "{} · {}",
                clock.exactly(&mark.accepted_at),
                (words.runs.statuses)(mark.status)
            );
            view! { <i class=tone.class() title=title><Sign icon=tone.icon() /></i> }
        });
        let label = words.rules.last_runs;
        view! { <a class="marks" href=url.clone() aria-label=label>{marks.collect_view()}</a> }.into_any()
    }
}

/// What can be done with a rule.
#[component]
fn Actions(rule: Rule, feed: Feed<Rule>) -> impl IntoView {
    let words = words();
    let toasts = toasts();
    let is_asking = RwSignal::new(false);
    let (id, name, version) = (rule.id, rule.name.clone(), rule.version);
    let done = move |result: Result<Rule, ApiError>, remark: String| match result {
        Ok(_) => {
            toasts.say(Tone::Success, remark);
            feed.reload();
        }
        Err(error) => toasts.say(Tone::Error, error.message(words)),
    };
    let may_publish = rule.status != RuleStatus::Archived && rule.published_version != Some(version);
    let publish = may_publish.then(|| {
        let remark = (words.rules.published)(&name, version);
        let label = (words.rules.publish)(version);
        let publish = move |_| {
            let remark = remark.clone();
            spawn_local(async move { done(api::publish(id, version).await, remark) });
        };
        view! {
            <button class="button quiet icon" type="button" title=label.clone() aria-label=label on:click=publish>
                <Sign icon=Icon::Publish />
            </button>
        }
    });
    let archive = (rule.status != RuleStatus::Archived).then(|| {
        view! {
            <button
                class="button quiet icon"
                type="button"
                title=words.rules.archive
                aria-label=(words.rules.archive_title)(&name)
                on:click=move |_| is_asking.set(true)
            >
                <Sign icon=Icon::Archive />
            </button>
        }
    });
    let confirmed = Callback::new(move |()| {
        let remark = (words.rules.archived)(&rule.name);
        spawn_local(async move { done(api::archive(id).await, remark) });
    });
    view! {
        {publish}
        {archive}
        {move || {
            let title = (words.rules.archive_title)(&name);
            is_asking
                .get()
                .then(|| {
                    view! {
                        <Confirm
                            title=title
                            meaning=words.rules.archive_meaning
                            action=words.rules.archive
                            on_yes=confirmed
                            on_close=Callback::new(move |()| is_asking.set(false))
                        />
                    }
                })
        }}
    }
}
