//! wasm-opt, which makes the module a good deal smaller. It comes from npm, pinned by a lock file, into the target
//! directory. Without npm the application is built all the same, only larger.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};

use crate::{report, workspace::Workspace};

const LOCK_FILES: [&str; 2] = ["package.json", "package-lock.json"];
/// What Rust's compiler takes for granted of a browser.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

pub(crate) fn optimize(workspace: &Workspace, wasm: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    let Some(tool) = installed(workspace)? else {
        report::say("without npm there is no wasm-opt: the application is larger than it could be");
        return Ok(wasm);
    };
    report::say("optimizing it for size");
    let folder = workspace.target.join("ui");
    let (input, output) = (folder.join("bound.wasm"), folder.join("optimized.wasm"));
    fs::write(&input, &wasm)?;
    let status = Command::new("node")
        .arg(tool)
        .args(["-Oz", "--strip-debug", "--strip-producers"])
        .args(FEATURES)
        .arg(&input)
        .arg("-o")
        .arg(&output)
        .status()
        .context("node cannot be run")?;
    ensure!(status.success(), "wasm-opt does not take the module");
    fs::read(&output).context("wasm-opt left nothing behind")
}

/// wasm-opt of the pinned version, installed unless it is there; none where there is no npm.
fn installed(workspace: &Workspace) -> anyhow::Result<Option<PathBuf>> {
    let pinned = workspace.root.join("ui-build/tools");
    let folder = workspace.target.join("ui/tools");
    let tool = folder.join("node_modules/binaryen/bin/wasm-opt");
    if tool.exists() && is_same(&pinned, &folder)? {
        return Ok(Some(tool));
    }
    let has_npm = Command::new("npm")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !has_npm.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    report::say("installing wasm-opt");
    fs::create_dir_all(&folder)?;
    for name in LOCK_FILES {
        fs::copy(pinned.join(name), folder.join(name)).with_context(|| format!("{name} cannot be copied"))?;
    }
    let status = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(&folder)
        .stdout(Stdio::null())
        .status()
        .context("npm cannot be run")?;
    ensure!(
        status.success(),
        "npm cannot install wasm-opt (package `binaryen`)"
    );
    Ok(Some(tool))
}

fn is_same(pinned: &Path, folder: &Path) -> anyhow::Result<bool> {
    for name in LOCK_FILES {
        if fs::read(folder.join(name)).ok() != Some(fs::read(pinned.join(name))?) {
            return Ok(false);
        }
    }
    Ok(true)
}
