//! What is kept of a page on which a test failed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Browser;

impl Browser {
    /// A picture of what is seen, as PNG.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn picture(&self) -> anyhow::Result<Vec<u8>> {
        let taken = self.session.get("screenshot").await?;
        let taken = taken.as_str().context("a picture is base64")?;
        Ok(STANDARD.decode(taken)?)
    }

    /// Writes down how the page looks, what it is made of, and what the browser said. Gives the files that were written.
    pub async fn evidence(&self, folder: &Path, name: &str) -> Vec<PathBuf> {
        // A page that asks before it is left answers nothing else.
        let _none = self.session.post("alert/dismiss", &json!({})).await;
        let picture = self.picture().await;
        let source = self.session.get("source").await;
        let source = source.map(|source| source.as_str().unwrap_or_default().as_bytes().to_vec());
        let said = self.session.post("se/log", &json!({ "type": "browser" })).await;
        let said = said.map(|said| lines(&said).into_bytes());
        let mut written = Vec::new();
        for (extension, content) in [("png", picture), ("html", source), ("log", said)] {
            let file = folder.join(format!("{name}.{extension}"));
            // What cannot be had is missing; the test has failed already.
            let Ok(content) = content else { continue };
            if fs::create_dir_all(folder).is_ok() && fs::write(&file, content).is_ok() {
                written.push(file);
            }
        }
        written
    }
}

fn lines(said: &Value) -> String {
    let lines = said.as_array().into_iter().flatten().map(Value::to_string);
    lines.collect::<Vec<_>>().join("\n")
}
