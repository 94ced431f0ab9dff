//! Problems as statuses. What REST says by status and `code`, gRPC says by its code and the details of
//! <https://google.aip.dev/193>: which of the members are at fault, a reason that is stable, when to try again.

use std::collections::HashMap;
use std::time::Duration;

use service::{FieldError, Problem};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

/// Whose the reasons are.
const DOMAIN: &str = "moneyflow";
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the members of REST's requests, which refusals are about, are called here.
const MEMBERS: [(&str, &str); 6] = [
    ("/source_account_id", "payer_account_id"),
    ("/destination_account_id", "payee_account_id"),
    ("/amount", "amount_cents"),
    ("/currency", "currency"),
    ("/description", "description"),
    ("Idempotency-Key", "idempotency_key"),
];

/// A problem as a status. A fault of ours is logged.
pub(super) fn of(problem: &Problem) -> Status {
    problem.log();
    let code = code(problem);
    let mut details = ErrorDetails::new();
    details.set_error_info(reason(problem.code()), DOMAIN, HashMap::new());
    if !problem.errors().is_empty() {
        let violations: Vec<_> = problem.errors().iter().map(violation).collect();
        details.set_bad_request(violations);
    }
    if matches!(code, Code::Unavailable | Code::ResourceExhausted | Code::Aborted) {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    Status::with_error_details(code, problem.detail(), details)
}

fn code(problem: &Problem) -> Code {
    match (problem.code(), problem.status().as_u16()) {
        ("idempotency_key_reused", _) => Code::AlreadyExists,
        ("desk_full", _) => Code::ResourceExhausted,
        // What stands against it now may be gone in a moment: an equal request that is still under way.
        (_, 409 | 412) => Code::Aborted,
        (_, 400 | 422) => Code::InvalidArgument,
        (_, 404) => Code::NotFound,
        (_, 503) => Code::Unavailable,
        _ => Code::Internal,
    }
}

fn violation(fault: &FieldError) -> FieldViolation {
    let known = MEMBERS.iter().find(|(rest, _)| *rest == fault.pointer);
    let mut violation = FieldViolation::new(known.map_or(&*fault.pointer, |(_, here)| here), &*fault.detail);
    violation.reason = reason(&fault.code);
    violation
}

/// Reasons are in capitals.
fn reason(code: &str) -> String {
    code.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idempotency::still_running;
    use crate::problems;
    use crate::refusal::Refusal;

    #[test]
    fn each_problem_has_its_status() {
        let nobody = uuid::Uuid::nil();
        let cases = [
            (problems::account_not_found(nobody), Code::NotFound),
            (problems::payment_not_found(nobody), Code::NotFound),
            (problems::unavailable(), Code::Unavailable),
            (problems::desk_full(), Code::ResourceExhausted),
            (still_running(), Code::Aborted),
            (Problem::internal("the disk is gone"), Code::Internal),
            (
                Refusal::of("idempotency_key_reused", "").to_problem(),
                Code::AlreadyExists,
            ),
            (
                Refusal::of("currency_mismatch", "").to_problem(),
                Code::InvalidArgument,
            ),
            (Problem::bad_request("invalid_id", ""), Code::InvalidArgument),
        ];
        for (problem, code) in cases {
            let status = of(&problem);
            assert_eq!(status.code(), code, "{problem}");
            assert_eq!(status.message(), problem.detail());
            let details = status.get_error_details();
            let info = details.error_info().unwrap();
            assert_eq!(
                (info.reason.as_str(), info.domain.as_str()),
                (problem.code().to_uppercase().as_str(), "moneyflow")
            );
        }
        let status = of(&Problem::internal("the disk is gone"));
        assert!(
            !format!("{status:?}").contains("disk"),
            "the cause is for the log alone"
        );
    }

    #[test]
    fn members_have_the_names_of_the_proto() {
        let refusal = Refusal::of("same_account", "They are one.").at("/destination_account_id");
        let details = of(&refusal.to_problem()).get_error_details();
        let violation = details.bad_request().unwrap().field_violations[0].clone();
        assert_eq!(violation.field, "payee_account_id");
        assert_eq!(violation.reason, "SAME_ACCOUNT");
        assert_eq!(violation.description, "They are one.");
    }
}
