//! Checks and tries out rules in the browser: what the canvas says is what will run, because it is the same code.
//!
//! A WebAssembly module of its own: the checks, the tasks and their schemas weigh more than the rest of the
//! application, and only the editor needs them. It runs in a worker, so typing never waits for it. JSON goes in and
//! comes out; the module has no state but its catalogue, no clock and no chance: the caller says what time it is.

mod check;
mod language;
mod simulate;

use std::{cell::OnceCell, rc::Rc};

use serde_json::{Value, json};
use tasks::Tasks;
use wasm_bindgen::prelude::wasm_bindgen;

use self::language::Language;

/// What is wrong with a rule's document, and what is hardly meant: `{findings, warnings}`, each a list of
/// `{pointer, code, detail}`. The details are in the language (`en`, `pt`).
#[wasm_bindgen]
#[must_use]
pub fn check(document: &str, language: &str) -> String {
    answer(Language::named(language), |tasks| check::check(tasks, document))
}

/// What a rule would do with an event. Takes `{rule, event, company?, task_results?, at_ms}` and answers
/// `{status, error, nodes, transactions, events}`, as the API's simulation does; or `{problem}`, a sentence, or
/// `{findings}`, if the rule cannot run. What is wrong is said in the language.
#[wasm_bindgen]
#[must_use]
pub fn simulate(request: &str, language: &str) -> String {
    answer(Language::named(language), |tasks| {
        simulate::simulate(tasks, request)
    })
}

/// What was found wrong elsewhere, in the language: findings about rules, faults of runs, refusals of the API, documents
/// that cannot be read. Takes a list of sentences, and answers theirs in the same order; what is not known stays as it is.
#[wasm_bindgen]
#[must_use]
pub fn say(sentences: &str, language: &str) -> String {
    let sentences: Vec<String> = serde_json::from_str(sentences).unwrap_or_default();
    let language = Language::named(language);
    let said = sentences.iter().map(|sentence| language.say(sentence));
    json!(said.collect::<Vec<_>>()).to_string()
}

thread_local! {
    /// Compiling the tasks' schemas takes longer than most checks.
    static TASKS: OnceCell<Result<Rc<Tasks>, String>> = const { OnceCell::new() };
}

fn answer(language: Language, work: impl FnOnce(&Tasks) -> Value) -> String {
    let tasks = TASKS.with(|tasks| tasks.get_or_init(|| Tasks::built_in().map(Rc::new)).clone());
    let mut answer = match tasks {
        Ok(tasks) => work(&tasks),
        Err(fault) => json!({ "problem": fault }),
    };
    language.translate(&mut answer);
    answer.to_string()
}
