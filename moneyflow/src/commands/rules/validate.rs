//! `moneyflow rules validate`: everything that is wrong with rules.

use std::path::{Path, PathBuf};

use rules::{Finding, Pointer, Report};
use serde_json::json;
use tasks::Tasks;

use crate::commands::files;
use crate::output::{Failed, remark, say, say_json};

pub(crate) fn run(paths: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let tasks = Tasks::built_in().map_err(anyhow::Error::msg)?;
    let mut all_valid = true;
    for path in paths {
        let report = check(path, &tasks);
        all_valid &= report.findings.is_empty();
        if json {
            say_json(&json!({
                "file": path.display().to_string(),
                "valid": report.findings.is_empty(),
                "findings": report.findings,
                "warnings": report.warnings,
            }));
        } else {
            tell(path, &report);
        }
    }
    if all_valid { Ok(()) } else { Err(Failed.into()) }
}

/// What is wrong with a file; one that cannot be read, or is no JSON, is wrong as a whole.
fn check(path: &Path, tasks: &Tasks) -> Report {
    match files::read_json(path) {
        Ok(document) => rules::check(&document, tasks),
        Err(error) => Report {
            findings: vec![Finding::at(&Pointer::root(), "unreadable", format!("{error:#}"))],
            warnings: Vec::new(),
            rule: None,
        },
    }
}

fn tell(path: &Path, report: &Report) {
    let line = |kind: &str, finding: &Finding| {
        format!(
            "{}: {kind}: {}: {} [{}]",
            path.display(),
            finding.pointer,
            finding.detail,
            finding.code
        )
    };
    report
        .findings
        .iter()
        .for_each(|finding| remark(line("error", finding)));
    report
        .warnings
        .iter()
        .for_each(|warning| remark(line("warning", warning)));
    let verdict = if report.findings.is_empty() {
        "valid"
    } else {
        "refused"
    };
    say(format!("{}: {verdict}", path.display()));
}
