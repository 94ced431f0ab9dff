//! The whole application: what all pages share, and the page that is open.

use std::mem::Discriminant;

use leptos::{html, prelude::*};

use crate::{
    companies::{Companies, Standing, companies},
    editor::Kept,
    formats::Clock,
    frame::{NoCompany, Rail, TopBar},
    navigation::{Navigation, navigation},
    pages::{
        AccountPage, DeadLettersPage, LedgerPage, LedgerTransactionPage, OverviewPage, RulesPage, RunsPage,
        TasksPage, UnknownPage,
    },
    parts::{Failed, Skeleton, ToastArea, Toasts},
    preferences::{Preferences, preferences},
    routes::Page,
    words::{Written, words},
};

/// The pages that draw graphs, where they are part of the program.
///
/// It is handed on by reference only. By value, a program without it would have an undefined function here, for which the
/// compiler may take the one function that it knows: then the run page and all that draws it are in both programs.
pub(crate) struct Canvas {
    /// A rule of a company, by the company's id.
    pub(crate) rule: fn(String) -> AnyView,
    /// A run on its rule.
    pub(crate) run: fn() -> AnyView,
}

/// The application.
#[component]
pub(crate) fn App(canvas: Option<&'static Canvas>) -> impl IntoView {
    provide_context(canvas);
    provide_context(Kept::nothing());
    provide_context(Navigation::start(canvas.is_some()));
    provide_context(Preferences::remembered());
    provide_context(Companies::start());
    let preferences = preferences();
    // Texts are looked up while a page is built, so another language builds it anew.
    move || {
        let language = preferences.language();
        provide_context(Written(language));
        provide_context(Toasts::new(words().common.copied));
        provide_context(Clock::start(language, words().common.just_now));
        view! { <Frame /> }
    }
}

/// What stands around every page.
#[component]
fn Frame() -> impl IntoView {
    let words = words();
    let (navigation, preferences) = (navigation(), preferences());
    Effect::new(move |_| {
        document().set_title(&format!("{} · MoneyFlow", navigation.page().title(words)));
    });
    let content = NodeRef::<html::Main>::new();
    // Whoever does not see that the page changed is led to it. The first one is where the browser puts them.
    Effect::new(move |before: Option<Discriminant<Page>>| {
        let now = navigation.page().kind();
        if before.is_some_and(|before| before != now)
            && let Some(content) = content.get_untracked()
        {
            let _ = content.focus();
        }
        now
    });
    view! {
        <a class="skip" href="#content">{words.frame.skip}</a>
        <div class="frame" class:slim=move || preferences.has_slim_rail()>
            <Rail />
            <TopBar />
            <main id="content" tabindex="-1" node_ref=content>
                <Content />
            </main>
        </div>
        <ToastArea />
    }
}

/// The page, once it is known for which company.
#[component]
fn Content() -> impl IntoView {
    let companies = companies();
    let navigation = navigation();
    // What is opened on a page, the page follows itself.
    let kind = Memo::new(move |_| navigation.page().kind());
    let standing = Memo::new(move |_| companies.standing());
    move || {
        // Read, not only tracked: a memo that was never read counts as changed when it is read first.
        kind.get();
        let page = navigation.page_untracked();
        // Tasks are the same for every company.
        if let Page::Tasks(_) = page {
            return view! { <TasksPage /> }.into_any();
        }
        match standing.get() {
            Standing::Chosen(company) => of_company(&page, company),
            Standing::Loading => view! { <Skeleton /> }.into_any(),
            Standing::Nobody => view! { <NoCompany /> }.into_any(),
            Standing::Failed(error) => {
                let retry = Callback::new(move |()| companies.reload());
                view! { <Failed error=error on_retry=retry /> }.into_any()
            }
        }
    }
}

fn of_company(page: &Page, company: String) -> AnyView {
    let canvas = expect_context::<Option<&'static Canvas>>();
    match (page, canvas) {
        (Page::NewRule | Page::Rule(_) | Page::RuleVersion(..), Some(canvas)) => (canvas.rule)(company),
        (Page::Run(_), Some(canvas)) => (canvas.run)(),
        // The other program is on its way.
        (page, None) if page.is_drawn() => view! { <Skeleton /> }.into_any(),
        (Page::Overview, _) => view! { <OverviewPage company=company /> }.into_any(),
        (Page::Rules, _) => view! { <RulesPage company=company /> }.into_any(),
        (Page::Runs, _) => view! { <RunsPage company=company /> }.into_any(),
        (Page::Ledger, _) => view! { <LedgerPage company=company /> }.into_any(),
        (Page::Account(_), _) => view! { <AccountPage company=company /> }.into_any(),
        (Page::LedgerTransaction(_), _) => view! { <LedgerTransactionPage /> }.into_any(),
        (Page::DeadLetters(_), _) => view! { <DeadLettersPage company=company /> }.into_any(),
        _ => view! { <UnknownPage /> }.into_any(),
    }
}
