//! Search over everything (Ctrl+K): pages, rules, tasks, and the runs of an event.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, ListRequest},
    companies::companies,
    navigation::navigation,
    parts::Dialog,
    query::encoded,
    routes::{Page, RAIL},
    words::{Words, words},
};

/// How many results are shown.
const SHOWN: usize = 10;

/// Something to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    title: String,
    kind: &'static str,
    url: String,
}

/// The search, until something is chosen.
#[component]
pub(crate) fn Search(on_close: Callback<()>) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let known = RwSignal::new(pages());
    load(known);
    let text = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let text = text.get();
        let mut found = known.with(|known| matching(known, &text));
        found.extend(runs_of(words, &text));
        found
    });
    let marked = RwSignal::new(0_usize);
    let go = move |target: &Target| {
        on_close.run(());
        navigation.open(&target.url);
    };
    let on_key = move |key: web_sys::KeyboardEvent| {
        let last = found.with(Vec::len).saturating_sub(1);
        match key.key().as_str() {
            "ArrowDown" => marked.update(|marked| *marked = last.min(*marked + 1)),
            "ArrowUp" => marked.update(|marked| *marked = marked.saturating_sub(1)),
            "Enter" => {
                if let Some(target) = found.with(|found| found.get(marked.get()).cloned()) {
                    go(&target);
                }
            }
            _ => return,
        }
        key.prevent_default();
    };
    let results = move || {
        let result = |(at, target): (usize, Target)| {
            let shown = target.clone();
            view! {
                <li
                    id=format!("result-{at}")
                    role="option"
                    aria-selected=move || (marked.get() == at).to_string()
                    on:mousemove=move |_| marked.set(at)
                    on:click=move |_| go(&target)
                >
                    <span class="ellipsis">{shown.title}</span>
                    <small>{shown.kind}</small>
                </li>
            }
        };
        found.get().into_iter().enumerate().map(result).collect_view()
    };
    view! {
        <Dialog title=words.search.open on_close=on_close class="search">
            <input
                autofocus=true
                class="field"
                type="text"
                role="combobox"
                aria-expanded="true"
                aria-controls="results"
                aria-activedescendant=move || format!("result-{}", marked.get())
                aria-label=words.search.open
                placeholder=words.search.placeholder
                prop:value=text
                on:input=move |typed| {
                    marked.set(0);
                    text.set(event_target_value(&typed));
                }
                on:keydown=on_key
            />
            <ul id="results" role="listbox" aria-label=words.search.results>{results}</ul>
            <Show when=move || found.with(Vec::is_empty)>
                <p class="hint">{words.search.nothing}</p>
            </Show>
        </Dialog>
    }
}

fn pages() -> Vec<Target> {
    let words = words();
    let page = |entry: &crate::routes::RailEntry| Target {
        title: (entry.label)(words).to_owned(),
        kind: words.search.page,
        url: entry.page.path(),
    };
    RAIL.iter().map(page).collect()
}

/// Adds rules and tasks as they come. Without them the search finds pages and runs all the same.
fn load(known: RwSignal<Vec<Target>>) {
    let words = words();
    let company = companies().chosen().unwrap_or_default();
    spawn_local(async move {
        let request = ListRequest::default().only("company_id", &company);
        let rules = api::rules(&request, None)
            .await
            .map(|listed| listed.items)
            .unwrap_or_default();
        let rules = rules.into_iter().map(|rule| Target {
            url: Page::Rule(rule.id.to_string()).path(),
            title: rule.name,
            kind: words.search.rule,
        });
        let _ = known.try_update(|known| known.extend(rules));
    });
    spawn_local(async move {
        let tasks = words.tasks.translated(api::tasks().await.unwrap_or_default());
        let tasks = tasks.into_iter().map(|task| Target {
            title: task.title,
            kind: words.search.task,
            url: Page::Tasks(Some(task.name)).path(),
        });
        let _ = known.try_update(|known| known.extend(tasks));
    });
}

/// Those whose title holds the text, the ones that begin with it first.
fn matching(known: &[Target], text: &str) -> Vec<Target> {
    let text = text.trim().to_lowercase();
    let place = |target: &Target| target.title.to_lowercase().find(&text);
    let mut found: Vec<(usize, &Target)> = known
        .iter()
        .filter_map(|target| Some((place(target)?, target)))
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found
        .into_iter()
        .take(SHOWN)
        .map(|(_, target)| target.clone())
        .collect()
}

/// Whatever was typed may be the id of an event.
fn runs_of(words: &Words, text: &str) -> Option<Target> {
    let event = text.trim();
    (!event.is_empty()).then(|| Target {
        title: (words.search.runs_of_event)(event),
        kind: words.pages.runs,
        url: format!("{}?event={}", Page::Runs.path(), encoded(event)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(title: &str) -> Target {
        Target {
            title: title.to_owned(),
            kind: "",
            url: String::new(),
        }
    }

    #[test]
    fn what_begins_with_the_text_comes_first() {
        let known = ["Dead letters", "Royalty", "letters of credit", "Émile"].map(target);
        let titles = |text: &str| -> Vec<String> {
            matching(&known, text)
                .into_iter()
                .map(|target| target.title)
                .collect()
        };
        assert_eq!(titles(" LETTERS "), ["letters of credit", "Dead letters"]);
        assert_eq!(titles("é"), ["Émile"]);
        assert_eq!(titles("").len(), 4);
        assert!(titles("zebra").is_empty());
    }
}
