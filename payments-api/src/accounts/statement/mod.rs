//! `GET /api/v1/accounts/{account_id}/statement`: what an account opened with, what moved on it, what it closed with.
//!
//! A statement lies between two entries of the account. Which those are is asked once; the entries between them never
//! change, so they are read a page at a time, also while others are posted.

mod lines;
mod place;
mod shape;

use poem::http::HeaderMap;
use poem_openapi::{ApiResponse, OpenApi, ResponseContent, param::Path, param::Query};
use service::{Cursor, Limit, Problem, RawJson};
use store::{Span, Statement as Found};
use uuid::Uuid;
use views::stored_json;

use self::place::{Asked, Place};
use self::shape::Statement;
use crate::csv::{Csv, Format};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

/// Up to how many entries a statement in JSON sums up: every page of it does.
const SUMMED_ENTRIES: u64 = 100_000;

pub(super) struct ReadStatement(pub(super) State);

#[derive(ResponseContent)]
enum Content {
    Json(RawJson<Statement>),
    Csv(Csv),
}

#[derive(ApiResponse)]
enum Answer {
    /// The statement: a page of it in JSON, or all of it in CSV.
    #[oai(status = 200)]
    Statement(Content),
}

#[OpenApi(tag = "Chapter::Accounts")]
impl ReadStatement {
    /// Read a statement
    ///
    /// What was on the account before a stretch of time, its entries in their order, each with the balance that it left, and
    /// what was on it after. As JSON in pages, or as CSV in one piece, of any length: by `format`, or by the header
    /// `Accept: text/csv`.
    #[oai(
        path = "/api/v1/accounts/:account_id/statement",
        method = "get",
        operation_id = "read_account_statement"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "each says which part of it, and how it is written"
    )]
    async fn read(
        &self,
        account_id: Path<Uuid>,
        /// From this moment on; from the account's beginning, if it is left out.
        from: Query<Option<Moment>>,
        /// Up to, and without, this moment; up to now, if it is left out.
        to: Query<Option<Moment>>,
        /// How it is written.
        format: Query<Option<Format>>,
        /// How many entries a page has at most: 1 to 200, 50 if it is left out.
        limit: Query<Option<Limit>>,
        cursor: Query<Option<Cursor>>,
        headers: &HeaderMap,
    ) -> Result<Answer, Refused<404>> {
        let span = spans::read(from.0, to.0)?;
        let content = match Format::asked(format.0, headers) {
            Format::Json => {
                let limit = limit.0.unwrap_or_default();
                Content::Json(self.page(account_id.0, span, limit, cursor.0).await?)
            }
            Format::Csv if cursor.0.is_some() => return Err(no_pages("cursor").into()),
            Format::Csv if limit.0.is_some() => return Err(no_pages("limit").into()),
            Format::Csv => Content::Csv(self.csv(account_id.0, span).await?),
        };
        Ok(Answer::Statement(content))
    }
}

impl ReadStatement {
    async fn page(
        &self,
        account_id: Uuid,
        span: Span,
        limit: Limit,
        cursor: Option<Cursor>,
    ) -> Result<RawJson<Statement>, Problem> {
        let asked = Asked { account_id, span };
        let place = cursor.as_ref().map(|cursor| asked.place(cursor)).transpose()?;
        let found = self.find(account_id, span, place.map(|place| place.last)).await?;
        let (opening, last) = (found.opening.entries, found.closing.entries);
        let store = &self.0.store;
        let sums = match last.saturating_sub(opening) {
            0..=SUMMED_ENTRIES => store.statement_sums(account_id, opening, last).await,
            _ => Ok(None),
        };
        let behind = place.map_or(opening, |place| place.behind.max(opening));
        let limit = u32::try_from(limit.get()).unwrap_or(u32::MAX);
        let lines = store.statement_lines(account_id, behind, last, limit).await;
        let lines = lines.map_err(problems::of_store)?;
        let next = lines.last().map(|line| line.entry.number);
        let next = next.filter(|number| *number < last);
        let next = next.map(|behind| asked.cursor(Place { behind, last }));
        let sums = sums.map_err(problems::of_store)?;
        stored_json::write(&shape::statement(&found, span, sums, lines, next))
    }

    async fn csv(&self, account_id: Uuid, span: Span) -> Result<Csv, Problem> {
        let found = self.find(account_id, span, None).await?;
        let file = format!("statement-{account_id}");
        let chunks = lines::chunks(self.0.store.clone(), found, span);
        Ok(Csv::streamed(file, chunks))
    }

    async fn find(&self, account_id: Uuid, span: Span, last: Option<u64>) -> Result<Found, Problem> {
        let found = self.0.store.find_statement(account_id, span, last).await;
        let found = found.map_err(problems::of_store)?;
        found.ok_or_else(|| problems::account_not_found(account_id))
    }
}

fn no_pages(name: &str) -> Problem {
    problems::invalid_parameter(name, "a CSV is in one piece, without pages.")
}
