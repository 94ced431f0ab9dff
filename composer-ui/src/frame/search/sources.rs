//! Where what can be found comes from: this program, lists that are read once, and the API for ids.

use std::time::Duration;

use api_types::Run;
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::found::{Group, Target};
use crate::{
    api::{self, ListRequest},
    companies::companies,
    query::encoded,
    routes::{Page, RAIL},
    words::{Words, words},
};

/// How long somebody is taken to be typing still.
const TYPING: Duration = Duration::from_millis(200);
/// How many runs of an event are shown; all of them are a page.
const RUNS: usize = 4;

/// What can be found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Pages at once, rules and tasks as they come. Without them the search finds the others all the same.
    named: RwSignal<Vec<Target>>,
    /// What has the id that was typed last.
    of_id: RwSignal<Vec<Target>>,
}

impl Known {
    pub(super) fn load() -> Self {
        let words = words();
        let known = Self {
            named: RwSignal::new(pages(words)),
            of_id: RwSignal::new(Vec::new()),
        };
        let company = companies().chosen().unwrap_or_default();
        spawn_local(async move { known.add(rules(&company, words).await) });
        spawn_local(async move { known.add(tasks(words).await) });
        known
    }

    /// Looks at all of it.
    pub(super) fn with<R>(self, look: impl FnOnce(&[Target]) -> R) -> R {
        let all = self
            .named
            .with(|named| self.of_id.with(|of_id| [named.as_slice(), of_id].concat()));
        look(&all)
    }

    fn add(self, targets: Vec<Target>) {
        // The search may be closed by now.
        let _ = self.named.try_update(|named| named.extend(targets));
    }
}

fn pages(words: &Words) -> Vec<Target> {
    let page = |entry: &crate::routes::RailEntry| Target {
        group: Group::Pages,
        title: (entry.label)(words).to_owned(),
        remark: String::new(),
        id: String::new(),
        url: entry.page.path(),
    };
    RAIL.iter().map(page).collect()
}

async fn rules(company: &str, words: &'static Words) -> Vec<Target> {
    let request = ListRequest::default().only("company_id", company);
    let rules = api::rules(&request, None).await.map(|listed| listed.items);
    let target = |rule: api_types::Rule| Target {
        group: Group::Rules,
        title: rule.name,
        remark: (words.rules.statuses)(rule.status).to_owned(),
        id: rule.id.to_string(),
        url: Page::Rule(rule.id.to_string()).path(),
    };
    rules.unwrap_or_default().into_iter().map(target).collect()
}

async fn tasks(words: &'static Words) -> Vec<Target> {
    let tasks = words.tasks.translated(api::tasks().await.unwrap_or_default());
    let target = |task: api_types::Task| Target {
        group: Group::Tasks,
        title: task.title,
        remark: String::new(),
        id: task.name.clone(),
        url: Page::Tasks(Some(task.name)).path(),
    };
    tasks.into_iter().map(target).collect()
}

/// Asks for what has the id that is typed, whenever there was a pause.
pub(super) fn follow_ids(text: RwSignal<String>, known: Known) {
    let words = words();
    let company = StoredValue::new(companies().chosen().unwrap_or_default());
    let mut ask = debounce(TYPING, move |typed: String| {
        let Some(company) = company.try_get_value() else {
            return;
        };
        spawn_local(async move {
            let found = of_id(&typed, &company, words).await;
            // Something else may have been typed meanwhile, and the search be closed.
            if text.try_get_untracked().is_some_and(|now| now.trim() == typed) {
                known.of_id.set(found);
            }
        });
    });
    Effect::new(move |_| {
        let typed = text.with(|text| text.trim().to_owned());
        known.of_id.set(Vec::new());
        if !typed.is_empty() {
            ask(typed);
        }
    });
}

/// The runs of the event, or the run, of this id.
async fn of_id(id: &str, company: &str, words: &Words) -> Vec<Target> {
    let request = ListRequest::default()
        .only("company_id", company)
        .only("event_id", id);
    let runs = api::runs(&request, None)
        .await
        .map(|listed| listed.items)
        .unwrap_or_default();
    if !runs.is_empty() {
        let all = Target {
            group: Group::Runs,
            title: (words.search.runs_of_event)(id),
            remark: String::new(),
            id: id.to_owned(),
            url: format!("{}?event={}", Page::Runs.path(), encoded(id)),
        };
        let each = runs.iter().take(RUNS).map(|run| run_target(run, id, words));
        return std::iter::once(all).chain(each).collect();
    }
    // Only what may be the id of a run is asked for as one.
    if id.parse::<Uuid>().is_err() {
        return Vec::new();
    }
    let run = api::run(id).await.ok();
    run.map(|details| run_target(&details.run, id, words))
        .into_iter()
        .collect()
}

fn run_target(run: &Run, id: &str, words: &Words) -> Target {
    Target {
        group: Group::Runs,
        title: format!("{} · {}", run.rule_name, run.event_id),
        remark: (words.runs.statuses)(run.status).to_owned(),
        id: id.to_owned(),
        url: Page::Run(run.id.to_string()).path(),
    }
}
