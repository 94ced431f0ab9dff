//! What becomes of a task that fails: how often it is tried, what its failure means to the run, and what undoes it.

use leptos::prelude::*;
use rules::model::{Retry, TIMEOUTS_MS};
use serde_json::Value;

use super::{
    Labelled,
    call::{Call, CallForm},
    number_field::{NumberField, Numbers},
    values::{Step, text_of, with},
};
use crate::{
    editor::Editor,
    parts::{Select, options},
};

/// All of it.
#[component]
pub(super) fn Failing(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let policy_of = id.clone();
    let policy = Memo::new(move |_| {
        editor
            .member(&policy_of, "on_failure")
            .map_or_else(|| "fail".to_owned(), |policy| text_of(&policy))
    });
    let node = StoredValue::new(id.clone());
    let choose = Callback::new(move |policy: String| {
        let policy = (policy != "fail").then(|| policy.into());
        node.with_value(|id| editor.set_member(id, "on_failure", policy));
        editor.board.pause();
    });
    let policies = options([
        ("fail", words.failure_fail),
        ("continue", words.failure_continue),
        ("abort", words.failure_abort),
    ]);
    let own = Call::own(editor, &id);
    // What has no effect on this task is shown if it is said, so that it can be taken away; and from then on, so that the
    // field stays under the fingers of who clears it.
    let is_tried_again = Memo::new(move |was: Option<&bool>| {
        let says = |member| node.with_value(|id| editor.member(id, member).is_some());
        was == Some(&true) || editor.is_external(&own.task()) || says("retry") || says("timeout_ms")
    });
    let trying = move || {
        is_tried_again
            .get()
            .then(|| view! { <Trying id=node.get_value() /> })
    };
    view! {
        {trying}
        <Labelled label=words.on_failure pointer="/on_failure">
            <Select options=policies chosen=policy on_choose=choose />
        </Labelled>
        <CallForm call=Call::undoing(editor, &id) />
    }
}

/// How often, and for how long, a task that calls the outside is tried.
#[component]
fn Trying(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let usual = Retry::default();
    let timeout_of = id.clone();
    let timeout = Signal::derive(move || editor.member(&timeout_of, "timeout_ms"));
    let retry = Retrying {
        editor,
        node: StoredValue::new(id.clone()),
    };
    let put_timeout = Callback::new(move |value| editor.set_member(&id, "timeout_ms", value));
    let field = |label, pointer, member, numbers, usual: String| {
        view! {
            <NumberField
                label=label
                pointer=pointer
                numbers=numbers
                usual=usual
                value=Signal::derive(move || retry.get(member))
                on_put=Callback::new(move |value| retry.put(member, value))
            />
        }
    };
    view! {
        <div class="pairs" role="group" aria-label=words.retry data-pointer="/retry">
            {field(
                words.attempts,
                "/retry/max_attempts",
                "max_attempts",
                Numbers::Whole(Retry::ATTEMPTS),
                usual.max_attempts.to_string(),
            )}
            {field(
                words.longest_trying,
                "/retry/max_elapsed_ms",
                "max_elapsed_ms",
                Numbers::Whole(Retry::MAX_ELAPSED_MS),
                usual.max_elapsed_ms.to_string(),
            )}
            {field(
                words.first_wait,
                "/retry/initial_interval_ms",
                "initial_interval_ms",
                Numbers::Whole(Retry::INITIAL_INTERVALS_MS),
                usual.initial_interval_ms.to_string(),
            )}
            {field(
                words.longest_wait,
                "/retry/max_interval_ms",
                "max_interval_ms",
                Numbers::Whole(Retry::MAX_INTERVALS_MS),
                usual.max_interval_ms.to_string(),
            )}
            {field(
                words.wait_grows,
                "/retry/multiplier",
                "multiplier",
                Numbers::Any(Retry::MULTIPLIERS),
                usual.multiplier,
            )}
            <NumberField
                label=words.timeout
                pointer="/timeout_ms"
                numbers=Numbers::Whole(TIMEOUTS_MS)
                usual=""
                value=timeout
                on_put=put_timeout
            />
        </div>
    }
}

/// A node's `retry`, member by member.
#[derive(Clone, Copy)]
struct Retrying {
    editor: Editor,
    node: StoredValue<String>,
}

impl Retrying {
    fn all(self) -> Option<Value> {
        self.node.with_value(|id| self.editor.member(id, "retry"))
    }

    fn get(self, member: &str) -> Option<Value> {
        self.all()?.get(member).cloned()
    }

    fn put(self, member: &str, value: Option<Value>) {
        let retry = without_nothing(with(
            untrack(|| self.all()),
            &[Step::Member(member.to_owned())],
            value,
        ));
        self.node
            .with_value(|id| self.editor.set_member(id, "retry", retry));
    }
}

/// An object, unless it says nothing.
fn without_nothing(value: Option<Value>) -> Option<Value> {
    value.filter(|value| value.as_object().is_none_or(|members| !members.is_empty()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_says_nothing_of_retrying_has_no_retry() {
        let said = json!({"max_attempts": 3});
        assert_eq!(without_nothing(Some(said.clone())), Some(said.clone()));
        let place = [Step::Member("max_attempts".to_owned())];
        assert_eq!(without_nothing(with(Some(said), &place, None)), None);
    }
}
