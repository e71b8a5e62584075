//! What a model said, out of however it said it. Tolerant of form, never of substance.
//!
//! In: a text, or JSON. Out: [`Said`], or in words what is wrong with it. Fences, prose around the object, numbers for text, a per cent
//! sign after the confidence, parameters as a map or as pairs: all are read. An answer without an analysis is none.

use std::collections::BTreeMap;

use serde_json::Value;

/// Longest text taken from an answer.
const LONGEST: usize = 8000;
/// Most entries of a list taken from an answer.
const MOST: usize = 16;

/// What a model said, unjudged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// The root cause.
    pub analysis: String,
    /// 0 to 1.
    pub confidence: Option<f64>,
    /// Advice.
    pub recommendations: Vec<String>,
    /// Steps.
    pub actions: Vec<SaidAction>,
}

/// A step a model named, whether or not there is such an action.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SaidAction {
    /// Title.
    pub name: String,
    /// Action type.
    pub action: String,
    /// Why.
    pub description: String,
    /// Parameters.
    pub params: BTreeMap<String, String>,
}

/// From a text.
pub fn text(raw: &str) -> Result<Said, String> {
    let trimmed = raw.trim();
    if trimmed.is_empty() {
        return Err("it is empty".to_owned());
    }
    if let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(trimmed) {
        return json(&value);
    }
    // Thinking out loud, prose, fences: the object is somewhere in there.
    let mut last = "it holds no JSON object".to_owned();
    for (start, _) in trimmed.match_indices('{').take(64) {
        let Some(object) = balanced(&trimmed[start..]) else { continue };
        match serde_json::from_str::<Value>(object) {
            Ok(value) if value.get("analysis").is_some() => return json(&value),
            Ok(_) => {}
            Err(error) => last = format!("its JSON is broken: {error}"),
        }
    }
    Err(last)
}

/// From JSON that was read already.
pub fn json(value: &Value) -> Result<Said, String> {
    let field = |names: &[&str]| names.iter().find_map(|name| value.get(*name)).cloned().unwrap_or_default();
    let analysis = words(&field(&["analysis", "root_cause", "rootCause"])).unwrap_or_default();
    if analysis.trim().is_empty() {
        return Err("it has no analysis".to_owned());
    }
    let actions = field(&["actions", "suggested_actions", "suggestedActions"]);
    Ok(Said {
        analysis: cut(&analysis),
        confidence: confidence(&field(&["confidence"])),
        recommendations: list(&field(&["recommendations"])).iter().filter_map(words).map(|text| cut(&text)).collect(),
        actions: list(&actions).iter().filter_map(action).collect(),
    })
}

/// The first object of a text, up to the brace that closes it.
fn balanced(text: &str) -> Option<&str> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            '{' if !in_string => depth += 1,
            '}' if !in_string => {
                depth -= 1;
                if depth == 0 {
                    return Some(&text[..=at]);
                }
            }
            _ => {}
        }
    }
    None
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.iter().take(MOST).cloned().collect(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(parts) => Some(parts.iter().filter_map(words).collect::<Vec<_>>().join(" ")),
        Value::Object(parts) => {
            ["text", "sentence", "recommendation", "description"].iter().find_map(|key| parts.get(*key)).and_then(words)
        }
        Value::Null => None,
    }
}

fn confidence(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => match text.trim().strip_suffix('%') {
            Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
            None => text.trim().parse().ok()?,
        },
        _ => return None,
    };
    let number = if number > 1.0 && number <= 100.0 { number / 100.0 } else { number };
    // From a float of 32 bits 0.85 comes as 0.8500000238.
    number.is_finite().then(|| (number.clamp(0.0, 1.0) * 100.0).round() / 100.0)
}

fn action(value: &Value) -> Option<SaidAction> {
    let text = |name: &str| value.get(name).and_then(words).map(|text| cut(&text)).unwrap_or_default();
    let action = text("action");
    if action.is_empty() {
        return None;
    }
    let params = match value.get("params").or_else(|| value.get("parameters")) {
        Some(Value::Object(map)) => {
            map.iter().filter_map(|(name, value)| Some((name.clone(), cut(&words(value)?)))).collect()
        }
        Some(Value::Array(pairs)) => pairs
            .iter()
            .take(MOST)
            .filter_map(|pair| Some((pair.get("name").and_then(words)?, cut(&pair.get("value").and_then(words)?))))
            .collect(),
        _ => BTreeMap::new(),
    };
    let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| action.clone());
    Some(SaidAction { name, action, description: text("description"), params })
}

fn cut(text: &str) -> String {
    common::redact::cut(text.trim(), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_and_fences_around_the_object_do_no_harm() {
        for raw in [
            r#"{"analysis": "a [r1]", "confidence": 0.8}"#,
            "```json\n{\"analysis\": \"a [r1]\", \"confidence\": \"80%\"}\n```",
            "<think>{maybe}</think> Here it is: {\"analysis\": \"a [r1]\", \"confidence\": 80} Hope it helps {}",
        ] {
            let said = text(raw).unwrap();
            assert_eq!((said.analysis.as_str(), said.confidence), ("a [r1]", Some(0.8)), "{raw}");
        }
    }

    #[test]
    fn parameters_may_be_numbers_and_a_map_or_pairs() {
        let said = text(
            r#"{"analysis": "a", "actions": [
            {"action": "ScaleDeployment", "params": {"replicas": 3, "containment": true}},
            {"name": "n", "action": "ScaleDeployment", "description": "d", "params": [{"name": "replicas", "value": "3"}]},
            {"name": "no action"}]}"#,
        )
        .unwrap();
        assert_eq!(said.actions.len(), 2);
        assert_eq!(said.actions[0].params["replicas"], "3");
        assert_eq!(said.actions[0].params["containment"], "true");
        assert_eq!(said.actions[1].params["replicas"], "3");
    }

    #[test]
    fn a_brace_in_a_text_closes_nothing() {
        let said = text(r#"well {"analysis": "template {{ x }} and \"}\" [r1]"} ."#).unwrap();
        assert_eq!(said.analysis, r#"template {{ x }} and "}" [r1]"#);
    }

    #[test]
    fn an_answer_without_analysis_is_none() {
        assert_eq!(text(r#"{"analysis": "  ", "confidence": 1}"#), Err("it has no analysis".to_owned()));
        assert_eq!(text(r#"{"confidence": 1}"#), Err("it has no analysis".to_owned()));
        assert_eq!(text("   "), Err("it is empty".to_owned()));
        assert!(text("I am sorry, I cannot help with that").is_err());
    }

    #[test]
    fn broken_json_is_named() {
        let error = text(r#"{"analysis": "a", "confidence": }"#).unwrap_err();
        assert!(error.starts_with("its JSON is broken"), "{error}");
    }

    #[test]
    fn a_confidence_of_nonsense_is_none_and_one_beyond_its_bounds_is_bounded() {
        let of = |value: &str| text(&format!(r#"{{"analysis": "a", "confidence": {value}}}"#)).unwrap().confidence;
        assert_eq!(of("0.8500000238418579"), Some(0.85));
        assert_eq!(of("-3"), Some(0.0));
        assert_eq!(of("\"very\""), None);
    }

    #[test]
    fn a_very_long_answer_is_cut() {
        let raw = format!(r#"{{"analysis": "{}"}}"#, "ä".repeat(2_000_000));
        assert!(text(&raw).unwrap().analysis.len() <= LONGEST);
    }
}
