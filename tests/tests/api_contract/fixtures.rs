//! Reads the fixtures and changes them.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use kit::generate::repository_root;
use serde::Deserialize;
use serde_json::Value;

/// One change of a full object.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// JSON pointer.
    pub at: String,
    /// The new value; the field is removed when absent.
    pub be: Option<Value>,
    /// What the refusal says; the path of `at` when absent.
    pub says: Option<String>,
    /// `refuses` where upstream's own schema does too.
    pub upstream: Option<String>,
}

impl Change {
    /// The full object of the kind with this change.
    pub fn of(&self, kind: &str) -> Result<Value> {
        let mut object = full(kind)?;
        let (parent, last) = self.at.rsplit_once('/').context("a pointer begins with /")?;
        let parent = object.pointer_mut(parent).with_context(|| format!("{kind} has no {parent}"))?;
        match (parent, &self.be) {
            (Value::Object(map), Some(value)) => drop(map.insert(last.to_owned(), value.clone())),
            (Value::Object(map), None) => drop(map.remove(last).with_context(|| format!("{kind} has no {}", self.at))?),
            (Value::Array(list), Some(value)) => {
                *list.get_mut(last.parse::<usize>()?).context("no such item")? = value.clone();
            }
            (parent, _) => anyhow::bail!("{} does not lead into an object: {parent}", self.at),
        }
        Ok(object)
    }

    /// The text by which the refusal names the field: `/spec/rules/0/mode` is `spec.rules[0].mode`.
    pub fn named(&self) -> String {
        self.says.clone().unwrap_or_else(|| {
            self.at.split('/').skip(1).fold(String::new(), |path, part| match part.parse::<usize>() {
                Ok(index) => format!("{path}[{index}]"),
                Err(_) if path.is_empty() => part.to_owned(),
                Err(_) => format!("{path}.{part}"),
            })
        })
    }

    pub fn upstream_refuses(&self) -> bool {
        self.upstream.as_deref() == Some("refuses")
    }
}

/// All changes of one file, by kind.
pub fn changes(file: &str) -> Result<BTreeMap<String, Vec<Change>>> {
    parse(&read(file)?).with_context(|| format!("{file} is not a table of changes"))
}

/// The object of a kind with every field set.
pub fn full(kind: &str) -> Result<Value> {
    let mut object: Value = parse(&read(&format!("full/{kind}.yaml"))?)?;
    let group = if kind == "ChatCLIInstance" { "chatcli.diillson.com" } else { "platform.chatcli.io" };
    object["apiVersion"] = format!("{group}/v1alpha1").into();
    object["kind"] = kind.into();
    object["metadata"] = serde_json::json!({ "name": "full" });
    Ok(object)
}

/// File name and object of every documented example.
pub fn seeds() -> Result<Vec<(String, Value)>> {
    let mut seeds = Vec::new();
    for entry in fs::read_dir(repository_root().join("tests/fixtures/seeds"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        seeds.push((name.clone(), parse(&read(&format!("seeds/{name}"))?)?));
    }
    seeds.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(seeds)
}

/// Upstream's field names, by kind.
pub fn upstream_fields() -> Result<BTreeMap<String, Vec<String>>> {
    let text = read("upstream-fields.txt")?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Ok(lines
        .filter_map(|line| line.split_once(' '))
        .map(|(kind, fields)| (kind.to_owned(), fields.split(' ').map(str::to_owned).collect()))
        .collect())
}

fn read(file: &str) -> Result<String> {
    let path = repository_root().join("tests/fixtures").join(file);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_saphyr::from_str(text)?)
}
