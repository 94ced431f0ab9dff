//! The API of the sample service: an operation for each thing that the room promises.

#![expect(
    clippy::unused_async,
    reason = "operations are async; most of these have nothing to wait for"
)]

use poem::{
    error::InternalServerError,
    http::StatusCode,
    web::{Data, sse::Event},
};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::{EventStream, Json, PlainText},
};
use serde_json::Value;
use service::{
    CorrelationId, Cursor, Document, IfMatch, Limit, Page, Problem, RawJson, Strict, TraceParent, page_of,
};
use uuid::Uuid;

pub(crate) struct Sample;

#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct CreateAccount {
    pub(crate) code: String,
    pub(crate) holder: Option<Holder>,
    #[oai(default)]
    pub(crate) entries: Vec<Entry>,
    pub(crate) metadata: Option<Value>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) id: Option<Uuid>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) direction: Direction,
    pub(crate) minor: i64,
    #[oai(validator(max_length = 5))]
    pub(crate) note: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum Direction {
    Debit,
    Credit,
}

#[derive(Object)]
pub(crate) struct Account {
    pub(crate) code: String,
    pub(crate) metadata: Option<Value>,
}

#[OpenApi]
impl Sample {
    /// Opens an account.
    #[oai(path = "/accounts", method = "post")]
    async fn create(&self, body: Strict<CreateAccount>) -> Result<Json<Account>, Problem> {
        let Strict(CreateAccount { code, metadata, .. }) = body;
        Ok(Json(Account { code, metadata }))
    }

    /// Opens an account with a small body.
    #[oai(path = "/accounts/small", method = "post")]
    async fn create_small(&self, body: Strict<CreateAccount, 64>) -> Json<String> {
        Json(body.0.code)
    }

    /// Lists a hundred accounts.
    #[oai(path = "/accounts", method = "get")]
    async fn list(
        &self,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<String>>, Problem> {
        let start = cursor
            .0
            .map(|cursor| cursor.id())
            .transpose()?
            .map_or(0, |id| id.as_u128() + 1);
        let found = (start..100)
            .take(limit.get() + 1)
            .map(|n| n.to_string())
            .collect();
        let cursor_of = |last: &String| Cursor::from(Uuid::from_u128(last.parse().unwrap()));
        Ok(Json(page_of(found, limit.0, cursor_of)))
    }

    /// Reads an entry of an account.
    #[oai(path = "/accounts/:account_id/entries/:number", method = "get")]
    async fn read(&self, account_id: Path<Uuid>, number: Path<u32>) -> PlainText<String> {
        PlainText(format!("{} {}", account_id.0, number.0))
    }

    /// Changes an account, which is at version 3.
    #[oai(path = "/accounts/:account_id", method = "put")]
    async fn change(
        &self,
        account_id: Path<String>,
        #[oai(name = "If-Match")] if_match: IfMatch,
    ) -> Result<PlainText<String>, Problem> {
        if !if_match.allows_version(Some(3)) {
            return Err(Problem::precondition_failed(
                "stale_version",
                "The account is at version 3.",
            ));
        }
        Ok(PlainText(account_id.0))
    }

    /// Gives an event back.
    #[oai(path = "/events", method = "post")]
    async fn event(&self, event: Document) -> RawJson {
        let (value, raw) = event.into_parts();
        assert!(!raw.is_empty());
        RawJson::from_value(&value)
    }

    /// Takes what poem's own JSON takes.
    #[oai(path = "/lenient", method = "post")]
    async fn lenient(&self, body: Json<Account>) -> Json<String> {
        Json(body.0.code)
    }

    /// Says what the request is known by.
    #[oai(path = "/correlation", method = "get")]
    async fn correlation(&self, id: CorrelationId, trace: Option<TraceParent>) -> PlainText<String> {
        let current = service::correlation::current();
        assert_eq!(current.as_ref(), Some(&id));
        assert_eq!(service::correlation::current_trace(), trace);
        PlainText(format!(
            "{id} {}",
            trace.map_or_else(|| "none".to_owned(), |trace| trace.to_string())
        ))
    }

    #[oai(path = "/broken/panic", method = "get")]
    async fn panics(&self) -> PlainText<String> {
        panic!("hunter2")
    }

    #[oai(path = "/broken/internal", method = "get")]
    async fn fails(&self) -> Result<Json<Account>, Problem> {
        Err(Problem::internal(std::io::Error::other("hunter2")))
    }

    #[oai(path = "/broken/foreign", method = "get")]
    async fn fails_otherwise(&self) -> poem::Result<Json<Account>> {
        Err(InternalServerError(std::io::Error::other("hunter2")))
    }

    #[oai(path = "/broken/wiring", method = "get")]
    async fn lacks_data(&self, _data: Data<&u64>) -> PlainText<String> {
        PlainText(String::new())
    }

    /// Answers by an error that is an answer.
    #[oai(path = "/teapot", method = "get")]
    async fn teapot(&self) -> poem::Result<Json<Account>> {
        let answer = poem::Response::builder()
            .status(StatusCode::IM_A_TEAPOT)
            .body("short and stout");
        Err(poem::Error::from_response(answer))
    }

    /// Sends one event, and then nothing for ever.
    #[oai(path = "/stream", method = "get")]
    async fn stream(&self) -> EventStream<futures_util::stream::BoxStream<'static, String>> {
        use futures_util::StreamExt as _;
        let first = futures_util::stream::iter(["begun".to_owned()]);
        let events = first.chain(futures_util::stream::pending()).boxed();
        EventStream::new(events).to_event(Event::message)
    }
}
