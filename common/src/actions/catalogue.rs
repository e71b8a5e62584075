//! The registry as people and models read it: every action with its parameters, rights and an example.
//!
//! In: the registry. Out: [`Description`]s. The reference page, `kubectl chatcli actions`, the rules of the CRDs and the tools offered to a
//! model are made from these, so that none of them can say something else.

use std::fmt;

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::registry::{Entry, OPT_IN, REGISTRY};
use super::tools;
use crate::api::remediation_plan::ActionClass;

/// One action.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// Its type.
    pub name: &'static str,
    /// How grave it is at least.
    pub class: ActionClass,
    /// The ClusterRole its rights are in: `chatcli-remediation-<capability>`.
    pub capability: &'static str,
    /// An administrator has to switch the capability on.
    pub opt_in: bool,
    /// Kinds it works on.
    pub kinds: Vec<&'static str>,
    /// What it does, how it is taken back and when it is refused.
    pub about: &'static str,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Parameters beside the named ones are data: keys and their values.
    pub takes_data: bool,
    /// What has to be allowed: verbs on a resource.
    pub rights: Vec<String>,
    /// JSON Schema of the parameters, as a model is told.
    pub parameters: Value,
    /// The action as a plan or Runbook carries it.
    pub example: Value,
}

/// One parameter.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Has to be given.
    pub required: bool,
    /// What it takes: `text`, `number 1 to 1000`, `true or false`, or the words allowed.
    #[schemars(with = "String")]
    pub takes: Takes,
    /// What it means.
    pub about: String,
}

/// What the text of a parameter has to be. Travels in its words: `text`, `number 1 to 1000`, `true or false`, `TCP, UDP`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Takes {
    /// Any text, as far as can be told without the cluster.
    Text,
    /// A whole number in base 10.
    Number {
        /// At least, if there is a least.
        least: Option<i64>,
        /// At most, if there is a most.
        most: Option<i64>,
    },
    /// `true` or `false`.
    Flag,
    /// One of these.
    Words(Vec<String>),
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Number { least: Some(least), most: Some(most) } => write!(f, "number {least} to {most}"),
            Self::Number { least: Some(least), most: None } => write!(f, "number from {least} on"),
            Self::Number { least: None, most: Some(most) } => write!(f, "number up to {most}"),
            Self::Number { least: None, most: None } => f.write_str("number"),
            Self::Flag => f.write_str("true or false"),
            Self::Words(words) => f.write_str(&words.join(", ")),
        }
    }
}

impl Serialize for Takes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Every action that can be carried out, in the order of the published enum.
pub fn catalogue() -> Vec<Description> {
    REGISTRY.iter().map(describe).collect()
}

/// One action.
pub fn describe(entry: &Entry) -> Description {
    let spec = entry.spec;
    let params = params(entry);
    let given = params.iter().filter(|param| param.required);
    let mut example = json!({"type": spec.action});
    for param in given {
        example["params"][&param.name] = sample(param).into();
    }
    let rights = spec.rules.iter().map(|rule| {
        let dot = if rule.group.is_empty() { "" } else { "." };
        format!("{} {}{dot}{}", rule.verbs.join(", "), rule.resource, rule.group)
    });
    Description {
        name: spec.action.as_str(),
        class: spec.class,
        capability: spec.capability,
        opt_in: OPT_IN.contains(&spec.capability),
        kinds: spec.kinds.iter().map(|kind| kind.kind).collect(),
        about: spec.about,
        takes_data: spec.takes_data,
        rights: rights.collect(),
        params,
        parameters: tools::parameters(entry),
        example,
    }
}

fn params(entry: &Entry) -> Vec<Param> {
    let mut generator = SchemaGenerator::default();
    let schema = (entry.schema)(&mut generator).to_value();
    let definitions = Value::Object(generator.definitions().clone());
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut params: Vec<Param> = properties
        .map(|(name, property)| Param {
            name: name.clone(),
            required: required.contains(&name.as_str()),
            takes: takes(property, &definitions),
            about: property["description"].as_str().unwrap_or_default().replace('\n', " "),
        })
        .collect();
    params.sort_by_key(|param| !param.required);
    params
}

/// What a value may be.
fn takes(property: &Value, definitions: &Value) -> Takes {
    if let Some(name) = property["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return takes(&definitions[name], definitions);
    }
    if let Some(parts) = ["allOf", "anyOf"].iter().find_map(|key| property[*key].as_array()) {
        let real = parts.iter().find(|part| part["type"] != "null");
        return real.map_or(Takes::Text, |part| takes(part, definitions));
    }
    let words: Vec<&str> = match (property["enum"].as_array(), property["oneOf"].as_array()) {
        (Some(words), _) => words.iter().filter_map(Value::as_str).collect(),
        (None, Some(variants)) => variants.iter().filter_map(|variant| variant["const"].as_str()).collect(),
        (None, None) => Vec::new(),
    };
    if !words.is_empty() {
        return Takes::Words(words.into_iter().map(str::to_owned).collect());
    }
    let is = |name: &str| match &property["type"] {
        Value::String(found) => found == name,
        Value::Array(found) => found.iter().any(|found| found == name),
        _ => false,
    };
    if is("boolean") {
        Takes::Flag
    } else if is("integer") {
        Takes::Number { least: property["minimum"].as_i64(), most: property["maximum"].as_i64() }
    } else {
        Takes::Text
    }
}

/// A value for the example: the least number, the first word, or a place for a name.
fn sample(param: &Param) -> String {
    match &param.takes {
        // Nothing is a choice that needs a reason, as in a scale to 0.
        Takes::Number { least: Some(0), .. } => "2".to_owned(),
        Takes::Number { least, .. } => least.unwrap_or(1).to_string(),
        Takes::Flag => "true".to_owned(),
        Takes::Text => format!("<{}>", param.name),
        Takes::Words(words) => words.first().cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Description {
        catalogue().into_iter().find(|found| found.name == name).unwrap()
    }

    #[test]
    fn parameters_say_what_they_take() {
        let drain = of("DrainNode");
        assert_eq!((drain.params[0].name.as_str(), drain.params[0].required), ("node", true));
        assert_eq!(drain.example, json!({"type": "DrainNode", "params": {"node": "<node>"}}));
        let scaler = of("AdjustHPA");
        let most = scaler.params.iter().find(|param| param.name == "maxReplicas").unwrap();
        assert_eq!((most.takes.to_string().as_str(), most.required), ("number 1 to 1000", false));
        let policy = of("PatchNetworkPolicy");
        let protocol = policy.params.iter().find(|param| param.name == "protocol").unwrap();
        assert!(protocol.takes.to_string().starts_with("TCP, UDP"), "{}", protocol.takes);
    }

    #[test]
    fn every_parameter_of_every_action_is_explained() {
        for action in catalogue() {
            for param in &action.params {
                assert!(!param.about.is_empty(), "{} {}", action.name, param.name);
            }
        }
    }
}
