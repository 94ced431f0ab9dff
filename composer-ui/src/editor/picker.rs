//! The node picker: type to filter, Enter inserts what is marked where it is wanted.

use canvas::document::NodeKind;
use leptos::{html, prelude::*};

use super::{Editor, focus, hand::Wanted, marks::mark};

/// What a new node can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) kind: NodeKind,
    pub(super) task: Option<String>,
    pub(super) title: String,
    pub(super) description: String,
}

impl Editor {
    /// All that a new node can be: a condition first, then the tasks.
    pub(super) fn choices(self) -> Vec<Choice> {
        let words = &self.texts.picker;
        let mut choices = vec![Choice {
            kind: NodeKind::Condition,
            task: None,
            title: words.condition.to_owned(),
            description: words.condition_hint.to_owned(),
        }];
        self.tasks.with_value(|tasks| {
            choices.extend(tasks.iter().map(|task| Choice {
                kind: NodeKind::Task,
                task: Some(task.name.clone()),
                title: task.title.clone(),
                description: task.description.clone(),
            }));
        });
        choices
    }
}

/// The choices that have every word of the query.
pub(super) fn matching(choices: &[Choice], query: &str) -> Vec<Choice> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let has_all = |choice: &&Choice| {
        let name = choice.task.as_deref().unwrap_or_default();
        let text = format!("{} {name} {}", choice.title, choice.description).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut found: Vec<Choice> = choices.iter().filter(has_all).cloned().collect();
    let begins = |choice: &Choice| choice.title.to_lowercase().starts_with(query.trim());
    // What is called so comes before what only mentions it.
    found.sort_by_key(|choice| !begins(choice));
    found
}

/// The picker, while a node is wanted.
#[component]
pub(super) fn PickerArea() -> impl IntoView {
    let editor = expect_context::<Editor>();
    move || {
        let wanted = editor.hand.wanted.get()?;
        Some(view! { <Picker wanted=wanted /> })
    }
}

#[component]
fn Picker(wanted: Wanted) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.picker;
    let all = editor.choices();
    let query = RwSignal::new(String::new());
    let marked = RwSignal::new(0_usize);
    let found = Memo::new(move |_| matching(&all, &query.get()));
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| input.get().map(|input| input.focus()));
    let point = wanted.at;
    let wanted = StoredValue::new(wanted);
    let close = move || {
        let _ = editor.hand.wanted.try_set(None);
        focus::canvas();
    };
    let choose = move |choice: &Choice| {
        let wanted = wanted.get_value();
        close();
        editor.insert(choice.kind, choice.task.as_deref(), &wanted);
    };
    let on_key = move |key: web_sys::KeyboardEvent| {
        let last = found.with(Vec::len).saturating_sub(1);
        match key.key().as_str() {
            "ArrowDown" => marked.update(|marked| *marked = (*marked + 1).min(last)),
            "ArrowUp" => marked.update(|marked| *marked = marked.saturating_sub(1)),
            "Enter" => {
                let chosen = found.with(|found| found.get(marked.get_untracked()).cloned());
                if let Some(chosen) = chosen {
                    choose(&chosen);
                }
            }
            "Escape" => {
                close();
                editor.lets_go.set_value(true);
            }
            "Tab" => close(),
            _ => return,
        }
        key.prevent_default();
        key.stop_propagation();
    };
    let at = move || {
        let (at, screen) = (
            editor.board.view.get().to_screen(point),
            editor.board.screen.get(),
        );
        let left = (at.x - 140.0).clamp(8.0, (screen.width - 296.0).max(8.0));
        let top = at.y.clamp(8.0, (screen.height - 340.0).max(8.0));
        (left, top)
    };
    let rows = move || {
        let found = found.get();
        if found.is_empty() {
            return view! { <li class="hint">{words.nothing}</li> }.into_any();
        }
        let rows = found.into_iter().enumerate().map(|(index, choice)| {
            let (kind, task) = (choice.kind, choice.task.clone());
            let (title, description) = (choice.title.clone(), choice.description.clone());
            let name = task.clone().unwrap_or_else(|| "condition".to_owned());
            view! {
                <li
                    id=format!("choice-{index}")
                    role="option"
                    data-choice=name
                    aria-selected=move || (marked.get() == index).to_string()
                    title=description
                    on:pointermove=move |_| marked.set(index)
                    on:pointerdown=|event| event.prevent_default()
                    on:click=move |_| choose(&choice)
                >
                    <KindSign kind=kind task=task />
                    <span>{title}</span>
                </li>
            }
        });
        rows.collect_view().into_any()
    };
    view! {
        <div
            class="picker"
            role="dialog"
            aria-label=words.title
            style:left=move || format!("{}px", at().0)
            style:top=move || format!("{}px", at().1)
            on:focusout=move |event| {
                if event.related_target().is_some() {
                    let _ = editor.hand.wanted.try_set(None);
                }
            }
        >
            <input
                node_ref=input
                class="field"
                role="combobox"
                aria-expanded="true"
                aria-controls="choices"
                aria-activedescendant=move || format!("choice-{}", marked.get())
                aria-label=words.filter
                placeholder=words.filter
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    marked.set(0);
                }
                on:keydown=on_key
                on:blur=move |_| { let _ = editor.hand.wanted.try_set(None); }
            />
            <ul id="choices" role="listbox" aria-label=words.title>{rows}</ul>
        </div>
    }
}

/// The sign of a kind of node.
#[component]
pub(super) fn KindSign(kind: NodeKind, task: Option<String>) -> impl IntoView {
    let class = if kind == NodeKind::Condition {
        "sign of-condition"
    } else {
        "sign of-task"
    };
    view! {
        <svg class=class viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=mark(kind, task.as_deref()) />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(title: &str, description: &str) -> Choice {
        Choice {
            kind: NodeKind::Task,
            task: Some(format!("payment.tasks.{}", title.to_lowercase())),
            title: title.to_owned(),
            description: description.to_owned(),
        }
    }

    #[test]
    fn what_begins_with_the_query_comes_first() {
        let choices = [choice("Notify", "Tells of an invoice"), choice("Invoice", "")];
        let titles = |query| {
            let found = matching(&choices, query);
            found.into_iter().map(|choice| choice.title).collect::<Vec<_>>()
        };
        assert_eq!(titles("inv"), ["Invoice", "Notify"]);
        assert_eq!(titles(""), ["Notify", "Invoice"]);
        assert_eq!(titles("tells INVOICE"), ["Notify"]);
        assert!(titles("refund").is_empty());
    }
}
