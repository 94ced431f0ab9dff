//! Lists of runs: newest first by when they were stored, or, for a stretch of time, by when they were accepted.

use rusqlite::{Connection, OptionalExtension, params};
use store::{Page, PageRequest, RecentRun, RunFilter, RunRecord, RunStatus};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::{cut, rows_to_read};
use crate::query::Query;
use crate::run_rows::{RUN, RunRow};
use crate::statistics::companies;
use crate::value::{Place as Row, UuidBytes, micros};

/// The numbers of runs grow in the order in which they were stored, so that what arrives while somebody turns pages
/// stands before the first page. An id that is not there ends the list.
const PLACE_OF: &str = "SELECT accepted_at, number FROM runs WHERE id = ?1";

const RECENT: &str = "SELECT id, status, accepted_at, finished_at FROM runs INDEXED BY runs_by_rule
    WHERE rule_id = ?1 ORDER BY number DESC LIMIT ?2";

/// Where a page begins: behind this run.
#[derive(Clone, Copy)]
struct Place {
    accepted_at: i64,
    number: i64,
}

/// Ahead of every run.
const BEGINNING: Place = Place {
    accepted_at: i64::MAX,
    number: i64::MAX,
};

/// Which index a list is read by: the first of these that the filter allows. Each yields runs by their numbers, but for
/// that of a stretch of time, which yields them by acceptance.
fn tables(filter: &RunFilter) -> &'static str {
    let rare = filter.status.is_some_and(|status| status != RunStatus::Succeeded);
    match filter {
        RunFilter {
            event_id: Some(_), ..
        } => "claims c CROSS JOIN runs r INDEXED BY runs_by_claim ON r.claim_number = c.number",
        _ if filter.is_by_time() => {
            "runs r INDEXED BY runs_by_acceptance CROSS JOIN claims c ON c.number = r.claim_number"
        }
        RunFilter {
            company_id: Some(_), ..
        } if rare => {
            "runs r INDEXED BY runs_by_company_status CROSS JOIN claims c ON c.number = r.claim_number"
        }
        _ if rare => "runs r INDEXED BY runs_by_status CROSS JOIN claims c ON c.number = r.claim_number",
        RunFilter { rule_id: Some(_), .. } => {
            "runs r INDEXED BY runs_by_rule CROSS JOIN claims c ON c.number = r.claim_number"
        }
        RunFilter {
            company_id: Some(_), ..
        } => "runs r INDEXED BY runs_by_company CROSS JOIN claims c ON c.number = r.claim_number",
        _ => "runs r NOT INDEXED CROSS JOIN claims c ON c.number = r.claim_number",
    }
}

/// A filter in the terms of the database, and the bounds of a page.
struct List {
    tables: &'static str,
    company_id: Option<UuidBytes>,
    status: Option<&'static str>,
    rule_id: Option<UuidBytes>,
    event_id: Option<String>,
    by_time: bool,
    accepted_from: i64,
    accepted_before: i64,
    behind: Place,
    limit: i64,
}

impl List {
    fn new(filter: RunFilter, behind: Place, limit: i64) -> Self {
        Self {
            tables: tables(&filter),
            by_time: filter.is_by_time(),
            company_id: filter.company_id.map(Uuid::into_bytes),
            status: filter.status.map(RunStatus::as_str),
            rule_id: filter.rule_id.map(Uuid::into_bytes),
            event_id: filter.event_id,
            accepted_from: filter.accepted_from.map_or(i64::MIN, micros),
            accepted_before: filter.accepted_before.map_or(i64::MAX, micros),
            behind,
            limit,
        }
    }

    fn query(&self) -> Query<'_> {
        let mut query = Query::new(format!("SELECT {RUN} FROM {}", self.tables))
            .and_if("r.company_id = ?", self.company_id.as_ref())
            .and_if("r.status = ?", self.status.as_ref())
            .and_if("r.rule_id = ?", self.rule_id.as_ref())
            .and_if("c.event_id = ?", self.event_id.as_ref());
        if self
            .status
            .is_some_and(|status| status != RunStatus::Succeeded.as_str())
        {
            // Said again, because the indexes by status hold only those.
            query = query.and("r.status <> 'succeeded'", &[]);
        }
        if self.event_id.is_some() {
            query = query.and_if("c.company_id = ?", self.company_id.as_ref());
        }
        if self.by_time {
            return self.of_stretch(query);
        }
        query
            .and("r.number < ?", &[&self.behind.number])
            .ordered("r.number DESC", &self.limit)
    }

    fn of_stretch<'v>(&'v self, query: Query<'v>) -> Query<'v> {
        let Place { accepted_at, number } = &self.behind;
        query
            .and("r.accepted_at >= ?", &[&self.accepted_from])
            .and("r.accepted_at < ?", &[&self.accepted_before])
            // The first of these is what the index is entered by.
            .and("r.accepted_at <= ?", &[accepted_at])
            .and("(r.accepted_at, r.number) < (?, ?)", &[accepted_at, number])
            .ordered("r.accepted_at DESC, r.number DESC", &self.limit)
    }
}

/// Lists runs by the index that fits the filter best.
pub(crate) fn list(
    connection: &Connection,
    filter: RunFilter,
    page: PageRequest,
) -> Result<Page<RunRecord>, Fault> {
    let Some(behind) = place_of(connection, page.after)? else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    let limit = rows_to_read(page);
    let rows = if filter.is_by_time() && filter.company_id.is_none() && filter.event_id.is_none() {
        of_every_company(connection, &filter, behind, limit)?
    } else {
        List::new(filter, behind, limit)
            .query()
            .fetch(connection, RunRow::read)?
    };
    let runs = rows
        .into_iter()
        .map(RunRecord::try_from)
        .collect::<Result<_, _>>()?;
    Ok(cut(runs, page, |run: &RunRecord| run.id))
}

/// A stretch of time of all companies: times are indexed by company, so the page is put together from the newest of each.
fn of_every_company(
    connection: &Connection,
    filter: &RunFilter,
    behind: Place,
    limit: i64,
) -> Result<Vec<RunRow>, Fault> {
    let mut rows: Vec<RunRow> = Vec::new();
    for company_id in companies(connection)? {
        let of_company = RunFilter {
            company_id: Some(company_id),
            ..filter.clone()
        };
        let list = List::new(of_company, behind, limit);
        rows.extend(list.query().fetch(connection, RunRow::read)?);
        rows.sort_unstable_by_key(|row| std::cmp::Reverse((row.accepted_at, row.number)));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(rows)
}

/// Where a page begins. An id that is not there ends the list.
fn place_of(connection: &Connection, after: Option<Uuid>) -> Result<Option<Place>, Fault> {
    let Some(run_id) = after else {
        return Ok(Some(BEGINNING));
    };
    let mut statement = connection.prepare_cached(PLACE_OF)?;
    let place = statement.query_row([run_id.as_bytes()], |row| {
        Ok(Place {
            accepted_at: row.get(0)?,
            number: row.get(1)?,
        })
    });
    Ok(place.optional()?)
}

/// The last runs of each rule.
pub(crate) fn recent(
    connection: &Connection,
    rule_ids: &[Uuid],
    per_rule: u32,
) -> Result<Vec<RecentRun>, Fault> {
    let mut statement = connection.prepare_cached(RECENT)?;
    let mut recent = Vec::new();
    for rule_id in rule_ids {
        let mut rows = statement.query(params![rule_id.as_bytes(), per_rule])?;
        while let Some(row) = rows.next()? {
            let place = Row::new("runs", row.get(0)?);
            let status: String = row.get(1)?;
            recent.push(RecentRun {
                id: place.id,
                rule_id: *rule_id,
                status: place.known(RunStatus::from_name(&status), &status)?,
                accepted_at: place.time(row.get(2)?)?,
                finished_at: place.optional_time(row.get(3)?)?,
            });
        }
    }
    Ok(recent)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::schema::in_memory;

    fn plan(filter: &RunFilter) -> String {
        List::new(filter.clone(), BEGINNING, 50)
            .query()
            .plan(&in_memory())
    }

    #[test]
    fn lists_are_read_in_their_order_by_an_index() {
        let id = Some(Uuid::nil());
        for status in [None, Some(RunStatus::Succeeded), Some(RunStatus::Failed)] {
            for (company_id, rule_id) in [(None, None), (id, None), (None, id), (id, id)] {
                let filter = RunFilter {
                    company_id,
                    rule_id,
                    status,
                    ..RunFilter::default()
                };
                let plan = plan(&filter);
                assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
                let selective = company_id.or(rule_id).is_some() || status == Some(RunStatus::Failed);
                assert!(
                    plan.contains("USING INDEX runs_by_") || !selective,
                    "{filter:?}: {plan}"
                );
            }
        }
    }

    #[test]
    fn an_event_is_found_by_its_claim() {
        for accepted_from in [None, Some(Timestamp::UNIX_EPOCH)] {
            let filter = RunFilter {
                event_id: Some("e".to_owned()),
                accepted_from,
                ..RunFilter::default()
            };
            assert!(
                plan(&filter).contains("claims_event_id_company_id_key"),
                "{}",
                plan(&filter)
            );
        }
    }

    /// Only those that were accepted in the same microsecond are sorted.
    #[test]
    fn a_stretch_of_time_is_read_from_its_end() {
        for (rule_id, status) in [(None, None), (Some(Uuid::nil()), Some(RunStatus::Failed))] {
            let filter = RunFilter {
                company_id: Some(Uuid::nil()),
                rule_id,
                status,
                accepted_from: Some(Timestamp::UNIX_EPOCH),
                ..RunFilter::default()
            };
            let plan = plan(&filter);
            assert!(
                plan.contains(
                    "USING INDEX runs_by_acceptance (company_id=? AND accepted_at>? AND accepted_at<?)"
                ),
                "{plan}"
            );
            assert!(
                plan.contains("USE TEMP B-TREE FOR LAST TERM OF ORDER BY"),
                "{plan}"
            );
        }
    }

    #[test]
    fn the_last_runs_of_a_rule_are_read_from_an_index() {
        let connection = in_memory();
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {RECENT}"))
            .unwrap();
        let plan: String = statement
            .query_row(params![[0_u8; 16], 9], |row| row.get(3))
            .unwrap();
        assert!(plan.contains("runs_by_rule (rule_id=?)"), "{plan}");
    }
}
