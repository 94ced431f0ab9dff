//! All the tasks there are.

use std::collections::HashMap;

use jiff::Timestamp;
use jsonschema::Validator;
use ledger::Currency;
use rules::{Catalogue, ParameterFault, TaskId, TaskTraits, full_task_name};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::built_in;
use crate::{Decision, TaskError, TaskKind, TaskSpec};

/// A task that touches nothing but the ledger and the outbox: it decides within the batch.
pub trait Ledgered: Send + Sync {
    /// What the catalogue says of it.
    fn spec(&self) -> TaskSpec;

    /// Holds the literals among a rule's parameters against what the task takes, beyond what the schema says.
    fn check_literals(
        &self,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault>;

    /// What is to happen for this input. The same input and context always yield the same decision.
    ///
    /// # Errors
    /// The node fails with it; nothing has happened.
    fn decide(&self, input: &Map<String, Value>, context: &TaskContext<'_>) -> Result<Decision, TaskError>;
}

/// What a task may look at besides its input.
#[derive(Debug, Clone, Copy)]
pub struct TaskContext<'c> {
    /// The event, as it came.
    pub event: &'c Value,
    /// The company's currency.
    pub currency: Currency,
    /// When the event was accepted: the only moment that a task knows.
    pub accepted_at: Timestamp,
    /// An id for something that the task makes: stable for a run's node.
    pub new_id: Uuid,
}

/// All the tasks there are, with their schemas compiled.
pub struct Tasks {
    tasks: Vec<RegisteredTask>,
    by_name: HashMap<&'static str, usize>,
}

struct RegisteredTask {
    task: Box<dyn Ledgered>,
    spec: TaskSpec,
    validator: Validator,
}

impl Tasks {
    /// The built-in tasks.
    ///
    /// # Errors
    /// Where a task's own schema is not a schema.
    pub fn built_in() -> Result<Self, String> {
        Self::of(built_in::all())
    }

    fn of(tasks: Vec<Box<dyn Ledgered>>) -> Result<Self, String> {
        let tasks: Vec<RegisteredTask> = tasks
            .into_iter()
            .map(RegisteredTask::new)
            .collect::<Result<_, _>>()?;
        let mut by_name = HashMap::new();
        for (index, task) in tasks.iter().enumerate() {
            by_name.insert(task.spec.name, index);
        }
        Ok(Self { tasks, by_name })
    }

    /// What the catalogue says of every task.
    pub fn specs(&self) -> impl Iterator<Item = &TaskSpec> {
        self.tasks.iter().map(|task| &task.spec)
    }

    /// A task, by the id that a plan has for it.
    pub fn get(&self, id: TaskId) -> Option<&dyn Ledgered> {
        self.tasks.get(id.0).map(|task| task.task.as_ref())
    }
}

impl RegisteredTask {
    fn new(task: Box<dyn Ledgered>) -> Result<Self, String> {
        let spec = task.spec();
        let validator = jsonschema::validator_for(&spec.input_schema)
            .map_err(|error| format!("the schema of {} is not one: {error}", spec.name))?;
        Ok(Self {
            task,
            spec,
            validator,
        })
    }
}

impl Catalogue for Tasks {
    fn task(&self, name: &str) -> Option<TaskTraits> {
        let index = *self.by_name.get(full_task_name(name).as_ref())?;
        let spec = &self.tasks.get(index)?.spec;
        Some(TaskTraits {
            id: TaskId(index),
            name: spec.name,
            external: spec.kind == TaskKind::External,
            ends_run: spec.ends_run,
        })
    }

    fn names(&self) -> Vec<&'static str> {
        self.tasks.iter().map(|task| task.spec.name).collect()
    }

    fn check_parameters(
        &self,
        task: TaskId,
        parameters: &Map<String, Value>,
        is_dynamic: &dyn Fn(&str) -> bool,
    ) -> Vec<ParameterFault> {
        let Some(task) = self.tasks.get(task.0) else {
            return Vec::new();
        };
        let instance = Value::Object(parameters.clone());
        let errors = task.validator.iter_errors(&instance);
        let mut faults: Vec<ParameterFault> = errors
            .map(|error| (error.instance_path().to_string(), error.to_string()))
            .filter(|(pointer, _)| !is_dynamic(pointer))
            .map(|(pointer, reason)| ParameterFault {
                pointer,
                detail: format!("{reason}."),
            })
            .collect();
        for fault in task.task.check_literals(parameters, is_dynamic) {
            // What the schema has found already needs no second telling.
            if !faults.iter().any(|known| known.pointer == fault.pointer) {
                faults.push(fault);
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests;
