//! The application with payments, accounts, holds and the ledger.

fn main() {
    composer_ui::start_with_money();
}
