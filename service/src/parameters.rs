//! Parameters that an operation does not know are refused by name, and none may be given twice: a filter that is
//! misspelt and ignored shows what nobody asked for. Ids are taken in the one form that they are given in, and no text
//! holds U+0000.

use std::collections::{HashMap, HashSet};

mod expected;

use crate::{FieldError, Problem, read_id, shape::resolve};
use expected::{Expected, in_words};
use poem::{
    Endpoint, EndpointExt as _, Request, Response, Result, endpoint::BoxEndpoint, error::ParseQueryError,
    http::Method,
};
use poem_openapi::{
    OpenApi,
    registry::{MetaApi, MetaOperation, MetaOperationParam, MetaParamIn, MetaSchemaRef, Registry},
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
        let mut registry = Registry::new();
        A::register(&mut registry);
        let mut declared = declared(&A::meta(), &registry);
        let mut own = Routes::new();
        self.0.add_routes(&mut own);
        for (pattern, methods) in own {
            for (method, inner) in methods {
                let declared = declared
                    .remove(&(pattern.clone(), method.clone()))
                    .unwrap_or_default();
                let checked = Checked { inner, declared }.boxed();
                routes.entry(pattern.clone()).or_default().insert(method, checked);
            }
        }
    }
}

/// What an operation declares of its parameters.
#[derive(Default)]
struct Declared {
    /// The names of the query's.
    names: Vec<String>,
    /// Those of them that are ids.
    ids: Vec<String>,
    /// The path's that are ids: what the router calls them, and their names.
    path_ids: Vec<(String, String)>,
    /// What can be said of each, wherever it stands.
    expected: Vec<Expected>,
}

/// What is declared, by the route's pattern and method.
fn declared(apis: &[MetaApi], registry: &Registry) -> HashMap<(String, Method), Declared> {
    let paths = apis.iter().flat_map(|api| &api.paths);
    let operations = paths.flat_map(|path| {
        path.operations.iter().map(|operation| {
            let key = (pattern_of(&path.path), operation.method.clone());
            (key, declared_by(&path.path, operation, registry))
        })
    });
    operations.collect()
}

fn declared_by(template: &str, operation: &MetaOperation, registry: &Registry) -> Declared {
    let within = |place: MetaParamIn| {
        let parameters = operation.params.iter();
        parameters.filter(move |parameter| parameter.in_type == place)
    };
    let name = |parameter: &MetaOperationParam| parameter.name.clone();
    let ids = |place| {
        within(place)
            .filter(|parameter| is_id(&parameter.schema))
            .map(name)
    };
    let path_ids: HashSet<String> = ids(MetaParamIn::Path).collect();
    let in_path = || {
        let segments = template.split('/');
        let named = segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        named
            .zip(0..)
            .map(|(name, index)| (format!("param{index}"), name.to_owned()))
    };
    let routed: HashMap<String, String> = in_path().map(|(internal, name)| (name, internal)).collect();
    let expected = operation.params.iter().map(|parameter| Expected {
        internal: routed.get(&parameter.name).unwrap_or(&parameter.name).clone(),
        name: parameter.name.clone(),
        what: resolve(&registry.schemas, &parameter.schema).and_then(in_words),
    });
    Declared {
        expected: expected.collect(),
        names: within(MetaParamIn::Query).map(name).collect(),
        ids: ids(MetaParamIn::Query).collect(),
        path_ids: in_path().filter(|(_, name)| path_ids.contains(name)).collect(),
    }
}

fn is_id(schema: &MetaSchemaRef) -> bool {
    matches!(schema, MetaSchemaRef::Inline(schema) if schema.format == Some("uuid"))
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
    declared: Declared,
}

impl Endpoint for Checked {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        check_path(&self.declared, &request)?;
        if request.uri().query().is_some() {
            check(&self.declared, &request)?;
        }
        let answer = self.inner.call(request).await;
        answer.map_err(|error| expected::explain(&self.declared.expected, error))
    }
}

fn check_path(declared: &Declared, request: &Request) -> Result<(), Problem> {
    let fault = declared.path_ids.iter().find_map(|(internal, name)| {
        let text = request.raw_path_param(internal)?;
        fault_of_id(name, text)
    });
    fault.map_or(Ok(()), |fault| Err(refuse(vec![fault])))
}

fn check(declared: &Declared, request: &Request) -> Result<(), Problem> {
    let unreadable = |error: ParseQueryError| Problem::bad_request("malformed_uri", error.to_string());
    let given: Vec<(String, String)> = request.params().map_err(unreadable)?;
    let mut seen = HashSet::new();
    let faults: Vec<FieldError> = given
        .iter()
        .filter_map(|(name, text)| {
            let fault = fault(&declared.names, name, seen.insert(name));
            let is_id = declared.ids.contains(name);
            let fault = fault.or_else(|| is_id.then(|| fault_of_id(name, text)).flatten());
            fault.or_else(|| fault_of_text(name, text))
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(refuse(faults))
    }
}

fn refuse(faults: Vec<FieldError>) -> Problem {
    let detail = faults.first().map(|fault| fault.detail.clone());
    Problem::bad_request("invalid_parameter", detail.unwrap_or_default()).with_errors(faults)
}

fn fault_of_id(name: &str, text: &str) -> Option<FieldError> {
    let detail = format!(
        "The parameter `{name}` cannot be read: it is a UUID such as b5aa9687-d61f-467c-973e-f55d446981dc."
    );
    let fault = FieldError::new(name, "invalid", detail);
    read_id(text).is_none().then_some(fault)
}

/// No text holds U+0000, which not every store can keep.
fn fault_of_text(name: &str, text: &str) -> Option<FieldError> {
    let detail = format!("The parameter `{name}` cannot be read: it holds U+0000, which no text may.");
    let fault = FieldError::new(name, "invalid", detail);
    text.contains('\0').then_some(fault)
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
