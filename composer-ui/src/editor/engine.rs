//! The checks and simulations, asked for in a worker of their own.

use std::collections::HashMap;

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::{
    built,
    words::{Language, language},
};

/// What is asked of the worker.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question {
    Check,
    Simulate,
    /// What was found wrong elsewhere is to be said in the reader's language.
    Say,
}

impl Question {
    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Simulate => "simulate",
            Self::Say => "say",
        }
    }
}

/// The worker did not answer: it could not be loaded, or broke. The next question starts another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoAnswer;

/// The worker, started with the first question.
#[derive(Clone, Copy)]
pub(crate) struct Engine(StoredValue<State, LocalStorage>);

struct State {
    /// What is wrong is said in this language.
    language: Language,
    worker: Option<Running>,
    asked: u32,
    /// What is waited for: how to answer it, and how to give it up.
    waiting: HashMap<u32, (Function, Function)>,
}

struct Running {
    worker: Worker,
    /// Lives as long as the worker calls it.
    _answered: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut()>,
}

impl Engine {
    /// Nothing runs yet.
    pub(crate) fn new() -> Self {
        let engine = Self(StoredValue::new_local(State {
            language: language(),
            worker: None,
            asked: 0,
            waiting: HashMap::new(),
        }));
        on_cleanup(move || engine.stop());
        engine
    }

    /// Asks, and awaits the answer.
    pub(super) async fn ask(self, question: Question, argument: &str) -> Result<String, NoAnswer> {
        let asked = Promise::new(&mut |resolve, reject| {
            let rejected = reject.clone();
            if self.send(question, argument, (resolve, reject)).is_none() {
                // What is rejected already stays so.
                let _ = rejected.call0(&JsValue::NULL);
            }
        });
        let answer = JsFuture::from(asked).await.map_err(|_| NoAnswer)?;
        answer.as_string().ok_or(NoAnswer)
    }

    /// Sentences about what is wrong, in the reader's language; as they are, if the worker does not answer.
    pub(crate) async fn say(self, sentences: Vec<String>) -> Vec<String> {
        if self.0.try_with_value(|state| state.language) == Some(Language::English) {
            return sentences;
        }
        let said = self
            .ask(Question::Say, &serde_json::json!(sentences).to_string())
            .await;
        said.ok()
            .and_then(|said| serde_json::from_str(&said).ok())
            .unwrap_or(sentences)
    }

    /// One sentence, likewise.
    pub(super) async fn say_one(self, sentence: String) -> String {
        self.say(vec![sentence]).await.concat()
    }

    fn send(self, question: Question, argument: &str, answers: (Function, Function)) -> Option<()> {
        self.start()?;
        self.0.try_update_value(|state| {
            state.asked += 1;
            let message = Object::new();
            for (member, value) in [
                ("id", JsValue::from(state.asked)),
                ("call", question.name().into()),
                ("argument", argument.into()),
                ("language", state.language.tag().into()),
            ] {
                Reflect::set(&message, &member.into(), &value).ok()?;
            }
            state.waiting.insert(state.asked, answers);
            state.worker.as_ref()?.worker.post_message(&message).ok()
        })?
    }

    fn start(self) -> Option<()> {
        if self.0.try_with_value(|state| state.worker.is_some())? {
            return Some(());
        }
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&built::path_of("worker")?, &options).ok()?;
        let answered = Closure::new(move |event: MessageEvent| self.take(&event.data()));
        let failed = Closure::new(move || self.stop());
        worker.set_onmessage(Some(answered.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        self.0.try_update_value(|state| {
            state.worker = Some(Running {
                worker,
                _answered: answered,
                _failed: failed,
            });
        })
    }

    fn take(self, data: &JsValue) {
        let member = |name: &str| Reflect::get(data, &name.into()).unwrap_or_default();
        let answer = member("answer");
        if answer.is_undefined() {
            return self.stop();
        }
        let id = member("id").as_f64().unwrap_or_default();
        let waiting = self.0.try_update_value(|state| {
            // Ids are small whole numbers, as they were sent.
            let mut known = state.waiting.keys().copied();
            let id = known.find(|known| (f64::from(*known) - id).abs() < 0.5)?;
            state.waiting.remove(&id)
        });
        if let Some((resolve, _)) = waiting.flatten() {
            let _ = resolve.call1(&JsValue::NULL, &answer);
        }
    }

    /// Ends the worker, and gives up what is waited for.
    fn stop(self) {
        let stopped = self.0.try_update_value(|state| {
            if let Some(running) = state.worker.take() {
                running.worker.set_onmessage(None);
                running.worker.set_onerror(None);
                running.worker.terminate();
                // It may be one of its closures that runs now.
                set_timeout(move || drop(running), std::time::Duration::ZERO);
            }
            std::mem::take(&mut state.waiting)
        });
        for (_, reject) in stopped.into_iter().flatten().map(|(_, answers)| answers) {
            let _ = reject.call0(&JsValue::NULL);
        }
    }
}
