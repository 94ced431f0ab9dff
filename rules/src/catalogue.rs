//! What a rule needs to know of tasks. The tasks themselves live elsewhere.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// What the names of the built-in tasks begin with.
const PREFIX: &str = "payment.tasks.";
/// Accepted in the place of the prefix: people write it.
const ALIAS_PREFIX: &str = "payments.tasks.";

/// A task, by its place in the catalogue that named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskId(pub usize);

/// What checking, compiling and stepping need to know of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskTraits {
    /// Which task it is.
    pub id: TaskId,
    /// Its full name, whatever alias the author wrote.
    pub name: &'static str,
    /// Whether it calls the outside: such a task may be tried again, and its run waits for it.
    pub external: bool,
    /// Whether its success ends the run.
    pub ends_run: bool,
}

/// A fault in a task's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterFault {
    /// Where in the parameters, as an RFC 6901 pointer.
    pub pointer: String,
    /// What was expected, in a sentence.
    pub detail: String,
}

/// The tasks that rules may name.
pub trait Catalogue {
    /// The task of this name or alias.
    fn task(&self, name: &str) -> Option<TaskTraits>;

    /// The full names of all tasks.
    fn names(&self) -> Vec<&'static str>;

    /// Holds parameters against the task's schema. What `is_dynamic` says of a pointer is filled in when the
    /// rule runs, so nothing can be held against it now.
    fn check_parameters(
        &self,
        task: TaskId,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault>;
}

/// The name under which a catalogue knows a task, whatever alias the author wrote: `payments.tasks.x` is
/// `payment.tasks.x`. Any other name is its own.
pub fn full_task_name(name: &str) -> Cow<'_, str> {
    match name.strip_prefix(ALIAS_PREFIX) {
        Some(own) => Cow::Owned(format!("{PREFIX}{own}")),
        None => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_stands_for_the_full_name() {
        assert_eq!(full_task_name("payments.tasks.hold"), "payment.tasks.hold");
        assert_eq!(full_task_name("payment.tasks.hold"), "payment.tasks.hold");
        assert_eq!(full_task_name("payments.task.hold"), "payments.task.hold");
    }
}
