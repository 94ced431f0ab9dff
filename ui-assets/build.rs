//! Embeds the browser application if it was built from the sources that lie there now, and nothing otherwise: a build
//! that needs no application needs no browser tools, and a stale one is never served.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use ui_manifest::{BuiltFile, DIST_FOLDER, Manifest};

fn main() -> anyhow::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo says where to write")?);
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo says where the crate is")?);
    let workspace = here.parent().context("the crate lies in the workspace")?;
    let dist = target_directory(&out)?.join(DIST_FOLDER);
    // What is not there counts as changed each time, so it had better be there.
    fs::create_dir_all(&dist).with_context(|| format!("{} cannot be made", dist.display()))?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    let files = current_files(&dist, workspace)?;
    fs::write(out.join("assets.rs"), source(&dist, &files)?)?;
    Ok(())
}

/// `OUT_DIR` is `<target>[/<triple>]/<profile>/build/<package>/out`.
fn target_directory(out: &Path) -> anyhow::Result<PathBuf> {
    let folder = out
        .ancestors()
        .nth(4)
        .context("OUT_DIR is not in a target directory")?;
    let triple = env::var_os("TARGET").unwrap_or_default();
    let is_triple = folder.file_name() == Some(&triple);
    let target = if is_triple { folder.parent() } else { Some(folder) };
    Ok(target.context("OUT_DIR is not in a target directory")?.to_owned())
}

/// The built files; none if they are not there, or come from other sources.
fn current_files(dist: &Path, workspace: &Path) -> anyhow::Result<Vec<BuiltFile>> {
    let Some(manifest) = Manifest::read(dist)? else {
        return Ok(Vec::new());
    };
    for source in &manifest.sources {
        println!("cargo::rerun-if-changed={}", workspace.join(source).display());
    }
    if manifest.is_current(workspace) {
        return Ok(manifest.files);
    }
    println!(
        "cargo::warning=the browser application was built from other sources and is left out: \
         run `cargo run --release --package ui-build`, then build again"
    );
    Ok(Vec::new())
}

/// The table of files, as Rust.
fn source(dist: &Path, files: &[BuiltFile]) -> anyhow::Result<String> {
    let mut source = String::from("&[\n");
    for file in files {
        // As text: a path that is not UTF-8 could not stand in a source file.
        let path = |suffix: &str| {
            dist.join(format!("{}{suffix}", file.name))
                .to_string_lossy()
                .into_owned()
        };
        writeln!(
            source,
            "Asset {{ name: {:?}, content_type: {:?}, hash: {:?}, content: include_bytes!({:?}), \
             brotli: include_bytes!({:?}), gzip: include_bytes!({:?}) }},",
            file.name,
            file.content_type,
            file.hash,
            path(""),
            path(".br"),
            path(".gz"),
        )?;
    }
    source.push_str("]\n");
    Ok(source)
}
