//! The rule language, written a second time: slowly, by recursion, over the document as it stands. Whatever
//! rule, event and answers chance brings, both must tell the same story, node by node.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod compare;
mod decimal;
mod path;
mod run;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rules::{EndStatus, NodeRecord, Operator, Plan, TaskCall};
use run::{Settled, Story, tell};
use support::cases::{Aborts, Case, cases};
use support::catalogue::Tasks;
use support::genes::Genes;
use support::stepping::{Ended, step};

/// The story that `rules` tells.
fn told_by_rules(plan: &Plan, case: &Case) -> Story {
    let ended = step(plan, case, &mut Genes::new(&[]));
    let (status, fault) = ended.end();
    let ids = (0..plan.len()).map(|position| plan.node_id(position).unwrap().to_owned());
    let settled = ended.execution.records().iter().map(settled);
    Story {
        nodes: ids.zip(settled).collect(),
        status: match status {
            EndStatus::Succeeded => "succeeded",
            EndStatus::Failed => "failed",
            EndStatus::Aborted => "aborted",
        },
        fault: fault.map(|fault| fault.node_id),
        undone: undone(&ended, case),
        calls: ended.calls.into_iter().map(call).collect(),
    }
}

fn settled(record: &NodeRecord) -> Settled {
    let compared = record.comparisons.iter();
    Settled {
        state: record.state.as_str(),
        output: record.output.clone().unwrap_or_default(),
        error_code: record.error.as_ref().map(|error| error.code.clone()),
        compared: compared
            .map(|comparison| (comparison.actual.clone(), comparison.holds))
            .collect(),
    }
}

fn undone(ended: &Ended<'_>, case: &Case) -> Vec<(String, serde_json::Value)> {
    let context = case.context();
    let mut execution = ended.execution.clone();
    let positions = execution.to_compensate().into_iter();
    positions
        .map(|position| call(execution.compensation(position, &context).unwrap().unwrap()))
        .collect()
}

fn call(call: TaskCall<'_>) -> (String, serde_json::Value) {
    (call.node_id.to_owned(), call.input.into())
}

fn any_case() -> impl Strategy<Value = Case> {
    prop_oneof![3 => cases(Aborts::Possible), 1 => cases(Aborts::Never)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_tell_the_same_story(case in any_case()) {
        let rule = rules::check(&case.document, &Tasks).into_rule();
        let rule = rule.map_err(|findings| TestCaseError::fail(format!("refused: {findings:#?}")))?;
        prop_assert_eq!(told_by_rules(&rule.plan, &case), tell(&case));
    }
}

/// Agreeing on little would prove little: the cases must bring every end, state and verdict.
#[test]
fn the_cases_leave_nothing_out() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..512 {
        let case = any_case().new_tree(&mut runner).unwrap().current();
        let story = tell(&case);
        seen.insert(story.status.to_owned());
        for node in case.document["rules"].as_array().unwrap() {
            let settled = &story.nodes[node["node_id"].as_str().unwrap()];
            seen.insert(settled.state.to_owned());
            let operators = node["expect"].as_array().into_iter().flatten();
            for (expectation, (_, holds)) in operators.zip(&settled.compared) {
                seen.insert(format!("{} {holds:?}", expectation["operator"].as_str().unwrap()));
            }
        }
    }
    let expected = [
        "succeeded",
        "failed",
        "aborted",
        "success",
        "failure",
        "error",
        "skipped",
    ];
    for expected in expected {
        assert!(seen.contains(expected), "no case brings {expected}");
    }
    // Only exponents beyond all measure make equality err; that is rare, and nothing makes `isnull` err.
    let hardly_errs = ["eq", "neq", "in", "nin", "isnull", "isnotnull"];
    for operator in Operator::ALL.map(Operator::as_str) {
        for verdict in ["Some(true)", "Some(false)", "None"] {
            let expected = format!("{operator} {verdict}");
            let exempt = verdict == "None" && hardly_errs.contains(&operator);
            assert!(exempt || seen.contains(&expected), "no case brings {expected}");
        }
    }
}
