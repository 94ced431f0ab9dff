//! What stands around every page: the rail, the top bar, and what a MoneyFlow without companies shows.

mod no_company;
mod preferences_bar;
mod rail;
mod search;
mod top_bar;

pub(crate) use no_company::NoCompany;
pub(crate) use rail::Rail;
pub(crate) use top_bar::TopBar;
