//! Where things are, and what the application is built from, as cargo says.

use std::{
    collections::{BTreeSet, HashMap},
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// The crate that is built.
pub(crate) const CRATE: &str = "composer-ui";
/// What is built beside it: the checks, in a module of their own.
pub(crate) const ENGINE: &str = "ui-engine";
/// What counts besides the crate's folder and those that it depends on: versions, features and the profile, this tool,
/// and the examples, which the application carries.
const BESIDE: [&str; 5] = [
    "Cargo.lock",
    "Cargo.toml",
    "ui-build/src",
    "ui-manifest/src",
    "examples/rules",
];

/// The workspace that this tool is run in.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    packages: HashMap<String, Package>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` or `build`; none for what is linked.
    kind: Option<String>,
    path: Option<PathBuf>,
}

/// The cargo that runs this tool, or the one on the path.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Workspace {
    pub(crate) fn find() -> anyhow::Result<Self> {
        // Asked now, not when this tool was compiled: checkouts that share a target directory share the tool.
        let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let asked = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version=1"])
            .current_dir(here)
            .output()
            .context("cargo cannot be run")?;
        let complaint = String::from_utf8_lossy(&asked.stderr);
        ensure!(
            asked.status.success(),
            "cargo does not describe the workspace: {complaint}"
        );
        let found: Metadata = serde_json::from_slice(&asked.stdout)
            .context("cargo describes the workspace in words unknown")?;
        let packages = found
            .packages
            .into_iter()
            .map(|package| (package.name.clone(), package));
        Ok(Self {
            root: found.workspace_root,
            target: found.target_directory,
            packages: packages.collect(),
        })
    }

    /// What the application is built from, relative to the workspace.
    pub(crate) fn sources(&self) -> anyhow::Result<Vec<String>> {
        let mut sources: BTreeSet<String> = BESIDE.map(str::to_owned).into();
        for name in self.rooms() {
            let package = self
                .packages
                .get(name)
                .with_context(|| format!("there is no crate {name}"))?;
            let folder = package.manifest_path.parent().unwrap_or(Path::new("."));
            let folder = folder
                .strip_prefix(&self.root)
                .context("a room lies outside of the house")?;
            let parts = match name {
                CRATE => vec![folder.to_owned()],
                _ => ["Cargo.toml", "build.rs", "src"]
                    .map(|part| folder.join(part))
                    .into(),
            };
            let there = parts.iter().filter(|part| self.root.join(part).exists());
            sources.extend(there.map(|part| part.to_string_lossy().into_owned()));
        }
        Ok(sources.into_iter().collect())
    }

    /// The crates that are built and the workspace's crates that they depend on.
    fn rooms(&self) -> BTreeSet<&str> {
        let (mut rooms, mut open) = (BTreeSet::new(), vec![CRATE, ENGINE]);
        while let Some(name) = open.pop() {
            let Some(package) = rooms.insert(name).then(|| self.packages.get(name)).flatten() else {
                continue;
            };
            let needed = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.path.is_some() && dependency.kind.as_deref() != Some("dev"));
            open.extend(needed.map(|dependency| dependency.name.as_str()));
        }
        rooms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_are_the_crate_and_what_it_depends_on() {
        let sources = Workspace::find().unwrap().sources().unwrap();
        for expected in [
            "composer-ui",
            "Cargo.lock",
            "examples/rules",
            "ui-engine/src",
            "tasks/src",
        ] {
            assert!(sources.iter().any(|source| source == expected), "{sources:?}");
        }
        assert!(
            !sources.iter().any(|source| source.starts_with("moneyflow")),
            "{sources:?}"
        );
    }
}
