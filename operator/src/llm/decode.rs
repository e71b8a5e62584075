//! What a model said, out of however it said it. Tolerant of form, never of substance.
//!
//! In: a text, or JSON. Out: a [`Readable`], or in words what is wrong with it. Fences, prose around the object, numbers for text, a per cent
//! sign after the confidence, parameters as a map or as pairs: all are read. An analysis without words is none, and neither is a step.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::wire;

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

/// A form in which a model is asked to answer.
pub trait Readable: Clone + Send + Sync + Sized {
    /// What is asked for, in one word.
    const WHAT: &'static str;
    /// The field without which an object is no such answer.
    const SIGN: &'static str;

    /// The schema, strict.
    fn schema() -> Value;

    /// From JSON; in words what is wrong with it.
    fn read(value: &Value) -> Result<Self, String>;
}

/// From a text.
pub fn text<T: Readable>(raw: &str) -> Result<T, String> {
    let trimmed = raw.trim();
    if trimmed.is_empty() {
        return Err("it is empty".to_owned());
    }
    if let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(trimmed) {
        return T::read(&value);
    }
    // Thinking out loud, prose, fences: the object is somewhere in there.
    let mut last = "it holds no JSON object".to_owned();
    for (start, _) in trimmed.match_indices('{').take(64) {
        let Some(object) = balanced(&trimmed[start..]) else { continue };
        match serde_json::from_str::<Value>(object) {
            Ok(value) if value.get(T::SIGN).is_some() => return T::read(&value),
            Ok(_) => {}
            Err(error) => last = format!("its JSON is broken: {error}"),
        }
    }
    Err(last)
}

impl Readable for Said {
    const WHAT: &'static str = "analysis";
    const SIGN: &'static str = "analysis";

    fn schema() -> Value {
        wire::object(&json!({
            "analysis": { "type": "string" },
            "confidence": { "type": "number" },
            "recommendations": texts(),
            "actions": { "type": "array", "items": action_schema() },
        }))
    }

    fn read(value: &Value) -> Result<Self, String> {
        let analysis = words(&field(value, &["analysis", "root_cause", "rootCause"])).unwrap_or_default();
        if analysis.trim().is_empty() {
            return Err("it has no analysis".to_owned());
        }
        let actions = field(value, &["actions", "suggested_actions", "suggestedActions"]);
        Ok(Self {
            analysis: cut(&analysis),
            confidence: confidence(&field(value, &["confidence"])),
            recommendations: entries(&field(value, &["recommendations"])),
            actions: list(&actions).iter().filter_map(action).collect(),
        })
    }
}

/// What a model says about the next step of an agentic plan, unjudged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaidStep {
    /// Why.
    pub reasoning: String,
    /// It takes the trouble for over.
    pub resolved: bool,
    /// What to do next; none is to look on.
    pub next: Option<SaidAction>,
    /// Why that is not what was suggested first.
    pub divergence_reason: String,
    /// The server takes the step for another than the one suggested first; it does not say why.
    pub is_called_divergent: bool,
    /// The story, where it is over.
    pub narrative: Narrative,
}

/// The story of an incident, as a model tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Narrative {
    /// In short.
    pub summary: String,
    /// What it came from.
    pub root_cause: String,
    /// What it did to others.
    pub impact: String,
    /// What was learnt.
    pub lessons: Vec<String>,
    /// What would keep it from coming back.
    pub prevention: Vec<String>,
}

impl Readable for SaidStep {
    const WHAT: &'static str = "step";
    const SIGN: &'static str = "reasoning";

    fn schema() -> Value {
        let text = || json!({ "type": "string" });
        let mut next = action_schema();
        next["type"] = json!(["object", "null"]);
        wire::object(&json!({
            "reasoning": text(),
            "resolved": { "type": "boolean" },
            "next_action": next,
            "divergence_reason": text(),
            "postmortem_summary": text(),
            "root_cause": text(),
            "impact": text(),
            "lessons_learned": texts(),
            "prevention_actions": texts(),
        }))
    }

    fn read(value: &Value) -> Result<Self, String> {
        let text = |names: &[&str]| words(&field(value, names)).map(|text| cut(&text)).unwrap_or_default();
        let reasoning = text(&["reasoning"]);
        if reasoning.is_empty() {
            return Err("it has no reasoning".to_owned());
        }
        Ok(Self {
            reasoning,
            resolved: text(&["resolved"]) == "true",
            next: action(&field(value, &["next_action", "nextAction"])),
            divergence_reason: text(&["divergence_reason", "divergenceReason"]),
            is_called_divergent: text(&["diverges_from_insight"]) == "true",
            narrative: Narrative {
                summary: text(&["postmortem_summary", "postmortemSummary"]),
                root_cause: text(&["root_cause", "rootCause"]),
                impact: text(&["impact"]),
                lessons: entries(&field(value, &["lessons_learned", "lessonsLearned"])),
                prevention: entries(&field(value, &["prevention_actions", "preventionActions"])),
            },
        })
    }
}

/// The first of these fields that is there.
fn field(value: &Value, names: &[&str]) -> Value {
    names.iter().find_map(|name| value.get(*name)).cloned().unwrap_or_default()
}

fn texts() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn action_schema() -> Value {
    let text = || json!({ "type": "string" });
    let param = wire::object(&json!({ "name": text(), "value": text() }));
    wire::object(&json!({
        "name": text(), "action": text(), "description": text(), "params": { "type": "array", "items": param },
    }))
}

fn entries(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(words).map(|text| cut(&text)).collect()
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

    fn text(raw: &str) -> Result<Said, String> {
        super::text(raw)
    }

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

    #[test]
    fn a_step_is_read_with_its_action_and_without_one() {
        let step = |raw: &str| super::text::<SaidStep>(raw);
        let acts = r#"{"reasoning": "too little memory [r1]", "resolved": false,
            "next_action": {"name": "more", "action": "AdjustResources", "params": {"memory_limit": "1Gi"}}}"#;
        let said = step(acts).unwrap();
        assert_eq!(said.next.unwrap().params["memory_limit"], "1Gi");
        let over = r#"Well: {"reasoning": "it is over [r2]", "resolved": true, "next_action": null, "root_cause": "c [r1]", "lessons_learned": ["l [r1]"]}"#;
        let said = step(over).unwrap();
        assert!(said.resolved && said.next.is_none());
        assert_eq!((said.narrative.root_cause.as_str(), said.narrative.lessons.len()), ("c [r1]", 1));
        assert!(step(r#"{"resolved": true}"#).is_err(), "who gives no reason decides nothing");
    }
}
