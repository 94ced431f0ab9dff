//! From Rust to WebAssembly with its bindings to the browser.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};
use ui_manifest::Effort;
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    report,
    workspace::{CRATE, ENGINE, Workspace, cargo},
};

const TARGET: &str = "wasm32-unknown-unknown";

/// The application as a browser takes it.
pub(crate) struct Bound {
    /// The module that loads the WebAssembly and hands it what it calls.
    pub(crate) script: String,
    /// The WebAssembly.
    pub(crate) wasm: Vec<u8>,
}

/// All that is compiled.
pub(crate) struct Modules {
    /// The application as it is loaded first.
    pub(crate) pages: Bound,
    /// The application with the pages that draw graphs.
    pub(crate) canvas: Bound,
    /// The application with the pages of money.
    pub(crate) money: Bound,
    /// The checks.
    pub(crate) engine: Bound,
}

pub(crate) fn build(workspace: &Workspace, effort: Effort) -> anyhow::Result<Modules> {
    ensure_target()?;
    let folder = compile(workspace, profile(effort))?;
    report::say("binding it to the browser");
    Ok(Modules {
        pages: bind(&folder.join("composer-ui-pages.wasm"))?,
        canvas: bind(&folder.join("composer-ui-canvas.wasm"))?,
        money: bind(&folder.join("composer-ui-money.wasm"))?,
        engine: bind(&folder.join("ui_engine.wasm"))?,
    })
}

/// The profile of the workspace's `Cargo.toml`.
fn profile(effort: Effort) -> &'static str {
    match effort {
        Effort::Full => "ui",
        Effort::Quick => "ui-quick",
    }
}

fn bind(compiled: &Path) -> anyhow::Result<Bound> {
    fs::metadata(compiled).with_context(|| format!("{} is not there", compiled.display()))?;
    let mut bindgen = Bindgen::new();
    let mut output = bindgen
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a dependency brings JavaScript of its own, which is not bundled here"
    );
    let script = output.js().to_owned();
    Ok(Bound {
        script,
        wasm: output.wasm_mut().emit_wasm(),
    })
}

/// Installs the standard library for WebAssembly unless it is there.
fn ensure_target() -> anyhow::Result<()> {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("rustc cannot be run")?;
    let folder = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
    if folder.is_dir() {
        return Ok(());
    }
    report::say("installing the standard library for WebAssembly");
    let added = Command::new("rustup").args(["target", "add", TARGET]).status();
    let advice =
        "the standard library for WebAssembly is missing: install Rust's target wasm32-unknown-unknown";
    ensure!(added.context(advice)?.success(), advice);
    Ok(())
}

/// Compiles the crates, in a target directory of its own: the outer cargo holds the lock on the other one. Answers the
/// folder of the results.
///
/// One after the other: built at once, both would get the features of dependencies that either of them asks for, and the
/// pages would carry what only the checks need.
fn compile(workspace: &Workspace, profile: &str) -> anyhow::Result<PathBuf> {
    let target = workspace.target.join("ui/build");
    for (name, kind) in [(CRATE, "--bins"), (ENGINE, "--lib")] {
        let status = Command::new(cargo())
            .args(["build", "--locked", "--package", name, kind])
            .args(["--target", TARGET, "--profile", profile])
            .arg("--target-dir")
            .arg(&target)
            .current_dir(&workspace.root)
            // Instead of flags that are meant for this machine's processor, and mean nothing to WebAssembly.
            .env("CARGO_ENCODED_RUSTFLAGS", flags(workspace))
            .stdin(Stdio::null())
            .status()
            .context("cargo cannot be run")?;
        ensure!(status.success(), "{name} does not compile for WebAssembly");
    }
    Ok(target.join(TARGET).join(profile))
}

/// What the compiler is told, separated as cargo wants it.
fn flags(workspace: &Workspace) -> String {
    let mut flags = vec![
        // Leptos then forgets a component's type where it is used, instead of building each place for each type: a tenth
        // less to load.
        "--cfg=erase_components".to_owned(),
    ];
    // Where things lie on this machine is nobody's business, and would make every machine's build another one.
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = cargo_home.map(|home| home.join("registry/src"));
    for folder in sources.iter().chain([&workspace.root]) {
        flags.push(format!("--remap-path-prefix={}=", folder.display()));
    }
    flags.join("\u{1f}")
}
