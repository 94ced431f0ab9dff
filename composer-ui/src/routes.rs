//! The pages and their paths, in one table.

use std::mem::{Discriminant, discriminant};

use crate::{
    icons::Icon,
    query::{decoded, encoded},
    words::Words,
};

/// A page of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Page {
    /// How a company's payments do.
    Overview,
    /// The rules of a company.
    Rules,
    /// A rule that is not saved yet.
    NewRule,
    /// A rule on the canvas, as it was saved last.
    Rule(String),
    /// One of a rule's versions.
    RuleVersion(String, u32),
    /// What ran.
    Runs,
    /// A run, by its id.
    Run(String),
    /// The payments of a company.
    Payments,
    /// A payment, by its id.
    Payment(String),
    /// The accounts of a company.
    Accounts,
    /// The accounts of a code, with their entries.
    Account(String),
    /// What moved on the account of a code in a stretch of time.
    Statement(String),
    /// What is reserved on accounts.
    Holds,
    /// The proof that the books balance, account by account.
    Ledger,
    /// A ledger transaction, by its id.
    LedgerTransaction(String),
    /// What could not be run; one of them opened.
    DeadLetters(Option<String>),
    /// What nodes can do; one of them opened.
    Tasks(Option<String>),
    /// A path that leads nowhere.
    Unknown,
}

/// Where `/` leads.
pub(crate) const HOME: Page = Page::Overview;

/// A program that the browser loads. What a page needs beyond the frame is in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The lists of what rules do, which is what most visits are for.
    Pages,
    /// Those, and what draws graphs.
    Canvas,
    /// Payments, accounts, holds and the ledger.
    Money,
}

impl Program {
    /// Whether a page can be shown without loading another program.
    pub(crate) fn has(self, page: &Page) -> bool {
        let needed = page.program();
        self == needed || (self, needed) == (Self::Canvas, Self::Pages)
    }
}

/// A line of the rail.
pub(crate) struct RailEntry {
    /// Where it leads.
    pub(crate) page: Page,
    /// Its sign.
    pub(crate) icon: Icon,
    /// Its word.
    pub(crate) label: fn(&Words) -> &'static str,
    /// The heading of the group that begins with it.
    pub(crate) group: Option<fn(&Words) -> &'static str>,
}

/// The rail, from top to bottom. Only pages that exist stand here.
pub(crate) const RAIL: [RailEntry; 9] = [
    RailEntry {
        page: Page::Overview,
        icon: Icon::Overview,
        label: |words| words.pages.overview,
        group: None,
    },
    RailEntry {
        page: Page::Rules,
        icon: Icon::Rules,
        label: |words| words.pages.rules,
        group: None,
    },
    RailEntry {
        page: Page::Runs,
        icon: Icon::Runs,
        label: |words| words.pages.runs,
        group: None,
    },
    RailEntry {
        page: Page::DeadLetters(None),
        icon: Icon::DeadLetters,
        label: |words| words.pages.dead_letters,
        group: None,
    },
    RailEntry {
        page: Page::Tasks(None),
        icon: Icon::Tasks,
        label: |words| words.pages.tasks,
        group: None,
    },
    RailEntry {
        page: Page::Payments,
        icon: Icon::Payments,
        label: |words| words.pages.payments,
        group: Some(|words| words.pages.money),
    },
    RailEntry {
        page: Page::Accounts,
        icon: Icon::Accounts,
        label: |words| words.pages.accounts,
        group: None,
    },
    RailEntry {
        page: Page::Holds,
        icon: Icon::Holds,
        label: |words| words.pages.holds,
        group: None,
    },
    RailEntry {
        page: Page::Ledger,
        icon: Icon::Ledger,
        label: |words| words.pages.ledger,
        group: None,
    },
];

impl Page {
    /// The page at a path.
    pub(crate) fn at(path: &str) -> Self {
        let segments: Vec<String> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decoded)
            .collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            [] | ["app"] => HOME,
            ["app", "overview"] => Self::Overview,
            ["app", "rules"] => Self::Rules,
            ["app", "rules", "new"] => Self::NewRule,
            ["app", "rules", id] => Self::Rule((*id).to_owned()),
            ["app", "rules", id, "versions", version] => match version.parse() {
                Ok(version) => Self::RuleVersion((*id).to_owned(), version),
                Err(_) => Self::Unknown,
            },
            ["app", "runs"] => Self::Runs,
            ["app", "runs", id] => Self::Run((*id).to_owned()),
            ["app", "payments"] => Self::Payments,
            ["app", "payments", id] => Self::Payment((*id).to_owned()),
            ["app", "accounts"] => Self::Accounts,
            // The second is where accounts were before they had a list of their own.
            ["app", "accounts", code] | ["app", "ledger", "accounts", code] => {
                Self::Account((*code).to_owned())
            }
            ["app", "accounts", code, "statement"] => Self::Statement((*code).to_owned()),
            ["app", "holds"] => Self::Holds,
            ["app", "ledger"] => Self::Ledger,
            ["app", "ledger", "transactions", id] => Self::LedgerTransaction((*id).to_owned()),
            ["app", "dead-letters"] => Self::DeadLetters(None),
            ["app", "dead-letters", id] => Self::DeadLetters(Some((*id).to_owned())),
            ["app", "tasks"] => Self::Tasks(None),
            ["app", "tasks", name] => Self::Tasks(Some((*name).to_owned())),
            _ => Self::Unknown,
        }
    }

    /// Its path.
    pub(crate) fn path(&self) -> String {
        let one = |list: &str, of: &Option<String>| match of {
            Some(of) => format!("/app/{list}/{}", encoded(of)),
            None => format!("/app/{list}"),
        };
        match self {
            Self::Overview => "/app/overview".to_owned(),
            Self::Rules => "/app/rules".to_owned(),
            Self::NewRule => "/app/rules/new".to_owned(),
            Self::Rule(id) => format!("/app/rules/{}", encoded(id)),
            Self::RuleVersion(id, version) => format!("/app/rules/{}/versions/{version}", encoded(id)),
            Self::Runs => "/app/runs".to_owned(),
            Self::Run(id) => format!("/app/runs/{}", encoded(id)),
            Self::Payments => "/app/payments".to_owned(),
            Self::Payment(id) => format!("/app/payments/{}", encoded(id)),
            Self::Accounts => "/app/accounts".to_owned(),
            Self::Account(code) => format!("/app/accounts/{}", encoded(code)),
            Self::Statement(code) => format!("/app/accounts/{}/statement", encoded(code)),
            Self::Holds => "/app/holds".to_owned(),
            Self::Ledger => "/app/ledger".to_owned(),
            Self::LedgerTransaction(id) => format!("/app/ledger/transactions/{}", encoded(id)),
            Self::DeadLetters(id) => one("dead-letters", id),
            Self::Tasks(name) => one("tasks", name),
            Self::Unknown => "/app".to_owned(),
        }
    }

    /// The page of the rail that leads to it, with nothing opened there.
    pub(crate) fn list(&self) -> Self {
        match self {
            Self::NewRule | Self::Rule(_) | Self::RuleVersion(..) => Self::Rules,
            Self::Run(_) => Self::Runs,
            Self::Payment(_) => Self::Payments,
            Self::Account(_) | Self::Statement(_) => Self::Accounts,
            Self::LedgerTransaction(_) => Self::Ledger,
            Self::DeadLetters(_) => Self::DeadLetters(None),
            Self::Tasks(_) => Self::Tasks(None),
            Self::Overview
            | Self::Rules
            | Self::Runs
            | Self::Payments
            | Self::Accounts
            | Self::Holds
            | Self::Ledger
            | Self::Unknown => self.clone(),
        }
    }

    /// Whether both belong under one line of the rail.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        discriminant(&self.list()) == discriminant(&other.list())
    }

    /// What tells pages apart that are not the same page with something else opened: a rule stays on the canvas when it
    /// is saved for the first time.
    pub(crate) fn kind(&self) -> Discriminant<Self> {
        match self {
            Self::NewRule | Self::Rule(_) | Self::RuleVersion(..) => discriminant(&Self::NewRule),
            other => discriminant(other),
        }
    }

    /// The smallest program that shows it.
    pub(crate) fn program(&self) -> Program {
        match self {
            // A graph is drawn on it: a rule on the canvas, or a run on its rule.
            Self::NewRule | Self::Rule(_) | Self::RuleVersion(..) | Self::Run(_) => Program::Canvas,
            Self::Payments
            | Self::Payment(_)
            | Self::Accounts
            | Self::Account(_)
            | Self::Statement(_)
            | Self::Holds
            | Self::Ledger
            | Self::LedgerTransaction(_) => Program::Money,
            Self::Overview
            | Self::Rules
            | Self::Runs
            | Self::DeadLetters(_)
            | Self::Tasks(_)
            | Self::Unknown => Program::Pages,
        }
    }

    /// What is opened on it, in a few letters: an account's code, or the end of an id.
    pub(crate) fn opened(&self) -> Option<String> {
        const END: usize = 8;
        match self {
            Self::Account(code) | Self::Statement(code) => Some(code.clone()),
            Self::Run(id) | Self::Payment(id) | Self::LedgerTransaction(id) => {
                let end = id.get(id.len().saturating_sub(END)..).unwrap_or(id);
                Some(format!("…{end}"))
            }
            _ => None,
        }
    }

    /// What the browser's tab says of the kind of page.
    pub(crate) fn title(&self, words: &Words) -> &'static str {
        let line = RAIL.iter().find(|line| line.page.is_of(self));
        line.map_or(words.pages.unknown, |line| (line.label)(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Vec<Page> {
        vec![
            Page::Overview,
            Page::Rules,
            Page::NewRule,
            Page::Rule("7".to_owned()),
            Page::RuleVersion("7".to_owned(), 3),
            Page::Runs,
            Page::Run("7".to_owned()),
            Page::Payments,
            Page::Payment("7".to_owned()),
            Page::Accounts,
            Page::Account("merchant:42/é".to_owned()),
            Page::Statement("merchant:42/é".to_owned()),
            Page::Holds,
            Page::Ledger,
            Page::LedgerTransaction("7".to_owned()),
            Page::DeadLetters(None),
            Page::DeadLetters(Some("7".to_owned())),
            Page::Tasks(None),
            Page::Tasks(Some("payment.tasks.é/x".to_owned())),
        ]
    }

    #[test]
    fn the_script_that_starts_the_application_loads_what_a_page_needs() {
        let script = include_str!("../web/start.js");
        for pattern in [
            r"/^\/app\/(rules|runs)\/./",
            r"/^\/app\/(payments|accounts|holds|ledger)(\/|$)/",
        ] {
            assert!(script.contains(pattern), "{script}");
        }
        for page in pages() {
            let path = page.path();
            let segments: Vec<&str> = path.split('/').collect();
            let program = match segments[2..] {
                ["rules" | "runs", _, ..] => Program::Canvas,
                ["payments" | "accounts" | "holds" | "ledger", ..] => Program::Money,
                _ => Program::Pages,
            };
            assert_eq!(page.program(), program, "{path}");
        }
    }

    #[test]
    fn only_the_canvas_goes_back_to_the_lists_by_itself() {
        assert!(Program::Canvas.has(&Page::Runs) && Program::Canvas.has(&Page::Run("7".to_owned())));
        assert!(!Program::Pages.has(&Page::Run("7".to_owned())) && !Program::Pages.has(&Page::Ledger));
        assert!(Program::Money.has(&Page::Ledger) && !Program::Money.has(&Page::Overview));
        assert!(!Program::Canvas.has(&Page::Payments));
    }

    #[test]
    fn every_page_is_found_at_its_path() {
        for page in pages() {
            assert_eq!(Page::at(&page.path()), page);
        }
        assert_eq!(Page::at("/"), HOME);
        assert_eq!(Page::at("/app/"), HOME);
        assert_eq!(
            Page::at("/app/ledger/accounts/a%3Ab"),
            Page::Account("a:b".to_owned()),
            "where they were once"
        );
        assert_eq!(Page::at("/app/nothing"), Page::Unknown);
        assert_eq!(Page::at("/app/rules/nothing/here"), Page::Unknown);
        assert_eq!(Page::at("/app/rules/7/versions/x"), Page::Unknown);
    }

    #[test]
    fn a_page_with_something_opened_belongs_to_its_list() {
        assert!(Page::Tasks(Some("a".to_owned())).is_of(&Page::Tasks(None)));
        assert!(Page::Run("a".to_owned()).is_of(&Page::Runs));
        assert!(Page::LedgerTransaction("b".to_owned()).is_of(&Page::Ledger));
        assert!(Page::Account("a".to_owned()).is_of(&Page::Accounts));
        assert!(Page::Payment("a".to_owned()).is_of(&Page::Payments));
        assert!(!Page::Rules.is_of(&Page::Runs));
    }
}
