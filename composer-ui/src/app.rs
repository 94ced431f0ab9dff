//! The whole application: what all pages share, and the page that is open.

use std::mem::Discriminant;

use leptos::{html, prelude::*};

use crate::{
    companies::{Companies, Standing, companies},
    editor::Kept,
    formats::Clock,
    frame::{NoCompany, Rail, TopBar},
    navigation::{Navigation, navigation},
    pages::UnknownPage,
    parts::{Failed, Skeleton, ToastArea, Toasts},
    preferences::{Preferences, preferences},
    routes::{Page, Program},
    words::{Written, words},
};

/// The pages that a program consists of. What no program names is in none.
pub(crate) struct Bundle {
    /// Which program it is.
    pub(crate) program: Program,
    /// A page of a company, by the company's id.
    pub(crate) of_company: fn(&Page, String) -> Option<AnyView>,
    /// A page that is the same for every company.
    pub(crate) of_everybody: fn(&Page) -> Option<AnyView>,
}

/// The application.
#[component]
pub(crate) fn App(bundle: &'static Bundle) -> impl IntoView {
    provide_context(bundle);
    provide_context(Kept::nothing());
    provide_context(Navigation::start(bundle.program));
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
        let page = navigation.page();
        let opened = page.opened().map(|opened| format!("{opened} · "));
        let opened = opened.unwrap_or_default();
        document().set_title(&format!("{opened}{} · MoneyFlow", page.title(words)));
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
    let bundle = expect_context::<&'static Bundle>();
    // What is opened on a page, the page follows itself.
    let kind = Memo::new(move |_| navigation.page().kind());
    let standing = Memo::new(move |_| companies.standing());
    move || {
        // Read, not only tracked: a memo that was never read counts as changed when it is read first.
        kind.get();
        let page = navigation.page_untracked();
        if let Some(view) = (bundle.of_everybody)(&page) {
            return view;
        }
        match standing.get() {
            Standing::Chosen(company) => of_company(bundle, &page, company),
            Standing::Loading => view! { <Skeleton /> }.into_any(),
            Standing::Nobody => view! { <NoCompany /> }.into_any(),
            Standing::Failed(error) => {
                let retry = Callback::new(move |()| companies.reload());
                view! { <Failed error=error on_retry=retry /> }.into_any()
            }
        }
    }
}

fn of_company(bundle: &Bundle, page: &Page, company: String) -> AnyView {
    let view = (bundle.of_company)(page, company);
    view.unwrap_or_else(|| match page {
        Page::Unknown => view! { <UnknownPage /> }.into_any(),
        // The program that has it is on its way.
        _ => view! { <Skeleton /> }.into_any(),
    })
}
