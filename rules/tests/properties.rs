//! What holds of every run: its outcome is a matter of the rule, the event and its tasks' answers, and of
//! nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rules::model::{Document, EdgeState, Node, NodeKind, Quantifier};
use rules::{CheckedRule, EndStatus, Execution, NodeState, Plan, Progress, Report, RunFault};
use serde_json::Value;
use support::cases::{Aborts, Case, cases};
use support::catalogue::Tasks;
use support::genes::{Genes, genes};
use support::stepping::{Ended, step};

/// Every task answers at once.
const AT_ONCE: &[u16] = &[];

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn accepted(document: &Value) -> CheckedRule {
    rules::check(document, &Tasks).into_rule().unwrap()
}

/// All that a run comes to, except the order of things.
#[derive(Debug, PartialEq)]
struct Outcome {
    nodes: BTreeMap<String, Value>,
    end: (EndStatus, Option<RunFault>),
    calls: BTreeMap<String, Value>,
    to_undo: BTreeSet<String>,
}

fn outcome(ended: &Ended<'_>) -> Outcome {
    let plan = ended.execution.plan();
    let id = |position| plan.node_id(position).unwrap().to_owned();
    let records = ended.execution.records().iter().enumerate();
    let calls = ended.calls.iter();
    Outcome {
        nodes: records
            .map(|(position, record)| (id(position), serde_json::to_value(record).unwrap()))
            .collect(),
        end: ended.end(),
        calls: calls
            .map(|call| (call.node_id.to_owned(), call.input.clone().into()))
            .collect(),
        to_undo: ended.execution.to_compensate().into_iter().map(id).collect(),
    }
}

/// Steps a plan to its end, taking every step twice: once on a copy that is thrown away.
fn step_with_repeats<'p>(plan: &'p Plan, case: &Case) -> Ended<'p> {
    let context = case.context();
    let mut execution = Execution::new(plan);
    let mut calls = Vec::new();
    let mut steps = 0;
    loop {
        steps += 1;
        let mut thrown_away = execution.clone();
        let first = thrown_away.advance(&context);
        let second = execution.advance(&context);
        assert_eq!(first, second);
        match second {
            Progress::Task(call) => {
                execution
                    .clone()
                    .settle(call.position, case.outcome(call.node_id));
                execution.settle(call.position, case.outcome(call.node_id));
                let settled = execution.records().to_vec();
                execution.settle(
                    call.position,
                    rules::TaskOutcome::Success("another answer".into()),
                );
                execution.settle(call.position, rules::TaskOutcome::Waiting);
                assert_eq!(execution.records(), settled);
                calls.push(call);
            }
            Progress::Waiting => panic!("nothing is out"),
            Progress::Ended => {
                assert_eq!(execution.advance(&context), Progress::Ended);
                return Ended {
                    execution,
                    calls,
                    steps,
                };
            }
        }
    }
}

/// Whether the edges of a node let it run, by how their sources settled.
fn edges_let_run(node: &Node, states: &BTreeMap<&str, NodeState>) -> bool {
    let mut satisfied = node.depends_on.iter().map(|edge| {
        let asked = match edge.state {
            EdgeState::Success => NodeState::Success,
            EdgeState::Failure => NodeState::Failure,
            EdgeState::Error => NodeState::Error,
            EdgeState::Any => return states[edge.node_id.as_str()] != NodeState::Skipped,
        };
        states[edge.node_id.as_str()] == asked
    });
    match node.join {
        Quantifier::All => satisfied.all(|satisfied| satisfied),
        Quantifier::Any => node.depends_on.is_empty() || satisfied.any(|satisfied| satisfied),
    }
}

/// The last wave that the run reached.
fn last_wave(ended: &Ended<'_>) -> u32 {
    let plan = ended.execution.plan();
    match ended.end() {
        (EndStatus::Aborted, Some(fault)) => plan.wave(plan.position(&fault.node_id).unwrap()).unwrap(),
        _ => u32::MAX,
    }
}

fn states<'d>(document: &'d Document, ended: &Ended<'_>) -> BTreeMap<&'d str, NodeState> {
    let ids = document.nodes.iter().map(|node| node.id.as_str());
    ids.zip(ended.execution.records().iter().map(|record| record.state))
        .collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_of_the_document_does_not_matter(case in cases(Aborts::Possible), order in genes(256)) {
        let mut other = case.document.clone();
        Genes::new(&order).shuffle(other["rules"].as_array_mut().unwrap());
        let (rule, other) = (accepted(&case.document), accepted(&other));
        let (ended, other) = (
            step(&rule.plan, &case, &mut Genes::new(AT_ONCE)),
            step(&other.plan, &case, &mut Genes::new(AT_ONCE)),
        );
        prop_assert_eq!(outcome(&ended), outcome(&other));
        let ids = |ended: &Ended<'_>| ended.calls.iter().map(|call| call.node_id.to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(ids(&ended), ids(&other));
        let undo = |ended: &Ended<'_>| {
            let positions = ended.execution.to_compensate().into_iter();
            positions.map(|position| ended.execution.plan().node_id(position).unwrap().to_owned()).collect::<Vec<_>>()
        };
        prop_assert_eq!(undo(&ended), undo(&other));
    }

    #[test]
    fn the_order_of_answers_does_not_matter(case in cases(Aborts::Never), order in genes(256)) {
        let rule = accepted(&case.document);
        let at_once = step(&rule.plan, &case, &mut Genes::new(AT_ONCE));
        let later = step(&rule.plan, &case, &mut Genes::new(&order));
        prop_assert_eq!(outcome(&at_once), outcome(&later));
    }

    #[test]
    fn a_repeated_step_changes_nothing(case in cases(Aborts::Possible)) {
        let rule = accepted(&case.document);
        let once = step(&rule.plan, &case, &mut Genes::new(AT_ONCE));
        prop_assert_eq!(outcome(&once), outcome(&step_with_repeats(&rule.plan, &case)));
    }

    #[test]
    fn every_run_ends_soon_and_calls_each_task_once(case in cases(Aborts::Possible), order in genes(256)) {
        let CheckedRule { document, plan } = accepted(&case.document);
        let ended = step(&plan, &case, &mut Genes::new(&order));
        prop_assert!(ended.execution.records().iter().all(|record| record.state.is_settled()));
        // One step for each call, one for each wait for an answer, one that finds the end.
        prop_assert!(ended.steps <= 2 * ended.calls.len() + 1, "{} steps", ended.steps);
        let called: Vec<usize> = ended.calls.iter().map(|call| call.position).collect();
        let distinct: BTreeSet<usize> = called.iter().copied().collect();
        prop_assert_eq!(called.len(), distinct.len());
        let records = document.nodes.iter().zip(ended.execution.records()).enumerate();
        for (position, (node, record)) in records {
            let is_task = matches!(node.kind, NodeKind::Task(_));
            let was_called = distinct.contains(&position);
            prop_assert_eq!(was_called, is_task && record.state != NodeState::Skipped, "{}", &node.id);
            prop_assert_eq!(record.attempts, u32::from(record.state != NodeState::Skipped));
        }
    }

    #[test]
    fn a_node_runs_if_its_edges_let_it_and_no_abort_came_first(case in cases(Aborts::Possible)) {
        let CheckedRule { document, plan } = accepted(&case.document);
        let ended = step(&plan, &case, &mut Genes::new(AT_ONCE));
        let (last_wave, states) = (last_wave(&ended), states(&document, &ended));
        for (position, node) in document.nodes.iter().enumerate() {
            let in_time = plan.wave(position).unwrap() <= last_wave;
            let runs = states[node.id.as_str()] != NodeState::Skipped;
            prop_assert_eq!(runs, in_time && edges_let_run(node, &states), "{}", &node.id);
        }
    }

    /// Also while aborts race with answers: nothing runs that its edges do not let run.
    #[test]
    fn no_node_runs_against_its_edges(case in cases(Aborts::Possible), order in genes(256)) {
        let CheckedRule { document, plan } = accepted(&case.document);
        let ended = step(&plan, &case, &mut Genes::new(&order));
        let states = states(&document, &ended);
        for node in &document.nodes {
            let runs = states[node.id.as_str()] != NodeState::Skipped;
            prop_assert!(!runs || edges_let_run(node, &states), "{}", &node.id);
        }
    }

    #[test]
    fn what_is_said_never_to_run_never_runs(case in cases(Aborts::Possible), order in genes(256)) {
        let Report { warnings, rule, .. } = rules::check(&case.document, &Tasks);
        let plan = rule.unwrap().plan;
        let ended = step(&plan, &case, &mut Genes::new(&order));
        for warning in warnings.iter().filter(|warning| ["never_runs", "after_abort"].contains(&warning.code)) {
            let position: usize = warning.pointer.strip_prefix("/rules/").unwrap().parse().unwrap();
            prop_assert_eq!(ended.execution.records()[position].state, NodeState::Skipped, "{}", &warning.detail);
        }
    }
}
