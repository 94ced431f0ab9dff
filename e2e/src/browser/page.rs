//! The page as a whole: its address, what the browser said of it, its colours, its files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::seen::SOON;
use super::{Browser, Role};
use crate::until;

/// The colours that the reader's system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// As CSS calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Browser {
    /// Opens an address, as if it had been typed.
    ///
    /// # Errors
    ///
    /// If it cannot be loaded.
    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        self.session.post("url", &json!({ "url": url })).await.map(|_| ())
    }

    /// The browser's own button that leads back.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn back(&self) -> anyhow::Result<()> {
        self.session.post("back", &json!({})).await.map(|_| ())
    }

    /// The address.
    ///
    /// # Errors
    ///
    /// If the driver does not say.
    pub async fn address(&self) -> anyhow::Result<String> {
        let address = self.session.get("url").await?;
        address.as_str().map(str::to_owned).context("an address is text")
    }

    /// What a script reads from the page. It has to change nothing.
    ///
    /// # Errors
    ///
    /// If it fails, or returns something else.
    pub async fn read<T: DeserializeOwned>(&self, script: &str) -> anyhow::Result<T> {
        self.session.script(script, &[]).await
    }

    /// The same, of a script that is given something.
    ///
    /// # Errors
    ///
    /// If it fails, or returns something else.
    pub async fn read_with<T: DeserializeOwned>(&self, script: &str, given: &[Value]) -> anyhow::Result<T> {
        self.session.script(script, given).await
    }

    /// All that can be read on the page, as it is seen.
    ///
    /// # Errors
    ///
    /// If the driver does not say.
    pub async fn text(&self) -> anyhow::Result<String> {
        self.read("return document.body.innerText").await
    }

    /// Waits until a text can be read on the page.
    ///
    /// # Errors
    ///
    /// If it cannot in time, with what can.
    pub async fn read_text(&self, text: &str) -> anyhow::Result<()> {
        until(&format!("the text “{text}”"), SOON, async || {
            let all = self.text().await?;
            ensure!(all.contains(text), "the page says: {all}");
            Ok(Some(()))
        })
        .await
    }

    /// Waits until a heading can be read.
    ///
    /// # Errors
    ///
    /// If it cannot in time.
    pub async fn heading(&self, name: &str) -> anyhow::Result<()> {
        self.see(Role::Heading, name).await.map(|_| ())
    }

    /// What the browser said of the page since it was asked last: errors and warnings, of scripts, the network, the policy.
    ///
    /// # Errors
    ///
    /// If the driver does not say.
    pub async fn complaints(&self) -> anyhow::Result<Vec<String>> {
        let said = self.session.post("se/log", &json!({ "type": "browser" })).await?;
        let said = said.as_array().context("a log is a list")?;
        let of = |line: &Value, member: &str| line.get(member).and_then(Value::as_str).map(str::to_owned);
        let bad = said
            .iter()
            .filter(|line| matches!(of(line, "level").as_deref(), Some("WARNING" | "SEVERE")));
        Ok(bad.filter_map(|line| of(line, "message")).collect())
    }

    /// An error if the browser complained about anything.
    ///
    /// # Errors
    ///
    /// As said.
    pub async fn must_be_content(&self) -> anyhow::Result<()> {
        let complaints = self.complaints().await?;
        ensure!(
            complaints.is_empty(),
            "the browser complains:\n{}",
            complaints.join("\n")
        );
        Ok(())
    }

    /// Says that the reader's system wants these colours, and no motion.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn prefer(&self, scheme: Scheme) -> anyhow::Result<()> {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme.name() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        let wanted = json!({ "features": features });
        self.session.cdp("Emulation.setEmulatedMedia", wanted).await?;
        Ok(())
    }

    /// Makes the window so large, inside.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn resize(&self, (width, height): (u32, u32)) -> anyhow::Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.session
            .cdp("Emulation.setDeviceMetricsOverride", size)
            .await?;
        Ok(())
    }

    /// Drags a file from outside and lets it go on the page.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn drop_file(&self, file: &Path, (x, y): (f64, f64)) -> anyhow::Result<()> {
        for kind in ["dragEnter", "dragOver", "drop"] {
            let data = json!({ "items": [], "files": [file], "dragOperationsMask": 1 });
            let event = json!({ "type": kind, "x": x, "y": y, "data": data });
            self.session.cdp("Input.dispatchDragEvent", event).await?;
        }
        Ok(())
    }

    /// Chooses an option of the list that has this label. WebDriver's own way: the list that opens is no part of the page.
    ///
    /// # Errors
    ///
    /// If there is no such list or option.
    pub async fn choose(&self, label: &str, option: &str) -> anyhow::Result<()> {
        self.choose_at(&list_of(label), option).await
    }

    /// The same, of the last of several lists that have this label.
    ///
    /// # Errors
    ///
    /// If there is no such list or option.
    pub async fn choose_last(&self, label: &str, option: &str) -> anyhow::Result<()> {
        self.choose_at(&format!("({})[last()]", list_of(label)), option)
            .await
    }

    async fn choose_at(&self, list: &str, option: &str) -> anyhow::Result<()> {
        let option = format!("{list}/option[.=\"{option}\"]");
        // A form may be drawn anew between two looks at it.
        until(&format!("{option} to be chosen"), SOON, async || {
            let found = self.element("xpath", &option).await?;
            self.session
                .post(&format!("element/{found}/click"), &json!({}))
                .await
                .map(Some)
        })
        .await
        .map(|_| ())
    }

    /// Chooses a file in the page's field for files that a selector finds, as the system's dialog would.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn choose_file(&self, selector: &str, file: &Path) -> anyhow::Result<()> {
        let field = self.element("css selector", selector).await?;
        let file = json!({ "text": file });
        self.session
            .post(&format!("element/{field}/value"), &file)
            .await
            .map(|_| ())
    }

    /// The driver's own name for an element, once it is there.
    async fn element(&self, using: &str, value: &str) -> anyhow::Result<String> {
        let by = json!({ "using": using, "value": value });
        until(&format!("an element at {value}"), SOON, async || {
            let element = self.session.post("element", &by).await?;
            let id = element.as_object().and_then(|element| element.values().next());
            Ok(id.and_then(Value::as_str).map(str::to_owned))
        })
        .await
    }

    /// The file that the page offered under this name, once it is there.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub async fn downloaded(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let file: PathBuf = self.downloads().join(name);
        until(&format!("the download {name}"), SOON, async || {
            Ok(Some(std::fs::read(&file)?))
        })
        .await
        .inspect(|_| {
            // The next one of this name would be numbered.
            let _gone = std::fs::remove_file(&file);
        })
    }

    /// Whether the page would have the browser ask before it is closed or loaded anew. A driver answers that question by
    /// itself, before anybody sees it, so the page is asked instead.
    ///
    /// # Errors
    ///
    /// If the driver does not say.
    pub async fn would_ask(&self) -> anyhow::Result<bool> {
        self.read("return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")
            .await
    }
}

fn list_of(label: &str) -> String {
    format!("//select[@aria-label=\"{label}\" or ancestor::label[span=\"{label}\"]]")
}
