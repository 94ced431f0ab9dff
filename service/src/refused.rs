//! Refusals, with the statuses that an operation documents.

use crate::Problem;
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponse, MetaResponses, Registry},
};

/// A problem, as the error of an operation that answers the statuses `A`, `B`, `C` and `D` besides those that every
/// operation may. Zero is none.
///
/// `Result<Json<Rule>, Refused<404, 412>>` says in the OpenAPI document what it says to the reader.
#[derive(Debug)]
pub struct Refused<const A: u16 = 0, const B: u16 = 0, const C: u16 = 0, const D: u16 = 0>(Problem);

impl<const A: u16, const B: u16, const C: u16, const D: u16> From<Problem> for Refused<A, B, C, D> {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl<const A: u16, const B: u16, const C: u16, const D: u16> From<Refused<A, B, C, D>> for poem::Error {
    fn from(Refused(problem): Refused<A, B, C, D>) -> Self {
        problem.into()
    }
}

impl<const A: u16, const B: u16, const C: u16, const D: u16> ApiResponse for Refused<A, B, C, D> {
    fn meta() -> MetaResponses {
        let statuses = [A, B, C, D].into_iter().filter(|status| *status != 0);
        MetaResponses {
            responses: statuses.flat_map(documented).collect(),
        }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

fn documented(status: u16) -> impl Iterator<Item = MetaResponse> {
    let description = match status {
        404 => "It does not exist.",
        409 => "What is stored already stands against it.",
        412 => "It is based on a version that is not the newest any more.",
        422 => "It is well formed, and refused: `errors` says what is wrong where.",
        503 => "Something that is needed is away: try again after `Retry-After`.",
        _ => "The request was refused.",
    };
    let problems = Problem::meta().responses.into_iter();
    problems.map(move |problem| MetaResponse {
        status: Some(status),
        description,
        ..problem
    })
}
