//! A [`Problem`] as an answer, and as the OpenAPI document shows it.

use poem::{IntoResponse, Response, error::ResponseError, http::StatusCode};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ToJSON, Type},
};

use super::{PROBLEM_JSON, Problem};
use crate::correlation;

impl Problem {
    fn render(&self) -> Response {
        let parts = &*self.0;
        let correlation_id = correlation::current().map(|id| id.to_string());
        self.log();
        let body = api_types::Problem {
            kind: format!("/docs/errors#{}", parts.code),
            title: title(parts.code),
            status: parts.status.as_u16(),
            detail: parts.detail.clone(),
            code: parts.code.to_owned(),
            correlation_id,
            errors: parts.errors.clone(),
        };
        let mut response = Response::builder()
            .status(parts.status)
            .content_type(PROBLEM_JSON)
            .body(body.to_json_string());
        response.headers_mut().extend(parts.headers.iter().cloned());
        response
    }
}

/// `body_too_large` is titled "Body too large": a code and its title never go apart.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.0.status
    }

    fn as_response(&self) -> Response {
        self.render()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.render()
    }
}

/// As the error of an operation's `Result`, a problem documents itself: as the answer for every status
/// that the operation does not name.
impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![documented(None, "The request was refused, or it failed.")],
        }
    }

    fn register(registry: &mut Registry) {
        api_types::Problem::register(registry);
    }
}

/// A response of the OpenAPI document whose body is a problem; `None` stands for every other status.
pub(crate) fn documented(status: Option<StatusCode>, description: &'static str) -> MetaResponse {
    let content = MetaMediaType {
        content_type: PROBLEM_JSON,
        schema: api_types::Problem::schema_ref(),
    };
    MetaResponse {
        description,
        status: status.map(|status| status.as_u16()),
        status_range: None,
        content: vec![content],
        headers: vec![],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::FieldError;

    async fn body(problem: Problem) -> Value {
        let bytes = problem.into_response().into_body().into_bytes().await.unwrap();
        rules::json::parse(&bytes).unwrap()
    }

    #[tokio::test]
    async fn says_everything_that_rfc_9457_asks_for() {
        let problem =
            Problem::unprocessable("insufficient_funds", "The account holds 3.00 BRL.").with_errors([
                FieldError::new("/amount", "too_much", "5.00 is more than there is."),
            ]);
        let expected = json!({
            "type": "/docs/errors#insufficient_funds",
            "title": "Insufficient funds",
            "status": 422,
            "detail": "The account holds 3.00 BRL.",
            "code": "insufficient_funds",
            "errors": [{"pointer": "/amount", "code": "too_much", "detail": "5.00 is more than there is."}],
        });
        assert_eq!(body(problem).await.to_string(), expected.to_string());
    }

    #[tokio::test]
    async fn an_internal_error_shows_nothing_of_its_cause() {
        let problem = Problem::internal("password=hunter2");
        assert_eq!(problem.0.cause.as_deref(), Some("password=hunter2"));
        assert!(!body(problem).await.to_string().contains("hunter2"));
    }
}
