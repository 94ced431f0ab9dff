//! The page of the editor: it reads the rule and the catalogue of tasks, and lays out the parts.

use std::collections::HashMap;

use api_types::Task;
use canvas::{
    document::{Document, ReadError},
    history::History,
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use super::{
    Editor, Shared,
    announcing::Announcer,
    board::{Board, placed},
    checking, clipboard,
    completions::Completions,
    conflict::ConflictDialog,
    drawer::DrawerArea,
    engine::Engine,
    finding::Find,
    hand::Hand,
    header::Header,
    inspector::Inspector,
    keys,
    leaving::{self, Kept, LeaveDialog, Work},
    minimap::Minimap,
    node_list::{ConnectDialog, NodeList},
    palette::Palette,
    picker::PickerArea,
    problems::Problems,
    renaming::Renaming,
    saving::{self, Record},
    simulation::{EXAMPLE, Simulation},
    stage::Stage,
    stored,
    texts::{drawn_language, texts},
    view_bar::ViewBar,
};
use crate::{
    api::{self, ApiError},
    icons::Icon,
    navigation::navigation,
    parts::{Empty, Failed, Skeleton, toasts},
    query::Query,
    routes::Page,
    words::{Tasks as TaskWords, words},
};

/// What is needed before anything can be drawn.
#[derive(Debug, Clone)]
struct Opened {
    work: Work,
    tasks: Vec<Task>,
    /// What rules see of the company.
    company: Value,
    is_read_only: bool,
}

/// In the query: the run whose event is tried out.
const EVENT_OF: &str = "event_of";

/// Where a rule is opened with the event of a run.
pub(crate) fn path_with_event(rule_id: &str, run_id: &str) -> String {
    let query = Query::default().with(EVENT_OF, run_id);
    format!("{}{}", Page::Rule(rule_id.to_owned()).path(), query.suffix())
}

/// Why nothing is drawn.
#[derive(Debug, Clone)]
enum Closed {
    Failed(ApiError),
    /// It is no graph: a sentence.
    Unreadable(String),
}

impl Closed {
    /// In the reader's language.
    async fn said_by(self, engine: Engine) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(error),
            Self::Unreadable(detail) => Self::Unreadable(engine.say_one(detail).await),
        }
    }
}

/// The editor of the rule that the address names.
#[component]
pub(crate) fn EditorPage(company: String) -> impl IntoView {
    let navigation = navigation();
    let page = Memo::new(move |_| navigation.page());
    // A rule that was just saved for the first time has another address, and stays open as it is.
    let opened: RwSignal<Option<Result<Opened, Closed>>> = RwSignal::new(None);
    let arrived = StoredValue::new(None::<Page>);
    let company = StoredValue::new(company);
    let kept = expect_context::<Kept>();
    let engine = Engine::new();
    let new_rule = texts().new_rule;
    let tasks_in = &words().tasks;
    let load = move |page: Page| {
        opened.set(None);
        let work = kept.take(&page);
        spawn_local(async move {
            let result = match open(&page, &company.get_value(), new_rule, work, tasks_in).await {
                Err(closed) => Err(closed.said_by(engine).await),
                opened => opened,
            };
            // Answers may come in another order than the questions.
            if arrived.try_get_value().flatten().as_ref() == Some(&page) {
                let _ = opened.try_set(Some(result));
            }
        });
    };
    Effect::new(move |_| {
        let page = page.get();
        if arrived.get_value().as_ref() != Some(&page) {
            arrived.set_value(Some(page.clone()));
            load(page);
        }
    });
    let settled = Callback::new(move |page: Page| arrived.set_value(Some(page)));
    let retry = Callback::new(move |()| load(page.get_untracked()));
    move || match opened.get() {
        None => view! { <Skeleton /> }.into_any(),
        Some(Err(Closed::Failed(error))) => view! { <Failed error=error on_retry=retry /> }.into_any(),
        Some(Err(Closed::Unreadable(detail))) => {
            let text = (texts().unreadable)(&detail);
            view! { <Empty icon=Icon::Warning title=words().faults.page_failed text=text /> }.into_any()
        }
        Some(Ok(opened)) => view! { <Open opened=opened engine=engine on_settled=settled /> }.into_any(),
    }
}

async fn open(
    page: &Page,
    company: &str,
    new_rule: &str,
    work: Option<Work>,
    words: &TaskWords,
) -> Result<Opened, Closed> {
    let tasks = api::tasks().await.map_err(Closed::Failed)?;
    let work = match work {
        Some(work) => work,
        None => read(page, company, new_rule).await?,
    };
    // Without it a simulation takes the defaults.
    let company = api::company(company).await.unwrap_or_default();
    Ok(Opened {
        work,
        tasks: words.translated(tasks),
        company,
        is_read_only: matches!(page, Page::RuleVersion(..)),
    })
}

async fn read(page: &Page, company: &str, new_rule: &str) -> Result<Work, Closed> {
    let unreadable = |error: ReadError| Closed::Unreadable(error.to_string());
    let (document, record) = match page {
        Page::Rule(id) => {
            let rule = api::rule(id).await.map_err(Closed::Failed)?;
            (stored::of_rule(&rule).map_err(unreadable)?, Record::of(&rule))
        }
        Page::RuleVersion(id, version) => {
            let version = api::rule_version(id, *version).await.map_err(Closed::Failed)?;
            let document = stored::of_version(&version).map_err(unreadable)?;
            (document, Record::of_version(&version))
        }
        _ => (Document::new(company, new_rule), Record::default()),
    };
    Ok(Work {
        history: History::new(placed(document)),
        record,
    })
}

/// The open editor.
#[component]
fn Open(opened: Opened, engine: Engine, on_settled: Callback<Page>) -> impl IntoView {
    let titles: HashMap<String, String> = opened
        .tasks
        .iter()
        .map(|task| (task.name.clone(), task.title.clone()))
        .collect();
    let board = Board::new(opened.work.history, drawn_language(), titles);
    board.is_read_only.set(opened.is_read_only);
    let editor = Editor::new(Shared {
        board,
        hand: Hand::new(board),
        engine,
        problems: Problems::unknown(),
        simulation: Simulation::new(),
        event: RwSignal::new(EXAMPLE.to_owned()),
        record: RwSignal::new(opened.work.record),
        company: StoredValue::new(opened.company),
        tasks: StoredValue::new(opened.tasks),
        is_saving: RwSignal::new(false),
        conflict: RwSignal::new(None),
        drawer: RwSignal::new(None),
        shows_rule: RwSignal::new(false),
        shows_list: RwSignal::new(false),
        shows_map: RwSignal::new(true),
        finds: RwSignal::new(false),
        lets_go: StoredValue::new(false),
        connects: RwSignal::new(None),
        renaming: RwSignal::new(None),
        says: RwSignal::new(String::new()),
        toasts: toasts(),
        texts: texts(),
        words: words(),
    });
    provide_context(editor);
    keys::listen(editor);
    clipboard::listen(editor);
    checking::follow(editor);
    leaving::guard(editor);
    saving::follow_address(editor, on_settled);
    if let Some(run) = navigation().filter_untracked(EVENT_OF) {
        editor.take_event_of_run(run);
    }
    view! { <Layout /> }
}

/// The parts and where they stand.
#[component]
fn Layout() -> impl IntoView {
    view! {
        <div class="editor">
            <Header />
            <div class="editor-body">
                <Palette />
                <div class="editor-middle">
                    <div class="editor-canvas">
                        <Stage />
                        <EmptyHint />
                        <Refused />
                        <Renaming />
                        <PickerArea />
                        <Find />
                        <ViewBar />
                        <Minimap />
                    </div>
                    <DrawerArea />
                </div>
                <Inspector />
            </div>
            <Completions />
            <Announcer />
            <NodeList />
            <ConnectDialog />
            <ConflictDialog />
            <LeaveDialog />
        </div>
    }
}

/// An empty canvas teaches.
#[component]
fn EmptyHint() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let is_empty = Memo::new(move |_| editor.board.follow(Document::is_empty));
    let is_choosing = move || editor.hand.wanted.with(Option::is_some);
    move || {
        (is_empty.get() && !is_choosing()).then(|| {
            view! {
                <div class="canvas-empty">
                    <h2>{editor.texts.empty_title}</h2>
                    <p>{editor.texts.empty}</p>
                    <button class="button primary" type="button" on:click=move |_| { editor.insert_next(); }>
                        {editor.texts.first_node}
                    </button>
                </div>
            }
        })
    }
}

/// Why the node under the loose edge does not take it.
#[component]
fn Refused() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let why = move || {
        let loose = editor.hand.loose.get()?;
        let super::hand::Verdict::Refuses(_, refusal) = loose.verdict else {
            return None;
        };
        let at = editor.board.view.get().to_screen(loose.tip);
        Some((at, (editor.texts.refusal)(&refusal)))
    };
    view! {
        <div class="refusal-area" role="status" aria-live="assertive">
            {move || {
                why().map(|(at, why)| {
                    view! {
                        <p
                            class="refusal"
                            style:left=format!("{}px", at.x + 16.0)
                            style:top=format!("{}px", at.y + 16.0)
                        >
                            {why}
                        </p>
                    }
                })
            }}
        </div>
    }
}
