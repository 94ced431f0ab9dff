//! Builds the browser application: WebAssembly and its bindings, style sheets, the page, each compressed and named by
//! its hash, with a manifest that says which sources they come from. Nothing is done while that manifest is current.
//!
//! `--quick` builds it in seconds instead of minutes, several times as large: for whoever works on it. `--limit` fails if
//! the first visit would load more than it may: for those who change it. Who only builds it gets what there is.
//!
//! The result lies in `ui/dist` of the target directory; the crate `ui-assets` puts it into the binary.

mod bundle;
mod compression;
mod examples;
mod first_load;
mod report;
mod style;
mod wasm;
mod workspace;

use std::{env, fs, path::Path, process::ExitCode};

use anyhow::{Context as _, bail, ensure};
use ui_manifest::{DIST_FOLDER, Effort, FILE_NAME, Manifest, source_hash};

use crate::workspace::Workspace;

fn main() -> ExitCode {
    match asked(env::args().skip(1)).and_then(|request| answer(&request)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::say(&format!("failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// What the arguments ask for.
#[derive(Debug, PartialEq)]
enum Request {
    /// A build, with more or less effort.
    Build(Effort),
    /// A build with all effort, whose first load stays below its limit.
    Limited,
}

fn asked(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Request> {
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(Request::Build(Effort::Full)),
        (Some("--quick"), None) => Ok(Request::Build(Effort::Quick)),
        (Some("--limit"), None) => Ok(Request::Limited),
        (Some(other), _) => bail!("`{other}` is not understood: there is `--quick`, `--limit`, or nothing"),
    }
}

fn answer(request: &Request) -> anyhow::Result<()> {
    match request {
        Request::Build(effort) => build(*effort).map(|_| ()),
        Request::Limited => first_load::hold(&build(Effort::Full)?),
    }
}

fn build(effort: Effort) -> anyhow::Result<Manifest> {
    let workspace = Workspace::find()?;
    let sources = workspace.sources()?;
    let hash = source_hash(&workspace.root, &sources).context("the sources cannot be read")?;
    let dist = workspace.target.join(DIST_FOLDER);
    // A manifest that cannot be read is as good as none.
    let known = Manifest::read(&dist).unwrap_or_default();
    let is_current =
        |known: &Manifest| known.source_hash == hash && known.sources == sources && known.effort >= effort;
    if let Some(known) = known.filter(is_current) {
        report::say("the browser application is up to date");
        return Ok(known);
    }
    report::say(match effort {
        Effort::Full => "building the browser application (the first time takes some minutes)",
        Effort::Quick => "building the browser application, quick and large",
    });
    let styles = workspace.root.join("composer-ui/styles");
    let parts = bundle::Parts {
        modules: wasm::build(&workspace, effort)?,
        web: workspace.root.join("composer-ui/web"),
        style: style::sheet(&styles)?,
        canvas_style: style::sheet(&styles.join("canvas"))?,
        money_style: style::sheet(&styles.join("money"))?,
        examples: examples::by_name(&workspace.root.join("examples/rules"))?,
    };
    let manifest = Manifest {
        source_hash: hash,
        effort,
        files: replace(&dist, |folder| bundle::write(&parts, effort, folder))?,
        sources,
    };
    let now = source_hash(&workspace.root, &manifest.sources).context("the sources cannot be read")?;
    ensure!(
        now == manifest.source_hash,
        "the sources changed while they were built: build again"
    );
    // Written last: files without a manifest are not served.
    fs::write(dist.join(FILE_NAME), serde_json::to_string_pretty(&manifest)?)?;
    report::sizes(&manifest);
    Ok(manifest)
}

/// Fills a new folder beside `folder` and then puts it in its place.
fn replace<T>(folder: &Path, fill: impl FnOnce(&Path) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let new = folder.with_extension("new");
    for stale in [&new, folder] {
        if stale.exists() {
            fs::remove_dir_all(stale).with_context(|| format!("{} cannot be removed", stale.display()))?;
        }
    }
    fs::create_dir_all(&new).with_context(|| format!("{} cannot be made", new.display()))?;
    let filled = fill(&new)?;
    fs::rename(&new, folder).with_context(|| format!("{} cannot be put in place", folder.display()))?;
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_named() {
        let asked = |arguments: &[&str]| asked(arguments.iter().map(ToString::to_string));
        assert_eq!(asked(&[]).unwrap(), Request::Build(Effort::Full));
        assert_eq!(asked(&["--quick"]).unwrap(), Request::Build(Effort::Quick));
        assert_eq!(asked(&["--limit"]).unwrap(), Request::Limited);
        assert!(asked(&["--fast"]).unwrap_err().to_string().contains("--fast"));
        assert!(asked(&["--quick", "--fast"]).is_err());
    }
}
