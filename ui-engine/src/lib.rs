//! Checks and tries out rules in the browser: what the canvas says is what will run, because it is the same code.
//!
//! A WebAssembly module of its own: the checks, the tasks and their schemas weigh more than the rest of the
//! application, and only the editor needs them. It runs in a worker, so typing never waits for it. JSON goes in and
//! comes out; the module has no state but its catalogue, no clock and no chance: the caller says what time it is.

mod check;
mod simulate;

use std::{cell::OnceCell, rc::Rc};

use serde_json::{Value, json};
use tasks::Tasks;
use wasm_bindgen::prelude::wasm_bindgen;

/// What is wrong with a rule's document, and what is hardly meant: `{findings, warnings}`, each a list of
/// `{pointer, code, detail}`.
#[wasm_bindgen]
#[must_use]
pub fn check(document: &str) -> String {
    answer(|tasks| check::check(tasks, document))
}

/// What a rule would do with an event. Takes `{rule, event, company?, task_results?, at_ms}` and answers
/// `{status, error, nodes, transactions, events}`, as the API's simulation does; or `{problem}`, a sentence, or
/// `{findings}`, if the rule cannot run.
#[wasm_bindgen]
#[must_use]
pub fn simulate(request: &str) -> String {
    answer(|tasks| simulate::simulate(tasks, request))
}

thread_local! {
    /// Compiling the tasks' schemas takes longer than most checks.
    static TASKS: OnceCell<Result<Rc<Tasks>, String>> = const { OnceCell::new() };
}

fn answer(work: impl FnOnce(&Tasks) -> Value) -> String {
    let tasks = TASKS.with(|tasks| tasks.get_or_init(|| Tasks::built_in().map(Rc::new)).clone());
    let answer = match tasks {
        Ok(tasks) => work(&tasks),
        Err(fault) => json!({ "problem": fault }),
    };
    answer.to_string()
}
