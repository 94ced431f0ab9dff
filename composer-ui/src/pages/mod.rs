//! The pages, one folder each.

mod dead_letters;
mod page_head;
mod rules;
mod runs;
mod tasks;
mod unknown;

pub(crate) use dead_letters::DeadLettersPage;
pub(crate) use rules::RulesPage;
pub(crate) use runs::RunsPage;
pub(crate) use tasks::TasksPage;
pub(crate) use unknown::UnknownPage;

use page_head::{PageHead, SearchField};
