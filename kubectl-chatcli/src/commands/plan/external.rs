//! `KUBECTL_EXTERNAL_DIFF`: a program of the caller's choice shows the difference, as for `kubectl diff`.
//!
//! Two folders, `LIVE` and `PLANNED`, hold one YAML file per object with the fields that the plan touches. Secret values are hashes, as
//! in the journal. The folders are gone when the program ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use common::api::remediation_plan::StepStatus;
use serde_json::Value;

use crate::commands::Context;
use crate::failure::Failure;
use crate::scratch::Folder;

/// Values by JSON pointer.
type Fields = BTreeMap<String, Value>;

/// The program and its arguments, where one is named.
pub fn program() -> Option<Vec<String>> {
    let line = env::var("KUBECTL_EXTERNAL_DIFF").ok()?;
    let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

/// Runs it. Its output is the answer; exit code 1 is how programs like `diff` say that there is one.
pub fn show(program: &[String], steps: &[StepStatus], context: &Context<'_>) -> Result<(), Failure> {
    let folder = sides().map_err(|why| Failure::new(format!("cannot write what is compared: {why}")))?;
    write(folder.path(), steps)?;
    let ran = Command::new(&program[0])
        .args(&program[1..])
        .args([folder.path().join("LIVE"), folder.path().join("PLANNED")])
        .output()
        .map_err(|why| Failure::new(format!("cannot run KUBECTL_EXTERNAL_DIFF ({}): {why}", program[0])))?;
    context.ui.print(&String::from_utf8_lossy(&ran.stdout))?;
    match ran.status.code() {
        Some(0 | 1) => Ok(()),
        _ => Err(Failure::new(format!(
            "KUBECTL_EXTERNAL_DIFF ({}) failed: {}",
            program[0],
            String::from_utf8_lossy(&ran.stderr).trim()
        ))),
    }
}

fn sides() -> io::Result<Folder> {
    let folder = Folder::new()?;
    fs::create_dir(folder.path().join("LIVE"))?;
    fs::create_dir(folder.path().join("PLANNED"))?;
    Ok(folder)
}

fn write(folder: &Path, steps: &[StepStatus]) -> Result<(), Failure> {
    let mut objects: BTreeMap<String, (Fields, Fields)> = BTreeMap::new();
    for record in steps.iter().flat_map(|step| &step.writes) {
        let object = &record.object;
        let file = [object.kind.as_str(), object.namespace.as_str(), object.name.as_str()].join(".");
        let (live, planned) = objects.entry(file.trim_matches('.').to_owned()).or_default();
        for field in &record.touched {
            // Of several steps on one field, the first knows what is live and the last what is wanted.
            if let Some(value) = value(field.before.as_deref()) {
                live.entry(field.path.clone()).or_insert(value);
            }
            match value(field.after.as_deref()) {
                Some(value) => planned.insert(field.path.clone(), value),
                None => planned.remove(&field.path),
            };
        }
    }
    let save = |side: &str, file: &str, fields: &BTreeMap<String, Value>| -> io::Result<()> {
        let text = serde_saphyr::to_string(fields).map_err(io::Error::other)?;
        fs::write(folder.join(side).join(file), text)
    };
    let result = objects.iter().try_for_each(|(file, (live, planned))| {
        save("LIVE", file, live)?;
        save("PLANNED", file, planned)
    });
    result.map_err(|why| Failure::new(format!("cannot write what is compared: {why}")))
}

fn value(text: Option<&str>) -> Option<Value> {
    text.map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)))
}
