//! Where the reader is: the browser's address, as a signal.
//!
//! Links are plain links. A click on one that leads into the application is taken here, so that the page changes in
//! place; every other click, and those that open a tab, are the browser's.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlAnchorElement;

use crate::{
    query::Query,
    routes::{Page, Program},
};

/// The name under which the company stands in the query.
const COMPANY: &str = "company";

/// A page with its filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    /// The page.
    pub(crate) page: Page,
    /// Its filters, and the company.
    pub(crate) query: Query,
}

/// The address, for whoever shows it or changes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Navigation {
    location: RwSignal<Location>,
    /// What can be shown here. Other addresses are the browser's to open, which loads another program.
    program: Program,
    /// Says whether there is unsaved work on the page.
    guard: StoredValue<Option<Callback<(), bool>>>,
    /// Where the reader wants to go, while it is asked whether unsaved work may be left.
    asked: RwSignal<Option<String>>,
}

impl Navigation {
    /// Follows the browser's address from now on.
    pub(crate) fn start(program: Program) -> Self {
        let navigation = Self {
            location: RwSignal::new(here()),
            program,
            guard: StoredValue::new(None),
            asked: RwSignal::new(None),
        };
        // Both listeners live as long as the page.
        let _ = window_event_listener(ev::popstate, move |_| navigation.arrive(here()));
        let _ = window_event_listener(ev::click, move |click| {
            if let Some(url) = followed(&click) {
                click.prevent_default();
                navigation.open(&url);
            }
        });
        navigation
    }

    /// The page that is shown.
    pub(crate) fn page(self) -> Page {
        self.location.with(|location| location.page.clone())
    }

    /// The page that is shown, for whoever follows it by another signal.
    pub(crate) fn page_untracked(self) -> Page {
        self.location.with_untracked(|location| location.page.clone())
    }

    /// A filter of the page that is shown.
    pub(crate) fn filter(self, name: &str) -> Option<String> {
        self.location
            .with(|location| location.query.get(name).map(str::to_owned))
    }

    /// A filter of the page that is shown, for whoever follows it by another signal.
    pub(crate) fn filter_untracked(self, name: &str) -> Option<String> {
        self.location
            .with_untracked(|location| location.query.get(name).map(str::to_owned))
    }

    /// The company that the address names.
    pub(crate) fn company(self) -> Option<String> {
        self.filter(COMPANY)
    }

    /// The company that the address names, for whoever follows it by another signal.
    pub(crate) fn company_untracked(self) -> Option<String> {
        self.filter_untracked(COMPANY)
    }

    /// Goes to a path with its query. The company stays, unless the query names one.
    pub(crate) fn open(self, url: &str) {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let mut query = Query::parse(query);
        if query.get(COMPANY).is_none() {
            let company = self
                .location
                .with_untracked(|location| location.query.get(COMPANY).map(str::to_owned));
            query = query.with(COMPANY, &company.unwrap_or_default());
        }
        let target = Location {
            page: Page::at(path),
            query,
        };
        if self.location.with_untracked(|location| *location != target) {
            if self.must_ask(&target) {
                self.asked.set(Some(address(&target)));
                return;
            }
            if !self.program.has(&target.page) {
                // A browser that cannot leave stays.
                let _ = window().location().assign(&address(&target));
                return;
            }
            write(&target, Step::New);
            self.location.set(target);
        }
    }

    /// The browser went back or forth.
    fn arrive(self, target: Location) {
        if self.must_ask(&target) {
            self.asked.set(Some(address(&target)));
            // The page that is shown has its address again.
            write(&self.location.get_untracked(), Step::New);
        } else {
            self.location.set(target);
        }
    }

    /// Asks before this page is left, as long as `guard` says so.
    pub(crate) fn guard(self, guard: Callback<(), bool>) {
        self.guard.set_value(Some(guard));
    }

    /// Asks no more.
    pub(crate) fn unguard(self) {
        self.guard.set_value(None);
        self.asked.set(None);
    }

    fn must_ask(self, target: &Location) -> bool {
        let is_elsewhere = self.location.with_untracked(|now| now.page != target.page);
        let guard = self.guard.get_value().filter(|_| is_elsewhere);
        guard.is_some_and(|guard| guard.run(()))
    }

    /// Where the reader wants to go, while that is asked about.
    pub(crate) fn asked(self) -> Option<String> {
        self.asked.get()
    }

    /// Goes there.
    pub(crate) fn leave(self) {
        let target = self.asked.get_untracked();
        self.asked.set(None);
        if let Some(target) = target {
            self.guard.set_value(None);
            self.open(&target);
        }
    }

    /// Does not go there.
    pub(crate) fn stay(self) {
        self.asked.set(None);
    }

    /// Shows the same page under another path, without a step of its own: a rule was saved for the first time.
    pub(crate) fn replace(self, page: &Page) {
        let mut target = self.location.get_untracked();
        target.page = page.clone();
        write(&target, Step::Same);
        self.location.set(target);
    }

    /// Changes a filter in place: going back leads to the page before, not through every letter that was typed.
    pub(crate) fn set_filter(self, name: &str, value: &str) {
        let mut target = self.location.get_untracked();
        target.query = target.query.with(name, value);
        if self.location.with_untracked(|location| *location != target) {
            write(&target, Step::Same);
            self.location.set(target);
        }
    }

    /// Takes all filters away; the company stays.
    pub(crate) fn clear_filters(self) {
        let mut target = self.location.get_untracked();
        let company = target.query.get(COMPANY).unwrap_or_default().to_owned();
        target.query = Query::default().with(COMPANY, &company);
        write(&target, Step::Same);
        self.location.set(target);
    }

    /// Shows another company on the list that is open; what was filtered or opened belongs to the one before.
    pub(crate) fn choose_company(self, company: &str) {
        let page = match self.location.with_untracked(|location| location.page.clone()) {
            // Tasks are the same for every company.
            page @ Page::Tasks(_) => page,
            page => page.list(),
        };
        self.open(&format!("{}?{COMPANY}={company}", page.path()));
    }

    /// Names the company in an address that names none, without a step of its own.
    pub(crate) fn name_company(self, company: &str) {
        self.set_filter(COMPANY, company);
    }
}

/// The one navigation of the application.
pub(crate) fn navigation() -> Navigation {
    expect_context()
}

/// Whether a change is a step that "back" undoes.
enum Step {
    New,
    Same,
}

fn here() -> Location {
    let location = window().location();
    Location {
        page: Page::at(&location.pathname().unwrap_or_default()),
        query: Query::parse(&location.search().unwrap_or_default()),
    }
}

fn address(target: &Location) -> String {
    format!("{}{}", target.page.path(), target.query.suffix())
}

fn write(target: &Location, step: Step) {
    let url = address(target);
    let Ok(history) = window().history() else {
        return;
    };
    let state = wasm_bindgen::JsValue::NULL;
    // A browser refuses only floods of changes; the page itself follows the signal.
    let _ = match step {
        Step::New => history.push_state_with_url(&state, "", Some(&url)),
        Step::Same => history.replace_state_with_url(&state, "", Some(&url)),
    };
}

/// The path and query that a plain click leads to within the application.
fn followed(click: &web_sys::MouseEvent) -> Option<String> {
    let is_plain = click.button() == 0
        && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
        && !click.default_prevented();
    let target: web_sys::Element = click.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = target.closest("a[href]").ok()??.dyn_into().ok()?;
    let is_ours = link.origin() == window().location().origin().ok()?
        && (link.pathname() == "/app" || link.pathname().starts_with("/app/"))
        && link.target().is_empty()
        && link.hash().is_empty()
        && !link.has_attribute("download");
    (is_plain && is_ours).then(|| format!("{}{}", link.pathname(), link.search()))
}
