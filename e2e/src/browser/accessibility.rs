//! What axe-core finds: breaches of the Web Content Accessibility Guidelines (<https://github.com/dequelabs/axe-core>).

use std::fmt;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

use super::Browser;

/// Violations alone, of the rules that are more than opinions.
const RUN: &str = "const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
    ({ violations }) => done(violations.map(({ id, impact, help, nodes }) => ({
        id, impact, help,
        nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`),
    }))),
    (error) => done(String(error)),
)";

/// A rule that a page breaks.
#[derive(Debug, Clone, Deserialize)]
pub struct Violation {
    /// The rule.
    pub id: String,
    /// How bad that is: `minor`, `moderate`, `serious` or `critical`.
    pub impact: Option<String>,
    /// The rule in words.
    pub help: String,
    /// Where.
    pub nodes: Vec<String>,
}

impl Violation {
    /// Whether it keeps people out.
    pub fn is_serious(&self) -> bool {
        matches!(self.impact.as_deref(), Some("serious" | "critical"))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let impact = self.impact.as_deref().unwrap_or("unknown");
        writeln!(formatter, "{} ({impact}): {}", self.id, self.help)?;
        for node in &self.nodes {
            writeln!(formatter, "  {node}")?;
        }
        Ok(())
    }
}

impl Browser {
    /// What axe-core finds on the page as it is now.
    ///
    /// # Errors
    ///
    /// If axe-core is not there, or fails.
    pub async fn violations(&self) -> anyhow::Result<Vec<Violation>> {
        let file = script_file()?;
        let script = std::fs::read_to_string(&file)
            .with_context(|| format!("{} is not there: `scripts/axe` fetches it", file.display()))?;
        let () = self.session.script(&script, &[]).await?;
        let found: Value = self.session.asynchronous_script(RUN, &[]).await?;
        serde_json::from_value(found.clone()).with_context(|| format!("axe-core answered {found}"))
    }
}

/// Where `scripts/axe` puts it: in the target directory, two folders above this test's own program.
fn script_file() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own
        .ancestors()
        .nth(3)
        .context("a test is built three folders deep")?;
    Ok(target.join("axe/node_modules/axe-core/axe.min.js"))
}
