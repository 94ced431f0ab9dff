//! The schema, migration by migration.

use sqlite::Migration;

/// All migrations of the store, in order. What was applied anywhere is never edited.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "companies and rules",
        sql: include_str!("../../migrations/sqlite/store/0001_companies_and_rules.sql"),
    },
    Migration {
        version: 2,
        name: "ledger",
        sql: include_str!("../../migrations/sqlite/store/0002_ledger.sql"),
    },
    Migration {
        version: 3,
        name: "runs",
        sql: include_str!("../../migrations/sqlite/store/0003_runs.sql"),
    },
    Migration {
        version: 4,
        name: "workers",
        sql: include_str!("../../migrations/sqlite/store/0004_workers.sql"),
    },
    Migration {
        version: 5,
        name: "lists",
        sql: include_str!("../../migrations/sqlite/store/0005_lists.sql"),
    },
    Migration {
        version: 6,
        name: "movements",
        sql: include_str!("../../migrations/sqlite/store/0006_movements.sql"),
    },
    Migration {
        version: 7,
        name: "holds",
        sql: include_str!("../../migrations/sqlite/store/0007_holds.sql"),
    },
    Migration {
        version: 8,
        name: "payments",
        sql: include_str!("../../migrations/sqlite/store/0008_payments.sql"),
    },
    Migration {
        version: 9,
        name: "events of payments",
        sql: include_str!("../../migrations/sqlite/store/0009_events_of_payments.sql"),
    },
    Migration {
        version: 10,
        name: "ledger chain",
        sql: include_str!("../../migrations/sqlite/store/0010_ledger_chain.sql"),
    },
    Migration {
        version: 11,
        name: "payments in two currencies",
        sql: include_str!("../../migrations/sqlite/store/0011_payments_in_two_currencies.sql"),
    },
    Migration {
        version: 12,
        name: "holds by company",
        sql: include_str!("../../migrations/sqlite/store/0012_holds_by_company.sql"),
    },
    Migration {
        version: 13,
        name: "payments by time",
        sql: include_str!("../../migrations/sqlite/store/0013_payments_by_time.sql"),
    },
    Migration {
        version: 14,
        name: "holds of payments",
        sql: include_str!("../../migrations/sqlite/store/0014_holds_of_payments.sql"),
    },
    Migration {
        version: 15,
        name: "guarded rows",
        sql: include_str!("../../migrations/sqlite/store/0015_guarded_rows.sql"),
    },
    Migration {
        version: 16,
        name: "transfer batches",
        sql: include_str!("../../migrations/sqlite/store/0016_transfer_batches.sql"),
    },
];

/// An empty store in memory, for tests of single statements.
#[cfg(test)]
pub(crate) fn in_memory() -> rusqlite::Connection {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    for migration in MIGRATIONS {
        connection.execute_batch(migration.sql).unwrap();
    }
    connection
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rusqlite::Connection;

    use super::*;

    fn strings(connection: &Connection, sql: &str) -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn unique_constraints_are_named_after_their_columns() {
        let connection = in_memory();
        let written: BTreeSet<String> =
            strings(&connection, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
                .iter()
                .flat_map(|sql| sql.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
                .collect();
        let expected = strings(
            &connection,
            "SELECT t.name || '_' || group_concat(c.name, '_' ORDER BY c.seqno) || '_key'
             FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
             WHERE t.type = 'table' AND i.\"unique\" GROUP BY t.name, i.name",
        );
        assert!(expected.len() > 10);
        for name in expected {
            assert!(written.contains(&name), "{name}");
        }
    }

    /// Events that wait stay in their places when their table is made anew.
    #[test]
    fn events_of_runs_outlive_the_making_of_their_table() {
        let connection = Connection::open_in_memory().unwrap();
        let (before, after) = MIGRATIONS.split_at(8);
        for migration in before {
            connection.execute_batch(migration.sql).unwrap();
        }
        let write = "INSERT INTO outbox (sequence, id, company_id, number, event_type, run_id, node_id, correlation_id,
                created_at, data, partition, traceparent)
            VALUES (7, zeroblob(16), zeroblob(16), 3, 'a.b', zeroblob(16), 'n', 'c', 5, '{\"a\": 1.10}', 9, 't')";
        connection.execute_batch(write).unwrap();
        let read = "SELECT concat_ws(',', sequence, hex(id), hex(company_id), number, event_type, hex(run_id), node_id,
            correlation_id, created_at, data, partition, traceparent) FROM outbox";
        let written = strings(&connection, read);
        for migration in after {
            connection.execute_batch(migration.sql).unwrap();
        }
        assert_eq!(strings(&connection, read), written);
        assert_eq!(written.len(), 1);
    }

    #[test]
    fn tables_are_strict() {
        let loose = strings(
            &in_memory(),
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'",
        );
        assert_eq!(loose, Vec::<String>::new());
    }
}
