//! The tasks that the editor knows, by the names that rules have for them.

use api_types::{Task, TaskKind};
use leptos::prelude::*;
use rules::full_task_name;

use super::Editor;

impl Editor {
    /// Looks at the catalogue's task of this name or alias, if there is one.
    pub(super) fn with_task<R>(self, name: &str, look: impl FnOnce(&Task) -> R) -> Option<R> {
        let name = full_task_name(name);
        self.tasks
            .with_value(|tasks| tasks.iter().find(|task| task.name == name).map(look))
    }

    /// Whether a task calls the outside: such a task may be tried again.
    pub(super) fn is_external(self, name: &str) -> bool {
        self.with_task(name, |task| task.kind == TaskKind::External)
            .unwrap_or_default()
    }
}
