//! The rule as files: its document out and in, its picture out.

use canvas::{
    document::{self, Document, ReadError},
    edit::Edit,
    svg::Drawing,
};
use js_sys::Array;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::Editor;
use crate::parts::Tone;

/// The largest document that is read.
const LIMIT_BYTES: f64 = 1_048_576.0;

impl Editor {
    /// Offers the rule as the document that the API takes.
    pub(super) fn export_json(self) {
        let json = self.board.with(Document::to_json);
        let text = serde_json::to_string_pretty(&json).unwrap_or_default();
        self.offer("json", "application/json", &text);
    }

    /// Offers the rule as a picture.
    pub(super) fn export_svg(self) {
        let orientation = self.board.orientation.get_untracked();
        let title = |task: &str| self.board.title(task);
        let text = self.board.with(|document| {
            let drawing = Drawing {
                document,
                orientation,
                title: &title,
                language: self.board.language(),
            };
            drawing.to_svg()
        });
        self.offer("svg", "image/svg+xml", &text);
    }

    /// Offers a text as a file of the rule's name.
    fn offer(self, extension: &str, content_type: &str, text: &str) {
        let name = self.board.with(|document| document.name().to_owned());
        // A browser that forbids it says so itself.
        let _ = download(&format!("{name}.{extension}"), content_type, text);
    }

    /// Replaces what is on the canvas by the rule in a file: one step, which can be undone. The name stays.
    pub(super) fn import(self, file: web_sys::File) {
        if file.size() > LIMIT_BYTES {
            let text = (self.texts.unreadable)("> 1 MiB");
            return self.toasts.say(Tone::Error, text);
        }
        spawn_local(async move {
            let text = JsFuture::from(file.text())
                .await
                .ok()
                .and_then(|text| text.as_string());
            if !self.is_open() {
                return;
            }
            match document::parse(&text.unwrap_or_default()) {
                Ok(imported) => {
                    self.replace(imported, &["company_id", "name"]);
                    self.board.fit();
                }
                Err(error) => self.say_unreadable(error).await,
            }
        });
    }

    /// Says why something cannot be drawn.
    pub(super) async fn say_unreadable(self, error: ReadError) {
        let detail = self.engine.say_one(error.to_string()).await;
        self.toasts.say(Tone::Error, (self.texts.unreadable)(&detail));
    }

    /// Replaces the rule but for these members.
    pub(super) fn replace(self, document: Document, kept: &[&str]) {
        let document = super::board::placed(document);
        let mut edits = vec![Edit::Replace(Box::new(document))];
        self.board.with(|now| {
            edits.extend(kept.iter().map(|member| Edit::SetRule {
                member: (*member).to_owned(),
                value: now.member(member).cloned(),
            }));
        });
        if self.edit(Edit::All(edits)) {
            self.board.run_as_drawn();
        }
    }
}

fn download(name: &str, content_type: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(content_type);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = leptos::prelude::document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}
