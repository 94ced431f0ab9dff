//! A few tasks for rules to name.

use rules::{Catalogue, ParameterFault, TaskId, TaskTraits, full_task_name};
use serde_json::{Map, Value};

/// The tasks that the tests' rules name.
pub(crate) struct Tasks;

const TASKS: [TaskTraits; 7] = [
    task(0, "payment.tasks.abort_flow", Kind::EndsRun),
    task(1, "payment.tasks.generate_invoice", Kind::Inside),
    task(2, "payment.tasks.generate_royalty", Kind::Inside),
    task(3, "payment.tasks.generate_shipment", Kind::Inside),
    task(4, "payment.tasks.capture_payment", Kind::Outside),
    task(5, "payment.tasks.refund_payment", Kind::Outside),
    task(6, "payment.tasks.notify", Kind::Inside),
];

/// The one task with a parameter that it cannot do without.
const NOTIFY: usize = 6;

#[derive(Clone, Copy)]
enum Kind {
    EndsRun,
    Inside,
    Outside,
}

const fn task(id: usize, name: &'static str, kind: Kind) -> TaskTraits {
    TaskTraits {
        id: TaskId(id),
        name,
        external: matches!(kind, Kind::Outside),
        ends_run: matches!(kind, Kind::EndsRun),
    }
}

impl Catalogue for Tasks {
    fn task(&self, name: &str) -> Option<TaskTraits> {
        let name = full_task_name(name);
        TASKS.into_iter().find(|task| task.name == name)
    }

    fn names(&self) -> Vec<&'static str> {
        TASKS.map(|task| task.name).to_vec()
    }

    fn check_parameters(
        &self,
        task: TaskId,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        let mut faults = Vec::new();
        if task == TaskId(NOTIFY) && !parameters.contains_key("recipient") {
            faults.push(fault("", "expected a member `recipient`"));
        }
        if parameters.get("amount").is_some_and(|amount| !amount.is_number()) && !is_dynamic("/amount") {
            faults.push(fault("/amount", "expected a number"));
        }
        let city = parameters
            .get("address")
            .and_then(|address| address.get("city/town"));
        if city.is_some_and(|city| city != "Recife") && !is_dynamic("/address/city~1town") {
            faults.push(fault("/address/city~1town", "expected `Recife`"));
        }
        faults
    }
}

fn fault(pointer: &str, detail: &str) -> ParameterFault {
    ParameterFault {
        pointer: pointer.to_owned(),
        detail: detail.to_owned(),
    }
}
