//! The versions of the rule: what differs, and publishing an older one.

use api_types::RuleVersionSummary;
use canvas::{difference::Difference, document::Document};
use leptos::{prelude::*, task::spawn_local};

use super::{Editor, differences::Differences, stored};
use crate::{
    api::{self, ApiError},
    parts::{Ago, Badge, Confirm, Tone},
    routes::Page,
};

/// What differs from a version.
#[derive(Debug, Clone)]
struct Compared {
    version: u32,
    difference: Difference,
    document: Document,
}

/// What is known of the history.
#[derive(Clone, Copy)]
struct History {
    lines: RwSignal<Vec<RuleVersionSummary>>,
    cursor: RwSignal<Option<String>>,
    compared: RwSignal<Option<Compared>>,
    asks: RwSignal<Option<u32>>,
}

/// The list, and beside it what differs.
#[component]
pub(super) fn Versions() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.versions;
    let history = History {
        lines: RwSignal::default(),
        cursor: RwSignal::new(None),
        compared: RwSignal::new(None),
        asks: RwSignal::new(None),
    };
    // Saving and publishing make another history.
    Effect::new(move |_| {
        editor.record.track();
        editor.load_versions(history, None);
    });
    let publish = Callback::new(move |()| {
        if let Some(version) = history.asks.get_untracked() {
            editor.publish_version(version);
        }
    });
    view! {
        <div class="versions">
            <ul class="version-list">
                <For
                    each=move || history.lines.get()
                    key=|line| (line.version, line.published)
                    let:line
                >
                    <VersionLine line=line history=history />
                </For>
                {move || {
                    history
                        .cursor
                        .get()
                        .map(|cursor| {
                            view! {
                                <li>
                                    <button
                                        class="button quiet small"
                                        type="button"
                                        on:click=move |_| editor.load_versions(history, Some(cursor.clone()))
                                    >
                                        {words.more}
                                    </button>
                                </li>
                            }
                        })
                }}
            </ul>
            <div class="version-difference">
                {move || match history.compared.get() {
                    None => view! { <p class="muted">{words.hint}</p> }.into_any(),
                    Some(compared) => {
                        view! {
                            <h3>{(words.differs)(compared.version)}</h3>
                            <Differences difference=compared.difference before=compared.document />
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
        {move || {
            let version = history.asks.get()?;
            Some(
                view! {
                    <Confirm
                        title=(words.publish)(version)
                        meaning=words.publish_meaning
                        action=editor.texts.publish
                        on_yes=publish
                        on_close=Callback::new(move |()| history.asks.set(None))
                    />
                },
            )
        }}
    }
}

#[component]
fn VersionLine(line: RuleVersionSummary, history: History) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let texts = editor.texts;
    let version = line.version;
    let page = Page::RuleVersion(line.rule_id.to_string(), version);
    let published = line
        .published
        .then(|| view! { <Badge tone=Tone::Success text=texts.versions.published /> });
    let publish = (!line.published).then(|| {
        view! {
            <button class="button quiet small" type="button" on:click=move |_| history.asks.set(Some(version))>
                {texts.publish}
            </button>
        }
    });
    view! {
        <li data-version=version>
            <strong class="number">{(texts.version)(version)}</strong>
            <span class="muted"><Ago time=line.created_at /></span>
            {published}
            <span class="spring"></span>
            <button class="button quiet small" type="button" on:click=move |_| editor.compare_with(history, version)>
                {texts.versions.compare}
            </button>
            <a class="button quiet small" href=page.path()>
                {texts.versions.open}
            </a>
            {publish}
        </li>
    }
}

impl Editor {
    fn load_versions(self, history: History, cursor: Option<String>) {
        let Some(rule_id) = self.record.with_untracked(|record| record.rule_id) else {
            return;
        };
        spawn_local(async move {
            match api::versions(rule_id, cursor.as_deref()).await {
                Ok(page) => {
                    let _ = history.lines.try_update(|lines| {
                        if cursor.is_none() {
                            lines.clear();
                        }
                        lines.extend(page.items);
                    });
                    let _ = history.cursor.try_set(page.next_cursor);
                }
                Err(error) => self.say(&error),
            }
        });
    }

    fn compare_with(self, history: History, version: u32) {
        spawn_local(async move {
            match self.compared_with(version).await {
                Ok(compared) => {
                    let _ = history.compared.try_set(compared);
                }
                Err(error) => self.say(&error),
            }
        });
    }

    async fn compared_with(self, version: u32) -> Result<Option<Compared>, ApiError> {
        let Some(rule_id) = self.record.with_untracked(|record| record.rule_id) else {
            return Ok(None);
        };
        let stored = api::rule_version(&rule_id.to_string(), version).await?;
        if !self.is_open() {
            return Ok(None);
        }
        let Ok(document) = stored::of_version(&stored) else {
            return Err(ApiError::Unreadable);
        };
        let difference = self.board.with(|now| Difference::between(&document, now));
        Ok(Some(Compared {
            version,
            difference,
            document,
        }))
    }

    /// Has events run a version, be it an older one.
    fn publish_version(self, version: u32) {
        let Some(rule_id) = self.record.with_untracked(|record| record.rule_id) else {
            return;
        };
        spawn_local(self.publish_saved(rule_id, version));
    }
}
