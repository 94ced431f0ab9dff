//! `POST /payment-rules/simulate`: what a rule would do with an event.

use std::{collections::BTreeMap, sync::Arc};

use api_types::{JsonText, Simulation, SimulationRequest};
use poem_openapi::OpenApi;
use rules::{CheckedRule, Pointer, model::NodeKind, spelling};
use serde_json::Value;
use service::{Document, FieldError, Problem, RawJson};
use store::PinnedRule;
use tasks::{Company, RunSubject, SimulationError, TaskResult};
use views::stored_json;

use super::{
    checking,
    read::{find_rule, find_version},
    save::default_company,
    shape::document_of,
    simulation::{self, Requested, RequestedRule},
};
use crate::{
    Refused,
    endpoint::{State, aside},
    problems,
    tags::Chapter,
};

pub(super) struct SimulateRule(pub(super) State);

#[OpenApi(tag = "Chapter::Rules")]
impl SimulateRule {
    /// Try a rule out
    ///
    /// Runs the rule for the event with the code that runs payments, on an empty ledger, and stores nothing. The
    /// result of a task can be given instead of running it.
    #[oai(
        path = "/payment-rules/simulate",
        method = "post",
        operation_id = "simulate_rule"
    )]
    async fn simulate(
        &self,
        /// The rule and the event.
        request: Document<SimulationRequest>,
    ) -> Result<RawJson<Simulation>, Refused<404, 422>> {
        let (request, _) = request.into_parts();
        let Requested { rule, event, results } = simulation::read(request)?;
        let (document, pinned, place) = document(&self.0, rule).await?;
        let report = checking::check(&self.0.tasks, document).await?;
        let rule = report
            .into_rule()
            .map_err(|findings| checking::refusal(findings, place))?;
        check_results(&rule, &results)?;
        let company = company(&self.0, &rule).await?;
        let state = Arc::clone(&self.0);
        let subject = Subject {
            rule,
            event,
            company,
            pinned,
        };
        Ok(aside(move || subject.simulate(&state, &results)).await??)
    }
}

/// The document to try out, its version, and where it stands in the request.
async fn document(state: &State, rule: RequestedRule) -> Result<(Value, PinnedRule, &'static str), Problem> {
    match rule {
        RequestedRule::Inline(document) => {
            let pinned = PinnedRule {
                rule_id: state.ids.next(),
                version: 1,
            };
            Ok((document, pinned, "/rule"))
        }
        RequestedRule::Stored { rule_id, version } => {
            let rule = find_rule(state, rule_id).await?;
            let pinned = PinnedRule {
                rule_id,
                version: version.unwrap_or(rule.latest_version),
            };
            let version = find_version(state, pinned).await?;
            Ok((document_of(&version)?, pinned, ""))
        }
    }
}

/// Results are for the rule's tasks: one that could not be used is refused, and not forgotten.
fn check_results(rule: &CheckedRule, results: &BTreeMap<String, TaskResult>) -> Result<(), Problem> {
    let faults: Vec<FieldError> = results
        .keys()
        .filter_map(|node_id| fault(rule, node_id))
        .collect();
    match faults.first() {
        None => Ok(()),
        Some(first) => {
            let detail = first.detail.clone();
            Err(Problem::unprocessable("invalid_task_results", detail).with_errors(faults))
        }
    }
}

fn fault(rule: &CheckedRule, node_id: &str) -> Option<FieldError> {
    let place = Pointer::root().child("task_results").child(node_id);
    let nodes = &rule.document.nodes;
    match nodes
        .iter()
        .find(|node| node.id == node_id)
        .map(|node| &node.kind)
    {
        Some(NodeKind::Task(_)) => None,
        Some(NodeKind::Condition(_)) => {
            let detail = format!("`{node_id}` is a condition: the event decides how it comes out.");
            Some(FieldError::new(place.as_str(), "not_a_task", detail))
        }
        None => {
            let hint = spelling::hint(node_id, nodes.iter().map(|node| node.id.as_str()));
            let shown: String = node_id.chars().take(64).collect();
            Some(FieldError::new(
                place.as_str(),
                "unknown_node",
                format!("There is no node `{shown}`.{hint}"),
            ))
        }
    }
}

/// The rule's company, or one with the defaults where it is unknown.
async fn company(state: &State, rule: &CheckedRule) -> Result<Company, Problem> {
    let company_id = rule.document.company_id;
    let found = state
        .store
        .find_company(company_id)
        .await
        .map_err(problems::of_store)?;
    let company = found.unwrap_or_else(|| default_company(state, company_id));
    Ok(Company {
        company_id,
        name: company.name,
        plan: company.plan,
        region: company.region,
        currency: company.currency,
    })
}

struct Subject {
    rule: CheckedRule,
    event: Value,
    company: Company,
    pinned: PinnedRule,
}

impl Subject {
    fn simulate(
        &self,
        state: &State,
        results: &BTreeMap<String, TaskResult>,
    ) -> Result<RawJson<Simulation>, Problem> {
        let subject = RunSubject {
            plan: &self.rule.plan,
            event: &self.event,
            company: &self.company,
            run_id: state.ids.next(),
            rule_id: self.pinned.rule_id,
            rule_version: self.pinned.version,
            accepted_at: state.clock.now(),
        };
        let simulated = tasks::simulate(&state.tasks, subject, results, &mut || state.ids.next());
        let simulation = simulated.map_err(|error: SimulationError| Problem::internal(error))?;
        stored_json::write(&shown(&simulation)?)
    }
}

/// A simulation as the API shows it.
fn shown(simulation: &tasks::Simulation) -> Result<Simulation, Problem> {
    let text = |value: &Value| JsonText::of(value).map_err(Problem::internal);
    Ok(Simulation {
        status: simulation.status.to_owned(),
        error: (!simulation.error.is_null())
            .then(|| text(&simulation.error))
            .transpose()?,
        nodes: text(&simulation.nodes)?,
        transactions: simulation
            .transactions
            .iter()
            .map(text)
            .collect::<Result<_, _>>()?,
        events: simulation.events.iter().map(text).collect::<Result<_, _>>()?,
    })
}
