//! PostgreSQL does what every store must do.

mod support;

use support::PostgresFactory;

store::conformance_suite!(PostgresFactory::new().await);

store::movements_suite!(PostgresFactory::new().await);
