//! `docs/reference/json/`: the JSON Schema of everything that `-o json` prints, and the page that leads from a command to its schema.

use std::path::PathBuf;

use plugin::documents::{DOCUMENTS, markdown};
use serde_json::{Map, Value};

use super::{COMMAND, Output};

const FOLDER: &str = "docs/reference/json";

pub(super) fn outputs() -> anyhow::Result<Vec<Output>> {
    let note = format!("<!-- Made by `{COMMAND}` from kubectl-chatcli/src/documents.rs. Do not edit. -->\n\n");
    let mut outputs = vec![Output { path: PathBuf::from(FOLDER).join("README.md"), content: note + &markdown() }];
    for document in DOCUMENTS {
        // JSON has no comments; the keyword for them is sorted to the front.
        let mut schema = Map::from_iter([("$comment".to_owned(), comment())]);
        schema.extend(document.schema().to_value().as_object().cloned().unwrap_or_default());
        let content = serde_json::to_string_pretty(&schema)? + "\n";
        outputs.push(Output { path: PathBuf::from(FOLDER).join(format!("{}.schema.json", document.name)), content });
    }
    Ok(outputs)
}

fn comment() -> Value {
    Value::from(format!("Made by `{COMMAND}` from kubectl-chatcli/src/documents.rs. Do not edit."))
}
