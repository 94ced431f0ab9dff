//! The drawer below the canvas: problems, and the simulation.

use leptos::prelude::*;

use super::{Editor, header::Tool, problem_list::ProblemList, simulator::Simulator, versions::Versions};
use crate::icons::Icon;

/// What the drawer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawer {
    Problems,
    Simulation,
    Versions,
}

/// The line of tabs, and what is open above it.
#[component]
pub(super) fn DrawerArea() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let open = editor.drawer;
    let has_versions = move || editor.record.with(|record| record.rule_id.is_some());
    view! {
        <section class="drawer" class:open=move || open.get().is_some()>
            <div class="drawer-tabs">
                <Tab drawer=Drawer::Problems label=editor.texts.problems.title>
                    <ProblemCount />
                </Tab>
                <Tab drawer=Drawer::Simulation label=editor.texts.simulation.title />
                {move || {
                    has_versions()
                        .then(|| view! { <Tab drawer=Drawer::Versions label=editor.texts.versions.title /> })
                }}
                <span class="spring"></span>
                {move || {
                    open.get()
                        .map(|_| {
                            view! {
                                <Tool
                                    icon=Icon::Close
                                    label=editor.texts.close_drawer
                                    on_click=Callback::new(move |()| open.set(None))
                                />
                            }
                        })
                }}
            </div>
            {move || {
                open.get()
                    .map(|drawer| {
                        let content = match drawer {
                            Drawer::Problems => view! { <ProblemList /> }.into_any(),
                            Drawer::Simulation => view! { <Simulator /> }.into_any(),
                            Drawer::Versions => view! { <Versions /> }.into_any(),
                        };
                        view! { <div class="drawer-body">{content}</div> }
                    })
            }}
        </section>
    }
}

#[component]
fn Tab(drawer: Drawer, label: &'static str, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let open = expect_context::<Editor>().drawer;
    let is_open = move || open.get() == Some(drawer);
    let toggle = move |_| open.update(|open| *open = (*open != Some(drawer)).then_some(drawer));
    view! {
        <button class="tab" type="button" aria-expanded=move || is_open().to_string() on:click=toggle>
            {label}
            {children.map(|children| children())}
        </button>
    }
}

/// How many errors and warnings there are, beside the word.
#[component]
fn ProblemCount() -> impl IntoView {
    let editor = expect_context::<Editor>();
    move || {
        let found = editor.problems.all();
        let errors = (!found.findings.is_empty())
            .then(|| view! { <b class="count tone-error">{found.findings.len()}</b> });
        let warnings = (!found.warnings.is_empty())
            .then(|| view! { <b class="count tone-failure">{found.warnings.len()}</b> });
        view! {
            {errors}
            {warnings}
        }
    }
}
