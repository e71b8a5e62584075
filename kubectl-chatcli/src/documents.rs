//! What `-o json` prints, as a contract: every document of our own, the commands that print it, and its JSON Schema.
//!
//! Fields may be added; none goes or changes its meaning within `v1alpha1`. The schemas are made from the types that are printed.

use std::fmt::Write as _;

use common::actions::Description;
use common::api::ai_insight::{Finding, Transcript};
use common::api::remediation_plan::PlanPreview;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::commands::version::Versions;
use crate::output::certificate::Contents;
use crate::output::checks::Checks;
use crate::output::cost::Bill;
use crate::output::explanation::{Meaning, Previewed};
use crate::output::gate::Outcome;
use crate::output::scan::Report;
use crate::output::status::Document as StatusDocument;

/// One shape, and who prints it.
pub struct Document {
    /// Its name; the schema is `NAME.schema.json`.
    pub name: &'static str,
    /// Commands that print it, as they are typed.
    pub commands: &'static [&'static str],
    /// What it is.
    pub about: &'static str,
    schema: fn() -> Schema,
}

impl Document {
    /// The JSON Schema, draft 2020-12.
    pub fn schema(&self) -> Schema {
        (self.schema)()
    }
}

/// Objects as the API server sent them, without `managedFields`; nothing is left out that this version does not know.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    /// Group and version.
    api_version: String,
    /// Kind; the CRDs in `manifests/crds` say what each holds.
    kind: String,
    /// Name, namespace, labels and the like.
    metadata: Map<String, Value>,
    /// `spec`, `status` and the like.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Several objects, as kubectl prints them.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
struct List {
    /// `v1`.
    api_version: String,
    /// `List`.
    kind: String,
    /// The objects.
    items: Vec<Object>,
    /// Of the list; nothing to rely on.
    metadata: Map<String, Value>,
}

/// Every document, in the order of the page.
pub const DOCUMENTS: &[Document] = &[
    Document {
        name: "status",
        commands: &["status"],
        about: "What is open, waits and stands in the way",
        schema: of::<StatusDocument<'_>>,
    },
    Document { name: "scan", commands: &["scan"], about: "What is wrong now, by cause", schema: of::<Report> },
    Document {
        name: "findings",
        commands: &["explain ISSUE", "explain KIND/NAME"],
        about: "Causes with their receipts, the most likely first",
        schema: of::<Vec<Finding>>,
    },
    Document {
        name: "previewed-findings",
        commands: &["explain ISSUE --preview", "explain KIND/NAME --preview"],
        about: "The same, and what the first remedy would change",
        schema: of::<Previewed<'_>>,
    },
    Document { name: "meaning", commands: &["explain CODE"], about: "What a code means", schema: of::<Meaning> },
    Document {
        name: "transcript",
        commands: &["explain ISSUE --show-prompt"],
        about: "What left the cluster when a model was asked, and what came back",
        schema: of::<Transcript>,
    },
    Document {
        name: "preview",
        commands: &["plan preview"],
        about: "What a plan changes, the verdicts, and the digest that votes are bound to",
        schema: of::<PlanPreview>,
    },
    Document { name: "gate", commands: &["gate"], about: "The incidents that keep a gate shut", schema: of::<Outcome> },
    Document {
        name: "checks",
        commands: &["doctor", "rbac lint", "runbook lint", "runbook test", "tls check"],
        about: "What was looked at, how it is, and what helps",
        schema: of::<Checks<'_>>,
    },
    Document {
        name: "certificates",
        commands: &["tls inspect"],
        about: "What a TLS Secret holds, without its key",
        schema: of::<Contents<'_>>,
    },
    Document { name: "action", commands: &["actions NAME"], about: "One action", schema: of::<Description> },
    Document { name: "actions", commands: &["actions"], about: "Every action", schema: of::<Vec<Description>> },
    Document { name: "cost", commands: &["cost"], about: "What models cost, and the caps", schema: of::<Bill> },
    Document {
        name: "version",
        commands: &["version"],
        about: "Of this plugin and of the operators",
        schema: of::<Versions<'_>>,
    },
    Document {
        name: "object",
        commands: &[
            "issues NAME",
            "plan show",
            "approvals NAME",
            "postmortem show",
            "runbook show",
            "instance show",
            "approve",
            "reject",
            "tls generate --dry-run=client",
        ],
        about: "One object as the API server has it; the CRDs in `manifests/crds` are its schema",
        schema: of::<Object>,
    },
    Document {
        name: "list",
        commands: &[
            "issues",
            "plan list",
            "approvals",
            "policy list",
            "postmortem list",
            "runbook list",
            "audit list",
            "instance list",
            "instance create --dry-run=client",
            "install --dry-run=client",
        ],
        about: "Objects as a `List`",
        schema: of::<List>,
    },
];

fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// The page that leads from a command to its schema.
pub fn markdown() -> String {
    let mut page = "# What `-o json` prints

A contract: fields may be added, none goes or changes its meaning within `v1alpha1`. `-o yaml` prints the same. Each schema is JSON Schema
(draft 2020-12), made from the types that are printed, and the plugin's tests hold real output against it.

| Command | Schema | |
| --- | --- | --- |
"
    .to_owned();
    for document in DOCUMENTS {
        let commands: Vec<_> = document.commands.iter().map(|command| format!("`{command}`")).collect();
        let (name, about) = (document.name, document.about);
        let _ = writeln!(page, "| {} | [{name}]({name}.schema.json) | {about} |", commands.join(", "));
    }
    page + "
With `--watch`, one object after the other. `gate -o sarif` is SARIF 2.1.0. `explain --facts` prints what the rules of this version are
told: for people who wonder about an explanation, not for programs.
"
}
