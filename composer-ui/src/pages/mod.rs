//! The pages, one folder each.

mod dead_letters;
mod ledger;
mod overview;
mod page_head;
mod period;
mod rules;
mod run;
mod runs;
mod tasks;
mod unknown;

pub(crate) use dead_letters::DeadLettersPage;
pub(crate) use ledger::{AccountPage, LedgerPage, LedgerTransactionPage};
pub(crate) use overview::OverviewPage;
pub(crate) use rules::RulesPage;
pub(crate) use run::RunPage;
pub(crate) use runs::RunsPage;
pub(crate) use tasks::TasksPage;
pub(crate) use unknown::UnknownPage;

use page_head::{PageHead, SearchField};
