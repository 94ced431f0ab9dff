//! A run, on the graph of the very version that it ran: what each node did, what was posted, what was sent.

mod follow;
mod head;
mod node;
mod outcome;

use std::sync::Arc;

use api_types::{NodeResults, RuleVersion, RunDetails};
use canvas::run::RunView;
use leptos::prelude::*;

use self::{follow::follow_until_it_ends, head::Head, node::NodePanel, outcome::Outcome};
use crate::{
    api,
    graph_view::{Drawing, GraphView, state_of},
    navigation::navigation,
    reading::Reading,
    routes::Page,
    words::words,
};

/// The filter that says which node is looked at.
const NODE: &str = "node";

/// A run with the version that it ran.
#[derive(Clone, PartialEq)]
struct RunOnGraph {
    run: RunDetails,
    version: RuleVersion,
}

/// The run that the address names.
#[component]
pub(crate) fn RunPage() -> impl IntoView {
    let navigation = navigation();
    let opened = Memo::new(move |_| match navigation.page() {
        Page::Run(id) => id,
        _ => String::new(),
    });
    move || {
        let id = opened.get();
        let reading = Reading::start(move || read(id.clone()));
        follow_until_it_ends(reading);
        view! { <div class="page run-page">{reading.show_live(|found| view! { <Shown found=found /> })}</div> }
    }
}

async fn read(id: String) -> Result<RunOnGraph, api::ApiError> {
    let run = api::run(&id).await?;
    let version = api::rule_version(&run.run.rule_id.to_string(), run.run.rule_version).await?;
    Ok(RunOnGraph { run, version })
}

/// A run whose state changes while one looks: the version that it runs, and so the graph, does not.
#[component]
fn Shown(found: Memo<RunOnGraph>) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    // The address may name another company, or none: what is shown is this one's.
    let company = found.with_untracked(|found| found.run.run.company_id.to_string());
    if navigation.company_untracked().as_deref() != Some(&company) {
        navigation.name_company(&company);
    }
    let chosen = Memo::new(move |_| navigation.filter(NODE));
    let choose = Callback::new(move |id: String| {
        let is_open = chosen.get_untracked().as_deref() == Some(&id);
        navigation.set_filter(NODE, if is_open { "" } else { &id });
    });
    let run = Memo::new(move |_| found.with(|found| found.run.clone()));
    let results = Memo::new(move |_| run.with(|run| run.nodes.read::<NodeResults>().unwrap_or_default()));
    let drawing = found
        .with_untracked(|found| Drawing::of(&found.version))
        .map(Arc::new);
    let graph = match drawing.clone() {
        Some(drawing) => {
            let states = Memo::new(move |_| results.with(states));
            view! { <GraphView drawing=drawing run=states chosen=chosen on_choose=choose /> }.into_any()
        }
        None => view! { <p class="hint">{words.run.no_graph}</p> }.into_any(),
    };
    let panel = move || {
        let node = chosen
            .get()
            .and_then(|id| drawing.as_ref()?.document.node(&id).cloned());
        match node {
            Some(node) => {
                view! { <NodePanel node=node results=results run=run on_close=choose /> }.into_any()
            }
            None => view! { <Outcome run=run /> }.into_any(),
        }
    };
    view! {
        <Head run=Memo::new(move |_| run.with(|run| run.run.clone())) on_node=choose />
        <div class="run-split">{graph} <aside class="run-panel">{panel}</aside></div>
    }
}

/// The states of the nodes, as the canvas reads them.
fn states(results: &NodeResults) -> RunView {
    results
        .iter()
        .map(|(id, result)| (id.clone(), state_of(result.state)))
        .collect()
}
