//! An API that is complete: every operation documents the problems that it can answer, also the ones
//! that no handler makes, and routes that are nobody's business stand beside them.

use std::collections::HashMap;

use poem::{
    endpoint::BoxEndpoint,
    http::{Method, StatusCode},
};
use poem_openapi::{
    ApiResponse as _, OpenApi,
    registry::{MetaApi, MetaOperation, MetaResponse, Registry},
};

use crate::{Problem, problem::documented};

/// The API `A`, with the problems added to its OpenAPI document, and routes that are not in it.
pub(crate) struct Complete<A> {
    pub(crate) api: A,
    pub(crate) beside: Vec<Beside>,
}

/// A route that no document shows.
pub(crate) struct Beside {
    pub(crate) path: String,
    pub(crate) method: Method,
    pub(crate) endpoint: BoxEndpoint<'static>,
}

impl<A: OpenApi> OpenApi for Complete<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        let paths = apis.iter_mut().flat_map(|api| &mut api.paths);
        for operation in paths.flat_map(|path| &mut path.operations) {
            let problems = problems_of(operation);
            let responses = &mut operation.responses.responses;
            for problem in problems {
                if !responses.iter().any(|known| known.status == problem.status) {
                    responses.push(problem);
                }
            }
            // The answer for every other status comes last.
            responses.sort_by_key(|response| response.status.unwrap_or(u16::MAX));
        }
        apis
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
        Problem::register(registry);
    }

    fn add_routes(self, routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        self.api.add_routes(routes);
        for Beside {
            path,
            method,
            endpoint,
        } in self.beside
        {
            routes.entry(path).or_default().entry(method).or_insert(endpoint);
        }
    }
}

fn problems_of(operation: &MetaOperation) -> Vec<MetaResponse> {
    let mut problems = Vec::new();
    if operation.request.is_some() || !operation.params.is_empty() {
        problems.push(documented(
            Some(StatusCode::BAD_REQUEST),
            "The request is malformed.",
        ));
    }
    if operation.request.is_some() {
        problems.push(documented(
            Some(StatusCode::PAYLOAD_TOO_LARGE),
            "The body is too large.",
        ));
        problems.push(documented(
            Some(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            "The body is not of the kind that is read here.",
        ));
    }
    problems.extend(Problem::meta().responses);
    problems
}
