//! The folder that is served: names by content, references between them, compressed copies.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use ui_manifest::{BuiltFile, Effort};

use crate::{
    compression,
    wasm::{Bound, Modules},
};

/// Where named files are served from. The page names them, and no other path leads to them.
const ASSETS: &str = "assets";
/// How much of a hash stands in a name: enough that no two versions of a file ever share one.
const HASH_CHARS: usize = 16;

/// What the folder is made from.
pub(crate) struct Parts {
    pub(crate) modules: Modules,
    /// The folder of what is written by hand: the page, the script that starts the application, the icon.
    pub(crate) web: PathBuf,
    pub(crate) style: String,
    /// What is laid upon that where graphs are drawn.
    pub(crate) canvas_style: String,
    /// What is laid upon it where money is shown.
    pub(crate) money_style: String,
    /// The documents of the example rules by their names, as JSON.
    pub(crate) examples: String,
}

/// Writes the files in the order of their references, as a name depends on the names inside.
pub(crate) fn write(parts: &Parts, effort: Effort, folder: &Path) -> anyhow::Result<Vec<BuiltFile>> {
    let by_hand = |name: &str| {
        let path = parts.web.join(name);
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
    };
    let mut dist = Dist {
        folder,
        effort,
        files: Vec::new(),
    };
    let style = dist.asset("style.css", parts.style.as_bytes())?;
    let icon = dist.asset("icon.svg", by_hand("icon.svg")?.as_bytes())?;
    let (engine, engine_wasm) = dist.module("engine", &parts.modules.engine)?;
    let known = [("%ENGINE%", &engine), ("%ENGINE_WASM%", &engine_wasm)];
    let worker = dist.asset("worker.js", filled(&by_hand("worker.js")?, &known).as_bytes())?;
    let (pages, pages_wasm) = dist.module("pages", &parts.modules.pages)?;
    let (canvas, canvas_wasm) = dist.module("canvas", &parts.modules.canvas)?;
    let (money, money_wasm) = dist.module("money", &parts.modules.money)?;
    let examples = dist.asset("examples.json", parts.examples.as_bytes())?;
    let canvas_style = dist.asset("canvas.css", parts.canvas_style.as_bytes())?;
    let money_style = dist.asset("money.css", parts.money_style.as_bytes())?;
    let known = [
        ("%PAGES%", &pages),
        ("%PAGES_WASM%", &pages_wasm),
        ("%CANVAS%", &canvas),
        ("%CANVAS_WASM%", &canvas_wasm),
        ("%CANVAS_STYLE%", &canvas_style),
        ("%MONEY%", &money),
        ("%MONEY_WASM%", &money_wasm),
        ("%MONEY_STYLE%", &money_style),
        ("%WORKER%", &worker),
        ("%EXAMPLES%", &examples),
        ("%STYLE%", &style),
        ("%ICON%", &icon),
    ];
    let start = dist.asset("start.js", filled(&by_hand("start.js")?, &known).as_bytes())?;
    let page = filled(&by_hand("index.html")?, &known).replace("%START%", &start);
    dist.write("index.html".to_owned(), page.as_bytes())?;
    Ok(dist.files)
}

fn filled(text: &str, known: &[(&str, &String)]) -> String {
    known
        .iter()
        .fold(text.to_owned(), |text, (mark, path)| text.replace(mark, path))
}

struct Dist<'a> {
    folder: &'a Path,
    effort: Effort,
    files: Vec<BuiltFile>,
}

impl Dist<'_> {
    /// Writes a file under a name that changes with its content, and gives the path that it is served at.
    fn asset(&mut self, name: &str, content: &[u8]) -> anyhow::Result<String> {
        let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
        let hash: String = hash_of(content).chars().take(HASH_CHARS).collect();
        let path = format!("{ASSETS}/{stem}-{hash}.{extension}");
        self.write(path.clone(), content)?;
        Ok(format!("/{path}"))
    }

    /// Writes a module, and gives the paths of its script and of its WebAssembly.
    fn module(&mut self, name: &str, bound: &Bound) -> anyhow::Result<(String, String)> {
        let script = self.asset(&format!("{name}.js"), bound.script.as_bytes())?;
        let wasm = self.asset(&format!("{name}.wasm"), &bound.wasm)?;
        Ok((script, wasm))
    }

    fn write(&mut self, name: String, content: &[u8]) -> anyhow::Result<()> {
        let path = self.folder.join(&name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let (brotli, gzip) = (
            compression::brotli(content, self.effort)?,
            compression::gzip(content, self.effort)?,
        );
        for (suffix, content) in [("", content), (".br", &brotli), (".gz", &gzip)] {
            let path = self.folder.join(format!("{name}{suffix}"));
            fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        self.files.push(BuiltFile {
            content_type: content_type(&name).to_owned(),
            hash: hash_of(content),
            size_bytes: content.len(),
            brotli_bytes: brotli.len(),
            gzip_bytes: gzip.len(),
            name,
        });
        Ok(())
    }
}

fn hash_of(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        // A browser compiles it while it comes in only if it is called so.
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(style: &str) -> (tempfile::TempDir, Vec<BuiltFile>) {
        let folder = tempfile::tempdir().unwrap();
        let web = folder.path().join("web");
        fs::create_dir(&web).unwrap();
        fs::write(
            web.join("index.html"),
            "%STYLE% %START% %ICON% %WORKER% %EXAMPLES%",
        )
        .unwrap();
        fs::write(
            web.join("start.js"),
            "import('%PAGES%', '%PAGES_WASM%', '%CANVAS%', '%CANVAS_WASM%', '%CANVAS_STYLE%', '%MONEY%', \
             '%MONEY_WASM%', '%MONEY_STYLE%')",
        )
        .unwrap();
        fs::write(web.join("worker.js"), "import('%ENGINE%', '%ENGINE_WASM%')").unwrap();
        fs::write(web.join("icon.svg"), "<svg/>").unwrap();
        let bound = |script: &str| Bound {
            script: script.to_owned(),
            wasm: b"\0asm".to_vec(),
        };
        let parts = Parts {
            modules: Modules {
                pages: bound("pages"),
                canvas: bound("canvas"),
                money: bound("money"),
                engine: bound("engine"),
            },
            web,
            style: style.to_owned(),
            canvas_style: "svg{}".to_owned(),
            money_style: "dl{}".to_owned(),
            examples: "{}".to_owned(),
        };
        let files = write(&parts, Effort::Quick, folder.path()).unwrap();
        (folder, files)
    }

    #[test]
    fn the_page_names_files_that_are_there() {
        let (folder, files) = written("a{}");
        let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
        let named: Vec<&str> = page.split(' ').map(|path| path.trim_start_matches('/')).collect();
        assert_eq!(named.len(), 5);
        for name in named {
            let file = files.iter().find(|file| file.name == name).unwrap();
            assert!(file.name.contains(&file.hash[..HASH_CHARS]));
            for suffix in ["", ".br", ".gz"] {
                assert!(
                    folder.path().join(format!("{name}{suffix}")).exists(),
                    "{name}{suffix}"
                );
            }
        }
        for script in ["assets/start-", "assets/worker-"] {
            let script = files.iter().find(|file| file.name.starts_with(script)).unwrap();
            let script = fs::read_to_string(folder.path().join(&script.name)).unwrap();
            assert!(!script.contains('%'), "{script}");
        }
    }

    #[test]
    fn a_name_changes_with_what_it_names() {
        let name_of = |files: &[BuiltFile], kind: &str| {
            let file = files.iter().find(|file| file.name.contains(kind)).unwrap();
            file.name.clone()
        };
        let ((_, one), (_, other)) = (written("a{}"), written("b{}"));
        assert_ne!(name_of(&one, "style"), name_of(&other, "style"));
        assert_eq!(name_of(&one, "canvas"), name_of(&other, "canvas"));
        assert_ne!(
            one.last().unwrap().hash,
            other.last().unwrap().hash,
            "the page names the style"
        );
    }
}
