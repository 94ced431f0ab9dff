//! Saving drafts and publishing them; leaving with unsaved work asks.

use api_types::{Rule, RuleVersion};
use canvas::{document::Document, edit::Edit};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{Editor, checking, drawer::Drawer};
use crate::{
    api::{self, ApiError, ListRequest},
    navigation::navigation,
    parts::Tone,
    routes::Page,
};

/// What the server knows of the rule; nothing of one that was never saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) rule_id: Option<Uuid>,
    /// What it was saved as: its name, and whose it is. These tell rules apart, and stay.
    pub(super) saved_as: Option<(String, Uuid)>,
    /// The version that the canvas began with, or saved last.
    pub(super) version: Option<u32>,
    pub(super) published_version: Option<u32>,
}

impl Record {
    /// Of a rule, as it was saved last.
    pub(super) fn of(rule: &Rule) -> Self {
        Self {
            rule_id: Some(rule.id),
            saved_as: Some((rule.name.clone(), rule.company_id)),
            version: Some(rule.version),
            published_version: rule.published_version,
        }
    }

    /// Of one of its versions.
    pub(super) fn of_version(version: &RuleVersion) -> Self {
        Self {
            rule_id: Some(version.rule_id),
            saved_as: Some((version.name.clone(), version.company_id)),
            version: Some(version.version),
            published_version: version.published.then_some(version.version),
        }
    }

    /// Whether what the canvas began with, or saved last, is what events run.
    pub(super) fn is_published(&self) -> bool {
        self.version.is_some() && self.version == self.published_version
    }
}

impl Editor {
    /// Saves a draft, if there is anything to save.
    pub(super) fn save(self) {
        if self.may_save() {
            spawn_local(async move {
                self.save_draft().await;
            });
        }
    }

    fn may_save(self) -> bool {
        let is_needed = untrack(|| self.board.is_dirty())
            || self.record.with_untracked(|record| record.rule_id.is_none());
        is_needed && !self.board.is_read_only.get_untracked() && !self.is_saving.get_untracked()
    }

    pub(super) async fn save_draft(self) -> bool {
        self.is_saving.set(true);
        self.call_it_as_it_was_saved();
        let document = self.board.with(Document::clone);
        let saved = if self.may_be_called_so(&document).await {
            self.send(&document).await.map(Some)
        } else {
            Ok(None)
        };
        if !self.is_open() {
            return false;
        }
        self.is_saving.set(false);
        match saved {
            Ok(Some(rule)) => {
                self.record.set(Record::of(&rule));
                self.board.mark_saved(document);
                self.toasts.say(Tone::Success, self.texts.saved);
                true
            }
            Ok(None) => false,
            Err(error) if error.is_stale() => {
                self.ask_about_conflict().await;
                false
            }
            Err(error) => {
                if !error.findings().is_empty() {
                    self.drawer.set(Some(Drawer::Problems));
                }
                self.say(&error);
                false
            }
        }
    }

    /// Undoing, or the document as JSON, may call the rule otherwise: under another name it would be another rule, or a
    /// version of one.
    fn call_it_as_it_was_saved(self) {
        let Some((name, company_id)) = self.record.with_untracked(|record| record.saved_as.clone()) else {
            return;
        };
        let company_id = company_id.to_string();
        let is_so = self
            .board
            .with(|document| document.name() == name && document.company_id() == company_id);
        if !is_so {
            let members = [("name", name), ("company_id", company_id)];
            let members = members.map(|(member, value)| Edit::SetRule {
                member: member.to_owned(),
                value: Some(value.into()),
            });
            self.edit(Edit::All(members.into()));
        }
    }

    /// A new rule of an old name would be a version of the old rule: that is not what "new" means.
    async fn may_be_called_so(self, document: &Document) -> bool {
        if self.record.with_untracked(|record| record.rule_id.is_some()) {
            return true;
        }
        match is_free(document.company_id(), document.name()).await {
            Ok(true) => true,
            Ok(false) => {
                let said = (self.texts.name_taken)(document.name());
                self.toasts.say(Tone::Error, said);
                false
            }
            Err(error) => {
                self.say(&error);
                false
            }
        }
    }

    async fn send(self, document: &Document) -> Result<Rule, ApiError> {
        let version = self.record.with_untracked(|record| record.version);
        api::save_over(&document.to_json().to_string(), version).await
    }

    pub(super) fn say(self, error: &ApiError) {
        self.toasts.say(Tone::Error, error.message(self.words));
    }

    /// Saves what is unsaved, and has events run it.
    pub(super) fn publish(self) {
        if self.is_saving.get_untracked() {
            return;
        }
        spawn_local(async move {
            checking::check_now(self).await;
            if !self.is_open() {
                return;
            }
            if untrack(|| self.problems.forbid_publishing()) {
                self.drawer.set(Some(Drawer::Problems));
                return;
            }
            if self.may_save() && !self.save_draft().await || !self.is_open() {
                return;
            }
            let record = self.record.get_untracked();
            let (Some(rule_id), Some(version)) = (record.rule_id, record.version) else {
                return;
            };
            self.publish_saved(rule_id, version).await;
        });
    }

    /// Has events run a version that is saved.
    pub(super) async fn publish_saved(self, rule_id: Uuid, version: u32) {
        match api::publish(rule_id, version).await {
            Ok(rule) => {
                let _ = self
                    .record
                    .try_update(|record| record.published_version = rule.published_version);
                let said = (self.words.rules.published)(&rule.name, version);
                self.toasts.say(Tone::Success, said);
            }
            Err(error) => self.say(&error),
        }
    }
}

/// A rule that was saved for the first time has an address from then on.
pub(super) fn follow_address(editor: Editor, on_settled: Callback<Page>) {
    let navigation = navigation();
    Effect::new(move |_| {
        let id = editor.record.with(|record| record.rule_id);
        if let Some(id) = id
            && navigation.page_untracked() == Page::NewRule
        {
            let page = Page::Rule(id.to_string());
            on_settled.run(page.clone());
            navigation.replace(&page);
        }
    });
}

/// Whether no rule of the company is called so.
async fn is_free(company: &str, name: &str) -> Result<bool, ApiError> {
    let request = ListRequest::default()
        .only("company_id", company)
        .only("archived", "true");
    let mut cursor: Option<String> = None;
    loop {
        let listed = api::rules(&request, cursor.as_deref()).await?;
        if listed.items.iter().any(|rule| rule.name == name) {
            return Ok(false);
        }
        cursor = listed.next_cursor;
        if cursor.is_none() {
            return Ok(true);
        }
    }
}
