//! The three programs, by their pages. Each is named by one `main` alone, so that the others are not part of what that one
//! becomes.

use leptos::prelude::*;

use crate::{
    app::Bundle,
    editor,
    pages::{
        AccountPage, AccountsPage, DeadLettersPage, HoldsPage, LedgerPage, LedgerTransactionPage,
        OverviewPage, PaymentPage, PaymentsPage, RulesPage, RunPage, RunsPage, StatementPage, TasksPage,
    },
    routes::{Page, Program},
};

/// What rules are and what they did, as lists.
pub(crate) static PAGES: Bundle = Bundle {
    program: Program::Pages,
    of_company: listed,
    of_everybody: tasks,
};

/// That, and the pages that draw graphs.
pub(crate) static CANVAS: Bundle = Bundle {
    program: Program::Canvas,
    of_company: listed_or_drawn,
    of_everybody: tasks,
};

/// Payments, accounts, holds and the ledger.
pub(crate) static MONEY: Bundle = Bundle {
    program: Program::Money,
    of_company: money,
    of_everybody: |_| None,
};

fn tasks(page: &Page) -> Option<AnyView> {
    matches!(page, Page::Tasks(_)).then(|| view! { <TasksPage /> }.into_any())
}

fn listed(page: &Page, company: String) -> Option<AnyView> {
    Some(match page {
        Page::Overview => view! { <OverviewPage company=company /> }.into_any(),
        Page::Rules => view! { <RulesPage company=company /> }.into_any(),
        Page::Runs => view! { <RunsPage company=company /> }.into_any(),
        Page::DeadLetters(_) => view! { <DeadLettersPage company=company /> }.into_any(),
        _ => return None,
    })
}

fn listed_or_drawn(page: &Page, company: String) -> Option<AnyView> {
    match page {
        Page::NewRule | Page::Rule(_) | Page::RuleVersion(..) => Some(editor::page(company)),
        Page::Run(_) => Some(view! { <RunPage /> }.into_any()),
        page => listed(page, company),
    }
}

fn money(page: &Page, company: String) -> Option<AnyView> {
    Some(match page {
        Page::Payments => view! { <PaymentsPage company=company /> }.into_any(),
        Page::Payment(_) => view! { <PaymentPage /> }.into_any(),
        Page::Accounts => view! { <AccountsPage company=company /> }.into_any(),
        Page::Account(_) => view! { <AccountPage company=company /> }.into_any(),
        Page::Statement(_) => view! { <StatementPage company=company /> }.into_any(),
        Page::Holds => view! { <HoldsPage company=company /> }.into_any(),
        Page::Ledger => view! { <LedgerPage company=company /> }.into_any(),
        Page::LedgerTransaction(_) => view! { <LedgerTransactionPage /> }.into_any(),
        _ => return None,
    })
}
