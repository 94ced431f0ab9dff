//! What a person finds on a page: by its role and its name, in the accessibility tree, so that what a test cannot find
//! a screen reader cannot, either.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Browser;
use super::hand::Place;
use crate::{Patience, until};

/// How long anything may take to appear. Pages answer within a fraction of a second, on a machine that has time.
pub(super) const SOON: Patience = Patience::of(Duration::from_secs(20));

/// Brings an element into view and says where its middle is, and what lies above it there.
const WHERE: &str = "function() {
    this.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const area = this.getBoundingClientRect();
    const [x, y] = [area.left + area.width / 2, area.top + area.height / 2];
    const top = document.elementFromPoint(x, y);
    const reached = top !== null && (this.contains(top) || top.contains(this) || (this.labels ?
        [...this.labels].some((label) => label.contains(top)) : false));
    return { x, y, width: area.width, height: area.height,
        above: reached ? null : top === null ? 'the edge of the window' : top.outerHTML.slice(0, 120) };
}";

/// What something is, as WAI-ARIA calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "roles are explained in the standard")]
pub enum Role {
    Alert,
    Button,
    Cell,
    Checkbox,
    Combobox,
    Dialog,
    Group,
    Heading,
    Link,
    List,
    ListItem,
    MenuItem,
    Navigation,
    Option,
    Radio,
    Searchbox,
    Status,
    Textbox,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Button => "button",
            Self::Cell => "cell",
            Self::Checkbox => "checkbox",
            Self::Combobox => "combobox",
            Self::Dialog => "dialog",
            Self::Group => "group",
            Self::Heading => "heading",
            Self::Link => "link",
            Self::List => "list",
            Self::ListItem => "listitem",
            Self::MenuItem => "menuitem",
            Self::Navigation => "navigation",
            Self::Option => "option",
            Self::Radio => "radio",
            Self::Searchbox => "searchbox",
            Self::Status => "status",
            Self::Textbox => "textbox",
        }
    }
}

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its name, as it is read out.
    pub name: String,
    /// Whether it cannot be used now.
    pub is_disabled: bool,
    /// The browser's number for it.
    id: u64,
}

/// Where something is.
#[derive(Debug, Clone, Deserialize)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    above: Option<String>,
}

impl Browser {
    /// All that there is of a role, now.
    ///
    /// # Errors
    ///
    /// If the browser does not say.
    pub async fn all(&self, role: Role) -> anyhow::Result<Vec<Seen>> {
        self.all_within(None, role).await
    }

    async fn all_within(&self, whole: Option<&Seen>, role: Role) -> anyhow::Result<Vec<Seen>> {
        let root = if let Some(seen) = whole {
            json!({ "backendNodeId": seen.id, "role": role.name() })
        } else {
            let document = self.session.cdp("DOM.getDocument", json!({ "depth": 0 })).await?;
            json!({ "nodeId": document.pointer("/root/nodeId"), "role": role.name() })
        };
        let found = self.session.cdp("Accessibility.queryAXTree", root).await?;
        let nodes = found.get("nodes").and_then(Value::as_array);
        let nodes = nodes.context("the accessibility tree has nodes")?;
        Ok(nodes.iter().filter_map(seen).collect())
    }

    /// The one of this role and name, once it is there. A name that ends with `…` is the beginning of a name.
    ///
    /// # Errors
    ///
    /// If there is none in time, or several.
    pub async fn see(&self, role: Role, name: &str) -> anyhow::Result<Seen> {
        self.see_within(None, role, name).await
    }

    /// The same, inside of something else.
    ///
    /// # Errors
    ///
    /// If there is none in time, or several.
    pub async fn see_within(&self, whole: Option<&Seen>, role: Role, name: &str) -> anyhow::Result<Seen> {
        until(
            &format!("a {} named “{name}”", role.name()),
            SOON,
            async || {
                let all = self.all_within(whole, role).await?;
                let mut named = all.iter().filter(|seen| is_named(&seen.name, name));
                match (named.next(), named.count()) {
                    (Some(one), 0) => Ok(Some(one.clone())),
                    (None, _) => {
                        let there: Vec<&str> = all.iter().map(|seen| seen.name.as_str()).collect();
                        bail!("there are only {there:?}")
                    }
                    (Some(_), more) => bail!("there are {} of them", more + 1),
                }
            },
        )
        .await
    }

    /// Waits until there is none of this role and name.
    ///
    /// # Errors
    ///
    /// If there still is one at the deadline.
    pub async fn see_no(&self, role: Role, name: &str) -> anyhow::Result<()> {
        until(
            &format!("no {} named “{name}”", role.name()),
            SOON,
            async || {
                let all = self.all(role).await?;
                Ok((!all.iter().any(|seen| is_named(&seen.name, name))).then_some(()))
            },
        )
        .await
    }

    /// Where the middle of something is, once nothing lies above it.
    ///
    /// # Errors
    ///
    /// If it is gone, or something else stays above it.
    pub async fn place_of(&self, seen: &Seen) -> anyhow::Result<Place> {
        until(&format!("a free way to “{}”", seen.name), SOON, async || {
            let area: Area = serde_json::from_value(self.ask(seen, WHERE).await?)?;
            ensure!(area.width > 0.0 && area.height > 0.0, "it has no size");
            if let Some(above) = area.above {
                bail!("above it lies {above}");
            }
            Ok(Some((area.x, area.y)))
        })
        .await
    }

    /// What can be read in something.
    ///
    /// # Errors
    ///
    /// If it is gone.
    pub async fn text_of(&self, seen: &Seen) -> anyhow::Result<String> {
        let text = self.ask(seen, "function() { return this.innerText; }").await?;
        text.as_str().map(str::to_owned).context("it has no text")
    }

    /// What stands in a field.
    ///
    /// # Errors
    ///
    /// If it is gone.
    pub async fn value_of(&self, field: &Seen) -> anyhow::Result<String> {
        let value = self.ask(field, "function() { return this.value; }").await?;
        value.as_str().map(str::to_owned).context("it is no field")
    }

    async fn ask(&self, seen: &Seen, function: &str) -> anyhow::Result<Value> {
        let object = json!({ "backendNodeId": seen.id });
        let object = self.session.cdp("DOM.resolveNode", object).await?;
        let call = json!({
            "objectId": object.pointer("/object/objectId"),
            "functionDeclaration": function,
            "returnByValue": true,
        });
        let answer = self.session.cdp("Runtime.callFunctionOn", call).await?;
        Ok(answer.pointer("/result/value").cloned().unwrap_or_default())
    }

    /// Clicks on the one of this role and name.
    ///
    /// # Errors
    ///
    /// If there is none in time, or it cannot be reached.
    pub async fn click(&self, role: Role, name: &str) -> anyhow::Result<()> {
        let seen = self.see(role, name).await?;
        self.click_on(&seen).await
    }

    /// Clicks on the one of this role and name inside of something.
    ///
    /// # Errors
    ///
    /// If there is none in time, or it cannot be reached.
    pub async fn click_within(&self, whole: &Seen, role: Role, name: &str) -> anyhow::Result<()> {
        let seen = self.see_within(Some(whole), role, name).await?;
        self.click_on(&seen).await
    }

    /// Clicks on something.
    ///
    /// # Errors
    ///
    /// If it cannot be reached.
    pub async fn click_on(&self, seen: &Seen) -> anyhow::Result<()> {
        self.click_at(self.place_of(seen).await?).await
    }

    /// Clicks into a field, marks what stands there, and types something else.
    ///
    /// # Errors
    ///
    /// If there is no such field.
    pub async fn fill(&self, role: Role, name: &str, text: &str) -> anyhow::Result<()> {
        self.click(role, name).await?;
        self.control('a').await?;
        self.type_text(text).await
    }
}

fn is_named(name: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('…') {
        Some(beginning) => name.starts_with(beginning),
        None => name == wanted,
    }
}

fn seen(node: &Value) -> Option<Seen> {
    if node.get("ignored").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let properties = node.get("properties").and_then(Value::as_array);
    let has = |name: &str| {
        let mut properties = properties.into_iter().flatten();
        properties.any(|property| {
            property.get("name").and_then(Value::as_str) == Some(name)
                && property.pointer("/value/value").and_then(Value::as_bool) == Some(true)
        })
    };
    let name = node.pointer("/name/value").and_then(Value::as_str);
    Some(Seen {
        name: name.unwrap_or_default().trim().to_owned(),
        is_disabled: has("disabled"),
        id: node.get("backendDOMNodeId").and_then(Value::as_u64)?,
    })
}
