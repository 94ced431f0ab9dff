//! Tasks: what nodes can do, with what each takes and yields.

mod detail;
mod schema;

use api_types::{Task, TaskKind};
use leptos::{prelude::*, task::spawn_local};

use self::detail::Detail;
use super::{PageHead, SearchField};
use crate::{
    api::{self, ApiError},
    icons::Icon,
    navigation::navigation,
    parts::{Empty, Failed, Prose, Skeleton},
    routes::Page,
    words::words,
};

/// The filter for a task's title or name.
const NAME: &str = "name";

/// The catalogue, one task of it opened.
#[component]
pub(crate) fn TasksPage() -> impl IntoView {
    let words = words();
    let tasks: RwSignal<Option<Result<Vec<Task>, ApiError>>> = RwSignal::new(None);
    let read = Callback::new(move |()| {
        tasks.set(None);
        spawn_local(async move {
            let found = api::tasks().await.map(|found| words.tasks.translated(found));
            let _ = tasks.try_set(Some(found));
        });
    });
    read.run(());
    view! {
        <div class="page">
            <PageHead title=words.pages.tasks>
                <SearchField name=NAME label=words.tasks.search />
            </PageHead>
            {move || match tasks.get() {
                None => view! { <Skeleton /> }.into_any(),
                Some(Err(error)) => view! { <Failed error=error on_retry=read /> }.into_any(),
                Some(Ok(tasks)) => view! { <Catalogue tasks=tasks /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Catalogue(tasks: Vec<Task>) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let opened = Memo::new(move |_| match navigation.page() {
        Page::Tasks(name) => name,
        _ => None,
    });
    let tasks = StoredValue::new(tasks);
    let listed = move || {
        let text = navigation.filter(NAME).unwrap_or_default().trim().to_lowercase();
        let found = tasks.with_value(|tasks| {
            tasks
                .iter()
                .filter(|task| fits(task, &text))
                .cloned()
                .collect::<Vec<_>>()
        });
        found
            .into_iter()
            .map(|task| view! { <Line task=task opened=opened /> })
            .collect_view()
    };
    let detail = move || {
        let name = opened.get()?;
        tasks.with_value(|tasks| tasks.iter().find(|task| task.name == name).cloned())
    };
    view! {
        <div class="catalogue">
            <ul class="task-list">{listed}</ul>
            {move || match detail() {
                Some(task) => view! { <Detail task=task /> }.into_any(),
                None => {
                    view! { <Empty icon=Icon::Tasks title=words.pages.tasks text=words.tasks.choose /> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Line(task: Task, opened: Memo<Option<String>>) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let (name, url) = (task.name.clone(), Page::Tasks(Some(task.name)).path());
    // The filter stays while one after the other is looked at.
    let url = move || {
        format!(
            "{url}{}",
            navigation
                .filter(NAME)
                .map(|text| format!("?{NAME}={}", crate::query::encoded(&text)))
                .unwrap_or_default()
        )
    };
    let external = (task.kind == TaskKind::External).then(|| view! { <em>{words.tasks.external}</em> });
    view! {
        <li>
            <a href=url aria-current=move || (opened.get().as_deref() == Some(&name)).then_some("true")>
                <strong>{task.title} {external}</strong>
                <small><Prose text=task.description /></small>
            </a>
        </li>
    }
}

fn fits(task: &Task, text: &str) -> bool {
    task.title.to_lowercase().contains(text) || task.name.contains(text)
}
