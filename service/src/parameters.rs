//! Parameters that an operation does not know are refused by name, and none may be given twice: a filter that is
//! misspelt and ignored shows what nobody asked for.

use std::collections::{HashMap, HashSet};

use crate::{FieldError, Problem};
use poem::{
    Endpoint, EndpointExt as _, Request, Response, Result, endpoint::BoxEndpoint, error::ParseQueryError,
    http::Method,
};
use poem_openapi::{
    OpenApi,
    registry::{MetaApi, MetaOperation, MetaParamIn, Registry},
};
use rules::spelling;

type Routes = HashMap<String, HashMap<Method, BoxEndpoint<'static>>>;

/// The API `A`, where every query holds only what the OpenAPI document declares.
pub struct Known<A>(pub A);

impl<A: OpenApi> OpenApi for Known<A> {
    fn meta() -> Vec<MetaApi> {
        A::meta()
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
    }

    fn add_routes(self, routes: &mut Routes) {
        let mut declared = declared(&A::meta());
        let mut own = Routes::new();
        self.0.add_routes(&mut own);
        for (pattern, methods) in own {
            for (method, inner) in methods {
                let names = declared
                    .remove(&(pattern.clone(), method.clone()))
                    .unwrap_or_default();
                let checked = Checked { inner, names }.boxed();
                routes.entry(pattern.clone()).or_default().insert(method, checked);
            }
        }
    }
}

/// The names of the query's parameters, by the route's pattern and method.
fn declared(apis: &[MetaApi]) -> HashMap<(String, Method), Vec<String>> {
    let paths = apis.iter().flat_map(|api| &api.paths);
    let operations = paths.flat_map(|path| {
        path.operations
            .iter()
            .map(|operation| (pattern_of(&path.path), operation))
    });
    operations
        .map(|(pattern, operation)| ((pattern, operation.method.clone()), names_of(operation)))
        .collect()
}

fn names_of(operation: &MetaOperation) -> Vec<String> {
    let query = operation
        .params
        .iter()
        .filter(|parameter| parameter.in_type == MetaParamIn::Query);
    query.map(|parameter| parameter.name.clone()).collect()
}

/// `/runs/{id}` is routed as `/runs/:param0`.
fn pattern_of(template: &str) -> String {
    let mut parameters = 0..;
    let segments = template.split('/').map(|segment| {
        let parameter = segment.starts_with('{').then(|| parameters.next()).flatten();
        parameter.map_or_else(|| segment.to_owned(), |index| format!(":param{index}"))
    });
    segments.collect::<Vec<_>>().join("/")
}

struct Checked {
    inner: BoxEndpoint<'static>,
    names: Vec<String>,
}

impl Endpoint for Checked {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if request.uri().query().is_some() {
            check(&self.names, &request)?;
        }
        self.inner.call(request).await
    }
}

fn check(names: &[String], request: &Request) -> Result<(), Problem> {
    let unreadable = |error: ParseQueryError| Problem::bad_request("malformed_uri", error.to_string());
    let given: Vec<(String, String)> = request.params().map_err(unreadable)?;
    let mut seen = HashSet::new();
    let faults: Vec<FieldError> = given
        .iter()
        .filter_map(|(name, _)| fault(names, name, seen.insert(name)))
        .collect();
    let Some(first) = faults.first() else {
        return Ok(());
    };
    Err(Problem::bad_request("invalid_parameter", first.detail.clone()).with_errors(faults))
}

fn fault(names: &[String], name: &str, is_first: bool) -> Option<FieldError> {
    let shown: String = name.chars().take(60).collect();
    if !names.iter().any(|known| known == name) {
        let hint = spelling::hint(name, names.iter().map(String::as_str));
        let detail = format!("The parameter `{shown}` is not known here.{hint}");
        return Some(FieldError::new(shown, "unknown_parameter", detail));
    }
    let detail = format!("The parameter `{shown}` is given more than once.");
    (!is_first).then(|| FieldError::new(shown, "repeated_parameter", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_known_by_the_routers_pattern() {
        assert_eq!(
            pattern_of("/payment-rules/{id}/versions/{n}"),
            "/payment-rules/:param0/versions/:param1"
        );
    }

    #[test]
    fn what_is_unknown_or_said_twice_is_a_fault() {
        let names = ["status".to_owned()];
        assert_eq!(fault(&names, "status", true), None);
        assert_eq!(fault(&names, "status", false).unwrap().code, "repeated_parameter");
        let unknown = fault(&names, "statsu", true).unwrap();
        assert_eq!(
            unknown.detail,
            "The parameter `statsu` is not known here. Did you mean `status`?"
        );
    }
}
