//! The whole application: what all pages share, and the page that is open.

use std::mem::Discriminant;

use leptos::{html, prelude::*};

use crate::{
    companies::{Companies, Standing, companies},
    editor::Kept,
    formats::Clock,
    frame::{NoCompany, Rail, TopBar},
    navigation::{Navigation, navigation},
    pages::{DeadLettersPage, RulesPage, RunsPage, TasksPage, UnknownPage},
    parts::{Failed, Skeleton, ToastArea, Toasts},
    preferences::{Preferences, preferences},
    routes::Page,
    words::{Written, words},
};

/// What draws the rules of a company, where it is part of the program.
#[derive(Clone, Copy)]
pub(crate) struct Canvas(pub(crate) fn(String) -> AnyView);

/// The application.
#[component]
pub(crate) fn App(canvas: Option<Canvas>) -> impl IntoView {
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
    match page {
        Page::NewRule | Page::Rule(_) | Page::RuleVersion(..) => {
            match expect_context::<Option<Canvas>>() {
                Some(Canvas(page)) => page(company),
                // The other program is on its way.
                None => view! { <Skeleton /> }.into_any(),
            }
        }
        Page::Rules => view! { <RulesPage company=company /> }.into_any(),
        Page::Runs => view! { <RunsPage company=company /> }.into_any(),
        Page::DeadLetters(_) => view! { <DeadLettersPage company=company /> }.into_any(),
        Page::Tasks(_) | Page::Unknown => view! { <UnknownPage /> }.into_any(),
    }
}
