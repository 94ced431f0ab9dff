//! What the OpenAPI document knows of each route and the router does not: the methods of a path, the
//! path as it is documented, and the names of its parameters.

use std::{collections::HashMap, sync::Arc};

use poem::http::{HeaderValue, Method};
use poem_openapi::registry::MetaApi;

/// The documented routes, by the pattern that the router reports.
#[derive(Debug, Default)]
pub(crate) struct Routes(HashMap<String, Documented>);

#[derive(Debug)]
struct Documented {
    template: Arc<str>,
    parameters: Vec<String>,
    methods: Vec<Method>,
}

impl Routes {
    pub(crate) fn of(apis: &[MetaApi]) -> Self {
        let mut routes = Self::default();
        for path in apis.iter().flat_map(|api| &api.paths) {
            let methods = path.operations.iter().map(|operation| operation.method.clone());
            routes.add(&path.path, methods);
        }
        routes
    }

    /// Adds methods to a path such as `/accounts/{id}`.
    pub(crate) fn add(&mut self, template: &str, methods: impl IntoIterator<Item = Method>) {
        let (pattern, parameters) = pattern_of(template);
        let new = || Documented {
            template: template.into(),
            parameters,
            methods: Vec::new(),
        };
        let route = self.0.entry(pattern).or_insert_with(new);
        route.methods.extend(methods);
    }

    /// The path as it is documented.
    pub(crate) fn template(&self, pattern: &str) -> Option<Arc<str>> {
        self.0.get(pattern).map(|route| Arc::clone(&route.template))
    }

    /// The documented name of what poem-openapi calls `param0`, `param1`, …
    pub(crate) fn parameter(&self, pattern: &str, internal: &str) -> Option<&str> {
        let index: usize = internal.strip_prefix("param")?.parse().ok()?;
        self.0.get(pattern)?.parameters.get(index).map(String::as_str)
    }

    /// The `Allow` header. `HEAD` is answered wherever `GET` is.
    pub(crate) fn allowed(&self, pattern: &str) -> Option<HeaderValue> {
        let methods = &self.0.get(pattern)?.methods;
        let mut names: Vec<&str> = methods.iter().map(Method::as_str).collect();
        if methods.contains(&Method::GET) {
            names.push("HEAD");
        }
        names.sort_unstable();
        names.dedup();
        HeaderValue::from_str(&names.join(", ")).ok()
    }
}

/// `/accounts/{id}/entries` is routed as `/accounts/:param0/entries`.
fn pattern_of(template: &str) -> (String, Vec<String>) {
    let mut parameters = Vec::new();
    let segments = template.split('/').map(|segment| {
        let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return segment.to_owned();
        };
        let internal = format!(":param{}", parameters.len());
        parameters.push(name.to_owned());
        internal
    });
    (segments.collect::<Vec<_>>().join("/"), parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_known_by_the_routers_pattern() {
        let mut routes = Routes::default();
        routes.add("/runs/{id}/nodes/{node_id}", [Method::POST, Method::GET]);
        let pattern = "/runs/:param0/nodes/:param1";
        assert_eq!(
            routes.template(pattern).as_deref(),
            Some("/runs/{id}/nodes/{node_id}")
        );
        assert_eq!(routes.parameter(pattern, "param1"), Some("node_id"));
        assert_eq!(routes.parameter(pattern, "param2"), None);
        assert_eq!(routes.parameter(pattern, "limit"), None);
        assert_eq!(routes.allowed(pattern).unwrap(), "GET, HEAD, POST");
        assert_eq!(routes.allowed("/other"), None);
    }
}
