//! What every kind of store must do, as tests that are generic over a [`StoreFactory`].
//!
//! A kind runs them all by [`conformance_suite!`](crate::conformance_suite) in one of its test files.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a conformance test fails by panicking, and says in its name what for"
)]

mod batches;
mod chain;
mod changes;
mod claims;
mod companies;
mod concurrency;
mod dead_letters;
mod durability;
mod fence;
mod fixture;
mod guards;
mod holds;
mod ledger_report;
mod ledger_view;
mod movement_races;
mod movements;
mod outbox;
mod partitions;
mod payment_audit;
mod payment_news;
mod payment_records;
mod payment_teller;
mod payments;
mod publishing;
mod refusals;
mod rules;
mod runs;
mod statistics;

use std::sync::Arc;

use async_trait::async_trait;

use crate::{MoneyStore, Store};

pub use batches::*;
pub use chain::*;
pub use changes::*;
pub use claims::*;
pub use companies::*;
pub use concurrency::*;
pub use dead_letters::*;
pub use durability::*;
pub use fence::*;
pub use fixture::{at, claim, company, id};
pub use guards::*;
pub use holds::*;
pub use ledger_report::*;
pub use ledger_view::*;
pub use movement_races::*;
pub use movements::*;
pub use outbox::*;
pub use partitions::*;
pub use payment_audit::*;
pub use payment_news::*;
pub use payment_records::*;
pub use payments::{Payment, Transfer, intent, pay, settle};
pub use publishing::*;
pub use refusals::*;
pub use rules::*;
pub use runs::*;
pub use statistics::*;

/// How a kind of store is opened for a test.
#[async_trait]
pub trait StoreFactory: Send + Sync {
    /// A store that is empty and nobody else's.
    async fn open(&self) -> Arc<dyn Store>;

    /// The same store, as it is found after the process that had it open was killed at this moment.
    async fn crash(&self, store: Arc<dyn Store>) -> Arc<dyn Store>;

    /// Runs a statement on the store's database, past the store.
    ///
    /// # Errors
    /// What the database said when it refused the statement.
    async fn execute(&self, sql: &str) -> Result<(), String>;
}

/// How a kind of store that callers may move money in is opened for a test.
#[async_trait]
pub trait MoneyStoreFactory: StoreFactory {
    /// A store that is empty and nobody else's.
    async fn open_for_money(&self) -> Arc<dyn MoneyStore>;

    /// Takes away what keeps rows as they are, so that the tests can do what only the owner of a database could.
    async fn unguard(&self);

    /// What an INSERT says that chooses a row number by itself.
    fn overriding(&self) -> &'static str;
}

/// Declares one test for each thing that a store must do in which callers may move money. Takes an expression that makes a
/// [`MoneyStoreFactory`](crate::conformance::MoneyStoreFactory).
#[macro_export]
macro_rules! movements_suite {
    ($factory:expr) => {
        $crate::conformance_suite!(@each $factory;
            a_transfer_is_stored_with_its_answer,
            a_group_that_is_refused_leaves_nothing,
            an_answer_is_given_once,
            a_batch_and_a_movement_write_one_ledger,
            batches_and_movements_add_up,
            a_reference_is_posted_under_once,
            tells_how_much_was_taken_back,
            keeps_what_is_known_of_an_account,
            a_change_of_status_is_stored,
            lists_the_entries_of_one_account,
            finds_holds_and_those_that_are_due,
            lists_holds,
            finds_a_reference,
            forgets_old_answers,
            knows_the_batches_that_were_carried_out,
            concurrent_movements_add_up,
            keeps_a_payment_with_what_happened_to_it,
            payment_events_stay_as_they_are,
            rows_of_money_are_never_deleted,
            what_never_changes_is_never_written,
            nothing_of_money_is_taken_back,
            events_of_a_payment_have_no_gaps,
            refuses_a_payment_that_did_not_go_on,
            knows_the_requests_behind_payments,
            reads_what_belongs_to_a_payment,
            lists_payments,
            verifies_payments,
            tells_payments_that_the_ledger_does_not_bear_out,
            payments_send_events_out,
            an_event_has_one_source,
            refuses_events_whose_counter_was_not_read,
            events_of_runs_and_payments_have_one_order,
            chains_what_was_posted,
            links_stay_as_they_are,
            names_a_transaction_that_was_changed,
            names_a_transaction_whose_texts_were_changed,
            names_a_transaction_that_was_deleted,
            names_a_link_that_was_rewritten,
            names_a_digest_that_was_rewritten,
            names_a_link_that_is_missing,
            names_what_comes_behind_a_gap,
            names_an_end_that_was_cut_off,
            names_a_transaction_that_was_slipped_in,
            a_chain_that_was_made_anew_shows_against_a_noted_point,
            several_may_build_one_chain,
            accounts_stand_as_of_a_moment,
            a_statement_adds_up,
            lists_transactions,
            lists_entries_by_account_and_date,
        );
    };
}

/// Declares one test for each thing that a store must do. Takes an expression that makes a
/// [`StoreFactory`](crate::conformance::StoreFactory); the calling crate needs tokio's macros.
#[macro_export]
macro_rules! conformance_suite {
    ($factory:expr) => {
        $crate::conformance_suite!(@each $factory;
            creates_a_company_once,
            lists_companies,
            numbers_versions_and_keeps_them,
            refuses_to_save_over_a_newer_version,
            refuses_or_creates_an_unknown_company,
            lists_rules_newest_first,
            lists_versions_newest_first,
            publishes_and_rolls_back,
            a_draft_leaves_what_is_published,
            refuses_to_publish_what_is_not_there,
            archives_and_brings_back,
            a_publication_has_a_revision_that_grows,
            stores_a_batch_whole,
            reads_back_what_a_footprint_names,
            widening_leaves_nothing,
            a_batch_without_events_is_a_batch,
            counts_without_gaps,
            knows_references_in_use,
            tells_repeated_from_conflicting_claims,
            sees_earlier_claims_of_the_same_batch,
            claims_are_per_company,
            refuses_a_run_that_exists,
            refuses_a_reference_that_is_in_use,
            refuses_a_run_whose_event_nobody_claimed,
            refuses_accounts_that_were_not_read,
            refuses_to_open_an_account_twice,
            refuses_to_write_an_account_twice,
            refuses_counters_that_were_not_read,
            refuses_entries_out_of_their_order,
            a_decision_that_panics_stores_nothing,
            keeps_holds,
            refuses_holds_that_were_not_read,
            entries_and_transactions_stay_as_they_are,
            balances_are_the_sums_of_entries,
            shows_the_ledger_in_its_order,
            stops_showing_when_asked_to,
            lists_accounts,
            lists_entries,
            finds_transactions,
            sums_up_the_accounts,
            lists_runs_by_filters,
            lists_runs_of_a_stretch_of_time,
            tells_the_last_runs_of_rules,
            pages_of_runs_stand_still_while_runs_arrive,
            shows_a_run_with_all_that_belongs_to_it,
            shows_every_change_once,
            changes_of_one_company_pass_over_the_others,
            reports_statistics_by_step,
            reports_nothing_of_an_empty_store,
            a_dead_letter_is_put_back_when_asked,
            keeps_dead_letters_of_batches_once,
            lists_dead_letters,
            counts_dead_letters,
            shares_partitions_evenly,
            a_good_lease_is_nobody_elses,
            an_expired_lease_is_taken_over,
            an_expired_lease_that_nobody_took_is_renewed,
            a_forgotten_worker_starts_anew,
            released_leases_are_free,
            who_leaves_gives_up_everything,
            lists_partitions_with_their_owners,
            no_two_workers_share_an_epoch,
            a_batch_commits_under_its_lease,
            a_batch_under_a_lost_lease_stores_nothing,
            a_takeover_waits_for_the_batch_that_is_committing,
            unsent_events_wait_in_order,
            sending_goes_on_behind_what_was_sent,
            every_company_gets_its_turn,
            marking_is_fenced,
            tells_how_far_sending_lags,
            keeps_what_was_sent_over_a_crash,
            a_hot_account_adds_up,
            what_was_begun_is_finished_unheard,
            keeps_what_was_committed_over_a_crash,
            refuses_everything_once_closed,
        );
    };
    (@each $factory:expr; $($test:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::conformance::$test(&$factory).await;
            }
        )*
    };
}
