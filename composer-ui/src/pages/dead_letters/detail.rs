//! A dead letter, opened: why it is here, what it says, and the way back.

use api_types::{BodyEncoding, DeadLetter, DeadLetterStatus};
use leptos::{prelude::*, task::spawn_local};

use super::{follow::follow_letter, list::tone};
use crate::{
    api,
    feed::Feed,
    formats::pretty,
    icons::{Icon, Sign},
    parts::{Ago, Badge, Code, Confirm, CopyableId, Tone, toasts},
    query::encoded,
    reading::Reading,
    routes::Page,
    words::words,
};

/// A dead letter, as it is read anew.
#[component]
pub(super) fn Detail(id: String, feed: Feed<DeadLetter>) -> impl IntoView {
    let words = words();
    let letter = Reading::start(move || {
        let id = id.clone();
        async move { api::dead_letter(&id).await }
    });
    follow_letter(letter, feed);
    let changed = Callback::new(move |()| letter.again());
    view! {
        <aside class="detail" aria-label=words.dead_letters.body>
            <a
                class="button quiet icon close"
                href=Page::DeadLetters(None).path()
                aria-label=words.common.close
            >
                <Sign icon=Icon::Close />
            </a>
            {letter.show(move |letter| view! { <Content letter=letter on_change=changed /> })}
        </aside>
    }
}

#[component]
fn Content(letter: DeadLetter, on_change: Callback<()>) -> impl IntoView {
    let told = words().faults.told;
    let words = &words().dead_letters;
    let (body, title) = match letter.body_encoding {
        BodyEncoding::Text => (pretty(&letter.body), words.body),
        BodyEncoding::Base64 => (letter.body, words.body_base64),
    };
    let runs = letter.event_id.clone().map(|event| {
        let url = format!("{}?event={}", Page::Runs.path(), encoded(&event));
        view! { <a class="button" href=url>{words.runs_of_event}</a> }
    });
    let requeue = (letter.status == DeadLetterStatus::Dead).then(|| {
        view! { <Requeue id=letter.id.to_string() on_change=on_change /> }
    });
    view! {
        <Badge tone=tone(letter.status) text=(words.statuses)(letter.status) />
        <h2>{letter.event_id.unwrap_or_else(|| words.unknown_event.to_owned())}</h2>
        <p class="meaning">{told(&letter.detail)}</p>
        <dl>
            <dt>{words.since}</dt>
            <dd><Ago time=letter.created_at /></dd>
            <dt>{words.reason}</dt>
            <dd><code>{letter.reason}</code></dd>
            <dt>{words.kind}</dt>
            <dd>{letter.message_kind}</dd>
            <dt>{words.partition}</dt>
            <dd>{letter.partition}</dd>
            <dt>{words.id}</dt>
            <dd><CopyableId id=letter.id.to_string() /></dd>
            <dt>{crate::words::words().common.reference}</dt>
            <dd><CopyableId id=letter.correlation_id /></dd>
        </dl>
        <div class="actions">{requeue} {runs}</div>
        <h3>{title}</h3>
        <Code text=body />
    }
}

/// Puts it back on the queue, once that was confirmed.
#[component]
fn Requeue(id: String, on_change: Callback<()>) -> impl IntoView {
    let words = words();
    let toasts = toasts();
    let is_asking = RwSignal::new(false);
    let confirmed = Callback::new(move |()| {
        let id = id.clone();
        spawn_local(async move {
            match api::requeue(&id).await {
                Ok(_) => {
                    toasts.say(Tone::Success, words.dead_letters.requeued);
                    on_change.run(());
                }
                Err(error) => toasts.say(Tone::Error, error.message(words)),
            }
        });
    });
    view! {
        <button class="button primary" type="button" on:click=move |_| is_asking.set(true)>
            <Sign icon=Icon::Requeue />
            {words.dead_letters.requeue}
        </button>
        <Show when=move || is_asking.get()>
            <Confirm
                title=words.dead_letters.requeue_title
                meaning=words.dead_letters.requeue_meaning
                action=words.dead_letters.requeue
                on_yes=confirmed
                on_close=Callback::new(move |()| is_asking.set(false))
            />
        </Show>
    }
}
