//! `moneyflow rules test`: examples, each a folder with a rule and its cases.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use indicatif::ProgressBar;
use rules::CheckedRule;
use serde_json::json;
use tasks::Tasks;
use tasks::example::Case;

use crate::commands::files;
use crate::output::{Failed, remark, say, say_json};

/// The rule of an example, and the folder of its cases.
const RULE: &str = "rule.json";
const CASES: &str = "cases";

pub(crate) fn run(paths: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let tasks = Tasks::built_in().map_err(anyhow::Error::msg)?;
    let mut cases = Vec::new();
    for path in paths {
        find_cases(path, &mut cases)?;
    }
    anyhow::ensure!(
        !cases.is_empty(),
        "there is no example here: expected folders with {RULE} and {CASES}/*.json"
    );
    let progress = ProgressBar::new(u64::try_from(cases.len()).unwrap_or(u64::MAX));
    let mut failed = 0_usize;
    for (rule, case) in &cases {
        progress.inc(1);
        let differences = test(rule, case, &tasks)?;
        failed += usize::from(!differences.is_empty());
        progress.suspend(|| report(case, &differences, json));
    }
    progress.finish_and_clear();
    if !json {
        say(format!("{} passed, {failed} failed", cases.len() - failed));
    }
    if failed == 0 { Ok(()) } else { Err(Failed.into()) }
}

fn report(case: &Path, differences: &[String], json: bool) {
    let name = case.display();
    if json {
        say_json(
            &json!({"case": name.to_string(), "passed": differences.is_empty(), "differences": differences}),
        );
    } else if differences.is_empty() {
        say(format!("ok      {name}"));
    } else {
        say(format!("FAILED  {name}"));
        for difference in differences {
            remark(format!("        {difference}"));
        }
    }
}

/// All cases at or below a folder, each with its rule, in the order of their names.
fn find_cases(path: &Path, cases: &mut Vec<(PathBuf, PathBuf)>) -> anyhow::Result<()> {
    let rule = path.join(RULE);
    if rule.is_file() {
        for case in sorted(&path.join(CASES))? {
            if case.extension().is_some_and(|extension| extension == "json") {
                cases.push((rule.clone(), case));
            }
        }
        return Ok(());
    }
    for below in sorted(path)? {
        if below.is_dir() {
            find_cases(&below, cases)?;
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = || {
        std::fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect()
    };
    let found: std::io::Result<Vec<PathBuf>> = read();
    let mut found = found.with_context(|| format!("{} cannot be read", folder.display()))?;
    found.sort();
    Ok(found)
}

/// Where an example does not do what it says.
fn test(rule: &Path, case: &Path, tasks: &Tasks) -> anyhow::Result<Vec<String>> {
    let checked = match rules::check(&files::read_json(rule)?, tasks).into_rule() {
        Ok(checked) => checked,
        Err(findings) => return Ok(findings.iter().map(|finding| told(rule, finding)).collect()),
    };
    let expected = match Case::from_json(&files::read_json(case)?) {
        Ok(expected) => expected,
        Err(findings) => return Ok(findings.iter().map(|finding| told(case, finding)).collect()),
    };
    run_case(&checked, &expected, tasks)
}

fn run_case(rule: &CheckedRule, case: &Case, tasks: &Tasks) -> anyhow::Result<Vec<String>> {
    let company = super::company(rule.document.company_id)?;
    let simulation = case.simulate(tasks, &rule.plan, &company)?;
    Ok(case.differences(&simulation))
}

fn told(file: &Path, finding: &rules::Finding) -> String {
    format!(
        "{}: {}: {} [{}]",
        file.display(),
        finding.pointer,
        finding.detail,
        finding.code
    )
}
