//! What the API server itself refuses of an action's parameters, as CEL rules made from the registry.
//!
//! In: the catalogue. Out: rules for one action of a plan or one step of a Runbook. Never: what the live object decides (is the node there,
//! is the quantity larger than today's); the preview asks that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::actions::{self, Description, Takes, catalogue};

/// The rules, where `field` names the action: `type` in a plan, `action` in a Runbook.
pub(super) fn rules(field: &str) -> Vec<Value> {
    let catalogue = catalogue();
    [required(&catalogue, field), known(&catalogue, field), well_formed(&catalogue, field)].concat()
}

/// An action without a parameter it cannot do without.
fn required(catalogue: &[Description], field: &str) -> Vec<Value> {
    let mut needing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in catalogue {
        for param in action.params.iter().filter(|param| param.required) {
            needing.entry(&param.name).or_default().push(action.name);
        }
    }
    let rules = needing.iter().map(|(param, actions)| {
        rule(
            &format!("!(self.{field} in {}) || (has(self.params) && '{param}' in self.params)", list(actions)),
            &format!("{} cannot do without parameter {param}", actions.join(", ")),
        )
    });
    rules.collect()
}

/// A parameter that nobody would read: misspelt, or another action's. Where keys are data, any key is one.
fn known(catalogue: &[Description], field: &str) -> Vec<Value> {
    let mut taking: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for action in catalogue.iter().filter(|action| !action.takes_data) {
        let names = action.params.iter().map(|param| param.name.as_str()).collect();
        taking.entry(names).or_default().push(action.name);
    }
    let rules = taking.iter().map(|(own, actions)| {
        let names: BTreeSet<String> = own.iter().copied().map(str::to_owned).chain(actions::beside()).collect();
        let names: Vec<String> = names.into_iter().collect();
        let said = if own.is_empty() { "no parameters".to_owned() } else { format!("only {}", own.join(", ")) };
        rule(
            &format!(
                "!(self.{field} in {}) || !has(self.params) || self.params.all(name, name in {})",
                list(actions),
                list(&names)
            ),
            &format!("unknown parameter: {} may be given {said}", actions.join(", ")),
        )
    });
    rules.collect()
}

/// A number, a yes or a word that cannot be read as one.
fn well_formed(catalogue: &[Description], field: &str) -> Vec<Value> {
    let mut reading: BTreeMap<(&str, &Takes), Vec<&str>> = BTreeMap::new();
    for action in catalogue {
        for param in &action.params {
            reading.entry((&param.name, &param.takes)).or_default().push(action.name);
        }
    }
    let rules = reading.iter().filter_map(|((param, takes), actions)| {
        let holds = holds(takes, &format!("self.params['{param}']"))?;
        Some(rule(
            &format!(
                "!(self.{field} in {}) || !has(self.params) || !('{param}' in self.params) || ({holds})",
                list(actions)
            ),
            &format!("parameter {param} of {} takes {takes}", actions.join(", ")),
        ))
    });
    rules.collect()
}

/// CEL that holds when `value` can be read; none where any text can.
fn holds(takes: &Takes, value: &str) -> Option<String> {
    Some(match takes {
        Takes::Text => return None,
        Takes::Number { least, most } => {
            // More digits than a 64-bit integer has would be an error of CEL's own, not an answer.
            let mut parts = vec![format!("{value}.matches('^-?[0-9]{{1,18}}$')")];
            parts.extend(least.map(|least| format!("int({value}) >= {least}")));
            parts.extend(most.map(|most| format!("int({value}) <= {most}")));
            parts.join(" && ")
        }
        Takes::Flag => format!("{value} in ['true', 'false']"),
        // Some are read in either case; which, the preview knows.
        Takes::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
            format!("{value}.lowerAscii() in {}", list(&words))
        }
    })
}

fn rule(rule: &str, message: &str) -> Value {
    json!({ "rule": rule, "message": message })
}

fn list(words: &[impl AsRef<str>]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("'{}'", word.as_ref())).collect();
    format!("[{}]", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(part: &str) -> Vec<String> {
        let rules = rules("type");
        let with = |rule: &&Value| rule["message"].as_str().is_some_and(|message| message.contains(part));
        rules.iter().filter(with).map(|rule| rule["rule"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_number_is_matched_before_it_is_read() {
        let rules = told("parameter replicas of");
        assert_eq!(rules.len(), 1, "{rules:#?}");
        let (digits, bounds) = rules[0].split_once("$') && ").unwrap();
        assert!(digits.ends_with("[0-9]{1,18}"), "{digits}");
        assert_eq!(bounds, "int(self.params['replicas']) >= 0 && int(self.params['replicas']) <= 1000)");
    }

    #[test]
    fn every_action_that_takes_no_data_is_held_to_its_parameters_once() {
        let rules = told("unknown parameter").join("\n");
        for action in catalogue() {
            let times = rules.matches(&format!("'{}'", action.name)).count();
            assert_eq!(times, usize::from(!action.takes_data), "{}", action.name);
        }
    }

    #[test]
    fn no_name_or_word_needs_quoting_in_cel() {
        let plain = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
        for action in catalogue() {
            for param in &action.params {
                assert!(plain(&param.name), "{}", param.name);
                if let Takes::Words(words) = &param.takes {
                    assert!(words.iter().all(|word| plain(word)), "{words:?}");
                }
            }
        }
    }
}
