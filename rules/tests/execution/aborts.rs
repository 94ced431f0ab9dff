//! How a run is ended before its time.

use rules::{EndStatus, Progress};
use serde_json::json;

use super::play::{Play, abort, condition, rule, task};

#[test]
fn an_abort_finishes_its_wave_and_skips_all_later_ones() {
    let nodes = json!([
        task("first", &[], json!({})),
        abort("m_stop", &["first=success"]),
        task("a_beside", &["first=success"], json!({})),
        task("z_beside", &["first=success"], json!({})),
        task("later", &["z_beside=success"], json!({})),
        condition("asked", &["z_beside=success"]),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"asked": "yes"}), &[]);
    let states = ["first", "a_beside", "m_stop", "z_beside", "later", "asked"].map(|id| play.state(id));
    assert_eq!(
        states,
        ["success", "success", "success", "success", "skipped", "skipped"]
    );
    assert_eq!(play.status(), EndStatus::Aborted);
    assert!(play.record("asked").comparisons.is_empty());
}

#[test]
fn a_task_without_dependencies_runs_although_another_branch_is_aborted() {
    let nodes = json!([
        condition("product", &[]),
        abort("stop", &["product=failure"]),
        task("royalty", &[], json!({})),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({"product": "no"}), &[]);
    assert_eq!(
        ["stop", "royalty"].map(|id| play.state(id)),
        ["success", "success"]
    );
    assert_eq!(play.status(), EndStatus::Aborted);
}

#[test]
fn a_slow_branch_is_skipped_in_later_waves() {
    let nodes = json!([
        task("slow", &[], json!({})),
        task("beside", &["slow=success"], json!({})),
        task("after", &["beside=success"], json!({})),
        task("quick", &[], json!({})),
        abort("stop", &["quick=success"]),
    ]);
    let rule = rule(&nodes);
    let mut play = Play::new(&rule.plan, &json!({}));
    assert_eq!(play.next_call(), Some("quick"));
    play.succeed("quick", json!({}));
    assert_eq!(play.next_call(), Some("slow"));
    play.wait("slow");
    assert_eq!(play.next_call(), Some("stop"));
    play.succeed("stop", json!({}));
    // What is out is waited for; what could not start with the abort's wave does not start any more.
    assert_eq!(play.advance(), Progress::Waiting);
    assert_eq!(
        ["slow", "beside", "after"].map(|id| play.state(id)),
        ["waiting", "skipped", "skipped"]
    );
    play.succeed("slow", json!({}));
    assert_eq!(play.advance(), Progress::Ended);
    assert_eq!(
        ["slow", "beside", "after"].map(|id| play.state(id)),
        ["success", "skipped", "skipped"]
    );
    assert_eq!(play.status(), EndStatus::Aborted);
}

#[test]
fn an_abort_says_its_reason() {
    let rule = rule(&json!([abort("stop", &[])]));
    let mut play = Play::new(&rule.plan, &json!({}));
    assert_eq!(play.next_call(), Some("stop"));
    play.succeed("stop", json!({"reason": "not a product"}));
    let fault = play.fault();
    assert_eq!(
        (
            fault.code.as_str(),
            fault.message.as_str(),
            fault.node_id.as_str()
        ),
        ("aborted", "not a product", "stop")
    );
}

#[test]
fn an_abort_that_fails_aborts_nothing() {
    let rule = rule(&json!([
        abort("stop", &[]),
        task("after", &["stop=any"], json!({}))
    ]));
    let play = Play::to_end(&rule.plan, &json!({}), &["stop"]);
    assert_eq!(
        (play.status(), play.state("after")),
        (EndStatus::Failed, "success")
    );
}

#[test]
fn on_failure_abort_ends_the_run_whatever_depends_on_it() {
    let nodes = json!([
        task("a", &[], json!({"on_failure": "abort"})),
        task("handler", &["a=failure"], json!({})),
        task("finally", &["a=any"], json!({})),
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({}), &["a"]);
    assert_eq!(
        ["a", "handler", "finally"].map(|id| play.state(id)),
        ["failure", "skipped", "skipped"]
    );
    let fault = play.fault();
    assert_eq!(
        (play.status(), fault.code.as_str(), fault.node_id.as_str()),
        (EndStatus::Aborted, "declined", "a")
    );
    let well = Play::to_end(&rule.plan, &json!({}), &[]);
    assert_eq!(
        (well.status(), well.state("finally")),
        (EndStatus::Succeeded, "success")
    );
}

#[test]
fn aborted_outranks_failed() {
    let nodes = json!([
        task("a", &[], json!({})),
        task("b", &[], json!({})),
        abort("stop", &["b=success"])
    ]);
    let rule = rule(&nodes);
    let play = Play::to_end(&rule.plan, &json!({}), &["a"]);
    assert_eq!(
        (play.status(), play.fault().node_id.as_str()),
        (EndStatus::Aborted, "stop")
    );
}

#[test]
fn of_two_aborts_the_first_is_the_runs() {
    let rule = rule(&json!([abort("b", &[]), abort("a", &[])]));
    let play = Play::to_end(&rule.plan, &json!({}), &[]);
    assert_eq!(["a", "b"].map(|id| play.state(id)), ["success", "success"]);
    assert_eq!(play.fault().node_id, "a");
}

/// Whichever comes first in time: nothing that waits for a node that ends the run ever runs.
#[test]
fn an_abort_that_comes_late_in_an_earlier_wave_holds() {
    let nodes = json!([
        task("slow", &[], json!({"on_failure": "abort"})),
        task("handler", &["slow=failure"], json!({})),
        task("quick", &[], json!({})),
        task("between", &["quick=success"], json!({})),
        abort("stop", &["between=success"]),
    ]);
    let rule = rule(&nodes);
    let mut play = Play::new(&rule.plan, &json!({}));
    for id in ["quick", "slow", "between", "stop"] {
        assert_eq!(play.next_call(), Some(id));
        if id == "slow" {
            play.wait(id);
        } else {
            play.succeed(id, json!({}));
        }
    }
    assert_eq!(play.advance(), Progress::Waiting);
    play.fail("slow");
    assert_eq!(play.advance(), Progress::Ended);
    assert_eq!(
        ["slow", "handler", "stop"].map(|id| play.state(id)),
        ["failure", "skipped", "success"]
    );
    assert_eq!(
        (play.status(), play.fault().node_id.as_str()),
        (EndStatus::Aborted, "slow")
    );
}
