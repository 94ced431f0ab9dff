//! New rules: blank, on an empty canvas; or from an example or a file, saved as drafts under a name that is free.

use api_types::{FieldError, Rule};
use leptos::{html, prelude::*, task::spawn_local};
use serde_json::Value;
use wasm_bindgen_futures::JsFuture;

use super::examples::EXAMPLES;
use crate::{
    api::{self, ApiError, ListRequest},
    editor::Engine,
    feed::Feed,
    icons::{Icon, Sign},
    parts::{Dialog, Tone, toasts},
    routes::Page,
    words::{Words, words},
};

/// The largest document that is read.
const LIMIT_BYTES: f64 = 1_048_576.0;
/// What a rule is called that says nothing else.
const UNNAMED: &str = "default";

/// Why there is no new rule.
#[derive(Debug, Clone)]
struct Refusal {
    message: String,
    findings: Vec<FieldError>,
}

/// Saves new rules of a company.
#[derive(Clone, Copy)]
struct Making {
    company: StoredValue<String>,
    feed: Feed<Rule>,
    refusal: RwSignal<Option<Refusal>>,
    /// Says in the reader's language what is wrong with a rule.
    engine: Engine,
    on_saved: Callback<String>,
}

impl Making {
    /// For this company; what is saved appears in `feed`.
    fn new(company: String, feed: Feed<Rule>, on_close: Option<Callback<()>>) -> Self {
        let (words, toasts) = (words(), toasts());
        Self {
            company: StoredValue::new(company),
            feed,
            refusal: RwSignal::new(None),
            engine: Engine::new(),
            on_saved: Callback::new(move |name: String| {
                toasts.say(Tone::Success, (words.rules.saved)(&name));
                if let Some(on_close) = on_close {
                    on_close.run(());
                }
            }),
        }
    }

    /// Saves a document as a draft.
    fn save(self, words: &'static Words, text: &str) {
        let Some(document) = document(text, &self.company.get_value()) else {
            return self.refuse(words.rules.not_json.to_owned(), Vec::new());
        };
        spawn_local(async move {
            match save_under_free_name(document).await {
                Ok(rule) => {
                    self.feed.reload();
                    self.on_saved.run(rule.name);
                }
                Err(error) => {
                    let findings = self.said(error.findings().to_vec()).await;
                    self.refuse(error.message(words), findings);
                }
            }
        });
    }

    /// Saves an example.
    fn save_example(self, words: &'static Words, name: &'static str) {
        spawn_local(async move {
            match api::example(name).await {
                Ok(document) => self.save(words, &document),
                Err(error) => self.refuse(error.message(words), Vec::new()),
            }
        });
    }

    /// Saves what a file holds.
    fn save_file(self, words: &'static Words, file: web_sys::File) {
        if file.size() > LIMIT_BYTES {
            return self.refuse(words.rules.too_large.to_owned(), Vec::new());
        }
        spawn_local(async move {
            let text = JsFuture::from(file.text())
                .await
                .ok()
                .and_then(|text| text.as_string());
            self.save(words, &text.unwrap_or_default());
        });
    }

    async fn said(self, mut findings: Vec<FieldError>) -> Vec<FieldError> {
        let details = findings.iter().map(|finding| finding.detail.clone()).collect();
        let said = self.engine.say(details).await;
        for (finding, said) in findings.iter_mut().zip(said) {
            finding.detail = said;
        }
        findings
    }

    fn refuse(self, message: String, findings: Vec<FieldError>) {
        let _ = self.refusal.try_set(Some(Refusal { message, findings }));
    }
}

/// The document of a rule of this company, if the text is one.
fn document(text: &str, company: &str) -> Option<Value> {
    let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
        return None;
    };
    members.insert("company_id".to_owned(), company.into());
    members.entry("name").or_insert_with(|| UNNAMED.into());
    Some(Value::Object(members))
}

/// A rule of the same name would get a new version: that is not what "new" means.
async fn save_under_free_name(mut document: Value) -> Result<Rule, ApiError> {
    let company = document
        .get("company_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let request = ListRequest::default()
        .only("company_id", company)
        .only("archived", "true");
    let mut taken = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let listed = api::rules(&request, cursor.as_deref()).await?;
        taken.extend(listed.items.into_iter().map(|rule| rule.name));
        cursor = listed.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    if let Some(Value::String(name)) = document.get_mut("name") {
        *name = free_name(name, &taken);
    }
    api::save_draft(&document.to_string()).await
}

/// The name, or the first of `name-2`, `name-3`, … that is free.
fn free_name(name: &str, taken: &[String]) -> String {
    let is_free = |name: &String| !taken.contains(name);
    let mut names =
        std::iter::once(name.to_owned()).chain((2_usize..).map(|number| format!("{name}-{number}")));
    names.find(is_free).unwrap_or_default()
}

/// The dialog that offers new rules.
#[component]
pub(super) fn NewRule(company: String, feed: Feed<Rule>, on_close: Callback<()>) -> impl IntoView {
    let words = words();
    let making = Making::new(company, feed, Some(on_close));
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        let files = input.get_untracked().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            making.save_file(words, file);
        }
    };
    let examples = EXAMPLES.iter().map(move |example| {
        view! {
            <button
                class="card"
                type="button"
                on:click=move |_| making.save_example(words, example.name)
            >
                <strong>{example.name}</strong>
                <span>{(example.text)(&words.rules.example_texts)}</span>
            </button>
        }
    });
    view! {
        <Dialog title=words.rules.new_title on_close=on_close class="wide">
            <p class="meaning">{words.rules.new_meaning}</p>
            <RefusalNote refusal=making.refusal />
            <div class="cards two">
                <a class="card" href=Page::NewRule.path()>
                    <strong><Sign icon=Icon::Plus />{words.rules.blank}</strong>
                    <span>{words.rules.blank_hint}</span>
                </a>
                <label class="card">
                    <strong><Sign icon=Icon::File />{words.rules.from_file}</strong>
                    <span>{words.rules.from_file_hint}</span>
                    <input
                        node_ref=input
                        class="unseen"
                        type="file"
                        accept=".json,application/json"
                        on:change=chosen
                    />
                </label>
            </div>
            <h3>{words.rules.examples}</h3>
            <div class="cards two">{examples.collect_view()}</div>
        </Dialog>
    }
}

/// Takes a file that is dropped anywhere on what it holds.
#[component]
pub(super) fn DropTarget(company: String, feed: Feed<Rule>, children: Children) -> impl IntoView {
    let words = words();
    let making = Making::new(company, feed, None);
    let is_over = RwSignal::new(false);
    let over = move |drag: web_sys::DragEvent| {
        drag.prevent_default();
        is_over.set(true);
    };
    let dropped = move |drag: web_sys::DragEvent| {
        drag.prevent_default();
        is_over.set(false);
        let files = drag.data_transfer().and_then(|data| data.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            making.save_file(words, file);
        }
    };
    let close = Callback::new(move |()| making.refusal.set(None));
    view! {
        <div
            class="page drop-target"
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=dropped
        >
            {children()}
            <Show when=move || is_over.get()>
                <div class="drop-here">{words.rules.drop_here}</div>
            </Show>
        </div>
        <Show when=move || making.refusal.with(Option::is_some)>
            <Dialog title=words.rules.refused on_close=close>
                <RefusalNote refusal=making.refusal />
            </Dialog>
        </Show>
    }
}

/// Why a document was not saved, fault by fault.
#[component]
fn RefusalNote(refusal: RwSignal<Option<Refusal>>) -> impl IntoView {
    move || {
        let refusal = refusal.get()?;
        let findings = refusal.findings.into_iter().map(|finding| {
            view! { <li><code>{finding.pointer}</code> " " {finding.detail}</li> }
        });
        Some(view! {
            <div class="note tone-error" role="alert">
                <p>{refusal.message}</p>
                <ul>{findings.collect_view()}</ul>
            </div>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_numbered() {
        let taken = ["service", "service-2"].map(str::to_owned);
        assert_eq!(free_name("refund", &taken), "refund");
        assert_eq!(free_name("service", &taken), "service-3");
    }

    #[test]
    fn a_document_is_made_the_companys() {
        let own = document(r#"{"company_id":"other","rules":[],"total":1.10}"#, "mine").unwrap();
        assert_eq!(
            own.to_string(),
            r#"{"company_id":"mine","rules":[],"total":1.10,"name":"default"}"#
        );
        for text in ["", "[]", "7", "{"] {
            assert!(document(text, "mine").is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_offered_is_there() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/rules");
        for example in EXAMPLES {
            let text = std::fs::read_to_string(format!("{folder}/{}/rule.json", example.name)).unwrap();
            let document = document(&text, "mine").unwrap();
            assert!(document["rules"].is_array());
        }
    }
}
