//! The actions as tools a model may choose from: name, description, and a JSON Schema (draft 2020-12) of the parameters.
//!
//! In: the registry. Out: [`Tool`]s. Never: offers what cannot be carried out, or a parameter that would be refused by name.

use schemars::SchemaGenerator;
use serde::Serialize;
use serde_json::{Value, json};

use super::registry::{Entry, REGISTRY};

/// One action, in the shape in which models are told of functions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tool {
    /// Its type.
    pub name: &'static str,
    /// What it does, how it is taken back and when it is refused.
    pub description: &'static str,
    /// JSON Schema of the parameters. In a plan or Runbook their values travel as text.
    pub parameters: Value,
}

/// Every action that can be carried out, in the order of the published enum.
pub fn tools() -> Vec<Tool> {
    REGISTRY.iter().map(tool).collect()
}

fn tool(entry: &Entry) -> Tool {
    Tool { name: entry.spec.action.as_str(), description: entry.spec.about, parameters: parameters(entry) }
}

/// JSON Schema of an action's parameters: an object whose definitions are its own.
pub fn parameters(entry: &Entry) -> Value {
    let mut generator = SchemaGenerator::default();
    let mut schema = (entry.schema)(&mut generator).to_value();
    let mut definitions = Value::Object(generator.take_definitions(true));
    without_null(&mut schema);
    without_null(&mut definitions);
    if let Some(fields) = schema.as_object_mut() {
        // Both are the action's, which says them itself.
        fields.remove("title");
        fields.remove("description");
        fields.entry("type").or_insert_with(|| "object".into());
        fields.entry("properties").or_insert_with(|| json!({}));
    }
    if schema.to_string().contains("\"#/$defs/") {
        schema["$defs"] = definitions;
    }
    schema
}

/// A parameter is given or left out; there is no way to write null in a map of texts.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("default").is_some_and(Value::is_null) {
                fields.remove("default");
            }
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    fields.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(words)) = fields.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            if let Some(Value::Array(parts)) = fields.get_mut("anyOf") {
                parts.retain(|part| part["type"] != "null");
                if let [Value::Object(only)] = parts.as_slice() {
                    let only = only.clone();
                    fields.remove("anyOf");
                    for (name, value) in only {
                        // What is said at the place of use is nearer to it than what its type says.
                        fields.entry(name).or_insert(value);
                    }
                }
            }
            fields.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::catalogue;

    fn of(name: &str) -> Value {
        tools().into_iter().find(|tool| tool.name == name).unwrap().parameters
    }

    /// What a schema of draft 2020-12 may not be, at any depth below `schema`.
    fn mistakes(schema: &Value, root: &Value, at: &str) -> Vec<String> {
        const TYPES: [&str; 6] = ["object", "array", "string", "integer", "number", "boolean"];
        let Some(fields) = schema.as_object() else {
            return if schema.is_boolean() { Vec::new() } else { vec![format!("{at} is no schema: {schema}")] };
        };
        let mut found = Vec::new();
        if let Some(path) = fields.get("$ref").and_then(Value::as_str) {
            let resolves = path.strip_prefix('#').is_some_and(|pointer| root.pointer(pointer).is_some());
            found.extend((!resolves).then(|| format!("{at} refers to {path}, which is not there")));
        }
        if let Some(name) = fields.get("type") {
            let known = name.as_str().is_some_and(|name| TYPES.contains(&name));
            found.extend((!known).then(|| format!("{at} is of type {name}")));
        }
        if let Some(words) = fields.get("enum") {
            let filled = words.as_array().is_some_and(|words| !words.is_empty());
            found.extend((!filled).then(|| format!("{at} allows nothing: {words}")));
        }
        let parts = ["oneOf", "anyOf", "allOf"].iter().filter_map(|name| fields.get(*name));
        for (index, part) in parts.flat_map(|parts| parts.as_array().into_iter().flatten()).enumerate() {
            found.extend(mistakes(part, root, &format!("{at}/{index}")));
        }
        for name in ["properties", "$defs"] {
            for (key, part) in fields.get(name).and_then(Value::as_object).into_iter().flatten() {
                found.extend(mistakes(part, root, &format!("{at}/{key}")));
            }
        }
        for name in ["items", "additionalProperties"] {
            if let Some(part) = fields.get(name) {
                found.extend(mistakes(part, root, &format!("{at}/{name}")));
            }
        }
        found
    }

    #[test]
    fn every_action_is_offered_with_a_valid_schema_of_an_object() {
        let tools = tools();
        assert_eq!(tools.len(), 54);
        for tool in tools {
            let schema = &tool.parameters;
            assert_eq!(schema["type"], "object", "{}", tool.name);
            assert_eq!(mistakes(schema, schema, tool.name), Vec::<String>::new());
            assert!(!schema.to_string().contains("null"), "{} allows null: {schema}", tool.name);
        }
    }

    #[test]
    fn every_documented_parameter_is_in_the_schema_and_required_where_it_is_documented_so() {
        for (action, tool) in catalogue().iter().zip(tools()) {
            assert_eq!(action.name, tool.name);
            let properties = tool.parameters["properties"].as_object().unwrap();
            let documented: Vec<_> = action.params.iter().map(|param| &param.name).collect();
            assert_eq!(properties.len(), documented.len(), "{}", tool.name);
            let required = tool.parameters["required"].as_array().cloned().unwrap_or_default();
            for param in &action.params {
                let property = &properties[&param.name];
                assert!(property["description"].is_string(), "{} {} is not explained", tool.name, param.name);
                let is_required = required.contains(&Value::from(param.name.as_str()));
                assert_eq!(is_required, param.required, "{} {}", tool.name, param.name);
            }
        }
    }

    #[test]
    fn numbers_keep_their_bounds_and_words_their_choice() {
        let replicas = &of("ScaleDeployment")["properties"]["replicas"];
        assert_eq!((&replicas["type"], &replicas["maximum"]), (&json!("integer"), &json!(1000)));
        assert_eq!(of("DrainNode")["required"], json!(["node"]));
    }

    #[test]
    fn only_actions_that_take_data_take_parameters_without_a_name() {
        for (action, tool) in catalogue().iter().zip(tools()) {
            let is_open = tool.parameters.get("additionalProperties") != Some(&Value::Bool(false));
            assert!(!action.takes_data || is_open, "{} takes data", tool.name);
        }
    }
}
