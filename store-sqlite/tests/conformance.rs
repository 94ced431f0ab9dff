//! SQLite does what every store must do.

mod support;

use support::SqliteFactory;

store::conformance_suite!(SqliteFactory::default());

store::movements_suite!(SqliteFactory::default());
