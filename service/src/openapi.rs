//! Puts a service together: its API at the root, `/openapi.json`, `/docs`, `/healthz`, `/readyz`, and
//! around them the catch-all, the access log and the correlation.

use std::sync::Arc;

use bytes::Bytes;
use poem::{
    Endpoint, EndpointExt as _, IntoEndpoint, Response, Route, RouteMethod,
    endpoint::{BoxEndpoint, make_sync},
    http::{Method, header},
};
use poem_openapi::{OpenApi, OpenApiService};

use crate::{
    BODY_LIMIT_BYTES, Check, Ids, SystemIds,
    access_log::AccessLog,
    correlation::Correlate,
    docs,
    documented::{Beside, Complete},
    errors::CatchAll,
    health::HealthApi,
    hoisting::hoisted,
    routes::Routes,
};

/// What every problem's `type` leads to.
const ERROR_CODES: &str = include_str!("../../docs/errors.md");

/// How a service presents itself, and what it depends on.
pub struct Setup {
    title: String,
    description: String,
    version: String,
    checks: Vec<Arc<dyn Check>>,
    ids: Arc<dyn Ids>,
    hot_paths: Vec<String>,
    beside: Vec<Beside>,
    body_limit_bytes: usize,
}

impl Setup {
    /// A service with its title, and a description in Markdown, as `/docs` shows them.
    pub fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            checks: Vec::new(),
            ids: Arc::new(SystemIds),
            hot_paths: ["/healthz", "/readyz", "/metrics"].map(str::to_owned).into(),
            beside: Vec::new(),
            body_limit_bytes: BODY_LIMIT_BYTES,
        }
    }

    /// Adds a dependency that `/readyz` looks at.
    #[must_use]
    pub fn check(mut self, check: impl Check + 'static) -> Self {
        self.checks.push(Arc::new(check));
        self
    }

    /// Takes new correlation ids from `ids`.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// Logs the successes of `path`, as it is documented (`/runs/{id}`), at `debug` only.
    #[must_use]
    pub fn hot_path(mut self, path: impl Into<String>) -> Self {
        self.hot_paths.push(path.into());
        self
    }

    /// Lets bodies be up to `limit_bytes`, for a service with an operation that reads more than others:
    /// [`Strict`](crate::Strict) and [`Document`](crate::Document) keep their own limit.
    #[must_use]
    pub fn body_limit(mut self, limit_bytes: usize) -> Self {
        self.body_limit_bytes = limit_bytes;
        self
    }

    /// Answers `GET path` with what is not part of the API's document, such as `/metrics` or the files
    /// of a user interface. The path is poem's: `/assets/*path`. Where the API has the path, it answers.
    #[must_use]
    pub fn get<E>(self, path: impl Into<String>, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.at(path, [Method::GET], endpoint)
    }

    /// Answers several methods of `path` like [`get`](Self::get).
    #[must_use]
    pub fn at<E>(
        mut self,
        path: impl Into<String>,
        methods: impl IntoIterator<Item = Method>,
        endpoint: E,
    ) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let path = path.into();
        let endpoint = Arc::new(endpoint.into_endpoint().map_to_response());
        self.beside.extend(methods.into_iter().map(|method| Beside {
            path: path.clone(),
            method,
            endpoint: Arc::clone(&endpoint).boxed(),
        }));
        self
    }
}

/// The whole service, ready for [`serve`](crate::serve): `api` and everything that all services have.
///
/// # Panics
/// If two types of `api` have one schema name, two operations one id, or two routes one path: at
/// start, and in every test that mounts it.
pub fn mount<A: OpenApi + 'static>(api: A, setup: Setup) -> BoxEndpoint<'static, Response> {
    let Setup {
        title,
        description,
        version,
        checks,
        ids,
        hot_paths,
        beside,
        body_limit_bytes,
    } = setup;
    let beside_paths: Vec<(String, Method)> = beside
        .iter()
        .map(|beside| (beside.path.clone(), beside.method.clone()))
        .collect();
    let api = Complete {
        api: (api, HealthApi { checks }),
        beside,
    };
    let mut routes = Routes::of(&meta_of(&api));
    let service = OpenApiService::new(api, title, version).description(description);
    let document = served(hoisted(service.spec()), "application/json");
    // Swagger UI is the one of poem-openapi's that fetches nothing: no fonts, no scripts.
    let docs = Arc::new(docs::endpoint(service.swagger_ui_html()));

    let errors = served(ERROR_CODES.to_owned(), "text/markdown; charset=utf-8");

    for path in ["/openapi.json", "/docs", "/docs/", "/docs/errors"] {
        routes.add(path, [Method::GET]);
    }
    for (path, method) in beside_paths {
        routes.add(&path, [method]);
    }
    Route::new()
        .at("/openapi.json", RouteMethod::new().get(document))
        .at("/docs", RouteMethod::new().get(Arc::clone(&docs)))
        .at("/docs/", RouteMethod::new().get(docs))
        .at("/docs/errors", RouteMethod::new().get(errors))
        .nest("/", service)
        .with(CatchAll {
            routes: Arc::new(routes),
            body_limit_bytes,
        })
        .with(AccessLog {
            hot_paths: hot_paths.into(),
        })
        .with(Correlate::new(ids))
        .boxed()
}

fn meta_of<A: OpenApi>(_: &A) -> Vec<poem_openapi::registry::MetaApi> {
    A::meta()
}

/// A text that never changes while the process runs. A new release may change it, so a browser asks.
fn served(text: String, content_type: &'static str) -> impl Endpoint<Output = Response> + 'static {
    let text = Bytes::from(text);
    make_sync(move |_| {
        Response::builder()
            .content_type(content_type)
            .header(header::CACHE_CONTROL, "no-cache")
            .body(text.clone())
    })
}
