//! A composer on a store of its own, and requests to it.

use std::sync::Arc;

use bytes::Bytes;
use composer_api::{ComposerDeps, Notices, PaymentsDoor, endpoint};
use jiff::Timestamp;
use poem::{
    Body, Endpoint as _, Request, Response,
    endpoint::BoxEndpoint,
    http::{HeaderMap, Method},
};
use serde_json::{Value, json};
use service::{ManualClock, SeededIds};
use store::{
    Store,
    conformance::{Payment, pay},
};
use store_sqlite::{Options, SqliteStore};
use tasks::Tasks;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The company of the examples.
pub(crate) const COMPANY: &str = "b5aa9687-d61f-467c-973e-f55d446981dc";

pub(crate) struct Composer {
    pub(crate) endpoint: BoxEndpoint<'static, Response>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) notices: Notices,
    pub(crate) shutdown: CancellationToken,
    _folder: TempDir,
}

impl Composer {
    /// One where nobody has to sign in.
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    /// One where companies are created before their rules.
    pub(crate) fn strict() -> Self {
        Self::with(|deps| deps.allow_unknown_company = false)
    }

    pub(crate) fn with(change: impl FnOnce(&mut ComposerDeps)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("store.db"), Options::default()).unwrap();
        let mut deps = ComposerDeps {
            store: Arc::new(store),
            tasks: Arc::new(Tasks::built_in().unwrap()),
            clock: Arc::new(ManualClock::at(now())),
            ids: Arc::new(SeededIds::new(1)),
            notices: Notices::new(),
            queue_depth: None,
            relays_events: false,
            default_currency: "BRL".parse().unwrap(),
            allow_unknown_company: true,
            payments: PaymentsDoor::new("http://127.0.0.1:9").unwrap(),
            ui: None,
            checks: Vec::new(),
            shutdown: CancellationToken::new(),
        };
        change(&mut deps);
        Self {
            store: Arc::clone(&deps.store),
            notices: deps.notices.clone(),
            shutdown: deps.shutdown.clone(),
            endpoint: endpoint(deps),
            _folder: folder,
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        Reply::of(self.open(method, path, headers, body).await).await
    }

    /// The response, with its body still to come.
    pub(crate) async fn open(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path.parse().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.endpoint.get_response(request.body(body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl ToString) -> Reply {
        self.post_if(path, body, &[]).await
    }

    pub(crate) async fn post_if(&self, path: &str, body: impl ToString, headers: &[(&str, &str)]) -> Reply {
        let headers: Vec<_> = headers
            .iter()
            .copied()
            .chain([("content-type", "application/json")])
            .collect();
        self.send(Method::POST, path, &headers, body.to_string()).await
    }

    /// Saves the rule of this name, and gives its id.
    pub(crate) async fn save(&self, name: &str) -> String {
        let saved = self.post("/payment-rules", rule(name)).await;
        assert_eq!(saved.status, 201, "{}", saved.text());
        saved.json()["id"].as_str().unwrap().to_owned()
    }

    /// Commits payments as the orchestrator would.
    pub(crate) async fn pay(&self, payments: impl Into<Vec<Payment>>) {
        pay(&*self.store, payments.into()).await.unwrap();
    }
}

/// The moment at which the clock stands.
pub(crate) fn now() -> Timestamp {
    "2026-01-01T00:00:03Z".parse().unwrap()
}

pub(crate) fn company_id() -> Uuid {
    COMPANY.parse().unwrap()
}

/// A rule that invoices products and stops everything else.
pub(crate) fn rule(name: &str) -> Value {
    json!({
        "company_id": COMPANY,
        "name": name,
        "rules": [
            {
                "node_id": "condition-1",
                "node_type": "condition",
                "expect": [{"field": "$context.event.payment_type", "operator": "eq", "value": ["product"]}],
            },
            {
                "node_id": "invoice-1",
                "node_type": "task",
                "depends_on": [{"node_id": "condition-1", "state": "success"}],
                "task_name": "payment.tasks.generate_invoice",
            },
            {
                "node_id": "abort-1",
                "node_type": "task",
                "depends_on": [{"node_id": "condition-1", "state": "failure"}],
                "task_name": "payment.tasks.abort_flow",
            },
        ],
        "layout": {"condition-1": {"x": 10, "y": 1.50}},
    })
}

/// An answer, all of it.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.into_bytes().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The content of an answer that is not a problem.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert!(self.status < 300, "{} {}", self.status, self.text());
        ::rules::json::parse(&self.body).unwrap()
    }

    /// The items of a list.
    #[track_caller]
    pub(crate) fn items(&self) -> Vec<Value> {
        let list = self.json();
        assert!(
            list["next_cursor"].is_null() || list["next_cursor"].is_string(),
            "{list}"
        );
        list["items"].as_array().unwrap().clone()
    }

    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let problem = ::rules::json::parse(&self.body).unwrap_or_default();
        assert_eq!(
            (self.status, problem["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text()
        );
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        problem
    }

    /// The places and codes of a problem's faults.
    #[track_caller]
    pub(crate) fn faults(&self, status: u16, code: &str) -> Vec<String> {
        let problem = self.problem(status, code);
        let faults = problem["errors"].as_array().cloned().unwrap_or_default();
        let text = |fault: &Value, member: &str| fault[member].as_str().unwrap().to_owned();
        faults
            .iter()
            .map(|fault| format!("{} {}", text(fault, "pointer"), text(fault, "code")))
            .collect()
    }
}

/// The names of an object's members, in order.
pub(crate) fn members(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}
