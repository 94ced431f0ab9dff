//! The pages, one folder each.

mod accounts;
mod dead_letters;
mod holds;
mod ledger;
mod listing;
mod money;
mod overview;
mod page_head;
mod payments;
mod period;
mod rules;
mod run;
mod runs;
mod tasks;
mod unknown;

pub(crate) use accounts::{AccountPage, AccountsPage, StatementPage};
pub(crate) use dead_letters::DeadLettersPage;
pub(crate) use holds::HoldsPage;
pub(crate) use ledger::{LedgerPage, LedgerTransactionPage};
pub(crate) use overview::OverviewPage;
pub(crate) use payments::{PaymentPage, PaymentsPage};
pub(crate) use rules::RulesPage;
pub(crate) use run::RunPage;
pub(crate) use runs::RunsPage;
pub(crate) use tasks::TasksPage;
pub(crate) use unknown::UnknownPage;

use listing::{ListPage, Listing, Look, Narrowed};
use page_head::{Choice, PageHead, SearchField};
