//! Requests, read: everything that is wrong with one is told at once.

use service::{FieldError, Problem};
use uuid::Uuid;

/// What is wrong with the members of a request.
#[derive(Default)]
pub(super) struct Faults(Vec<(&'static str, FieldError)>);

impl Faults {
    /// Notes that a member is at fault.
    pub(super) fn note(&mut self, member: &'static str, code: &'static str, detail: impl Into<String>) {
        self.0.push((code, FieldError::new(member, code, detail)));
    }

    /// Reads an id. One that is none is noted.
    pub(super) fn id(&mut self, member: &'static str, text: &str) -> Option<Uuid> {
        let id = service::read_id(text);
        if id.is_none() {
            self.note(member, "invalid_id", format!("`{member}` is no UUID."));
        }
        id
    }

    /// What was read, if nothing is wrong with the request.
    ///
    /// # Errors
    /// 400: all faults, under the code of the first.
    pub(super) fn unless_any<T>(self, read: Option<T>) -> Result<T, Problem> {
        match (self.0.first(), read) {
            (None, Some(read)) => Ok(read),
            (None, None) => Err(Problem::internal("a request was not read, for no reason")),
            (Some((code, first)), _) => {
                let problem = Problem::bad_request(code, first.detail.clone());
                Err(problem.with_errors(self.0.into_iter().map(|(_, fault)| fault)))
            }
        }
    }
}
