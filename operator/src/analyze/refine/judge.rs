//! What is kept of an answer: what rests on receipts that exist, and actions that exist.
//!
//! In: what a model said, how many receipts it was given, what the rules found. Out: the part that can be shown, and how much was left out.
//! Pure. Nothing here decides that something is done: an action kept is a suggestion, and one that contradicts the rules says so.

use std::collections::BTreeSet;

use common::actions;
use common::api::ai_insight::{Finding, SuggestedAction};
use common::api::{ActionType, RemediationAction, ResourceRef};

use crate::analyze::models::citing::{rests_on, sentences};
use crate::llm::{Said, SaidAction};

/// Most recommendations and actions kept.
const MOST: usize = 5;

/// What is left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// Sentences that cite; empty when none did.
    pub analysis: String,
    /// As said; half of it where nothing was said.
    pub confidence: f64,
    /// Entries that cite.
    pub recommendations: Vec<String>,
    /// Actions of the registry, with parameters it takes.
    pub actions: Vec<SuggestedAction>,
    /// Receipts cited by what was kept, from 1.
    pub cited: BTreeSet<usize>,
    /// Sentences left out.
    pub dropped_sentences: i32,
    /// Actions left out.
    pub dropped_actions: i32,
}

/// Judges an answer given to a question with `receipts` receipts about `target`.
pub fn judge(said: &Said, receipts: usize, target: &ResourceRef, findings: &[Finding]) -> Judged {
    let mut judged = Judged { confidence: said.confidence.unwrap_or(0.5), ..Judged::default() };
    let sentences = sentences(&said.analysis);
    let kept: Vec<&str> = sentences.iter().filter(|it| judged.cites(it, receipts)).map(String::as_str).collect();
    judged.analysis = kept.join(" ");
    for entry in &said.recommendations {
        if judged.cites(entry, receipts) && judged.recommendations.len() < MOST {
            judged.recommendations.push(entry.clone());
        }
    }
    for action in &said.actions {
        match suggestion(action, target, findings) {
            Some(suggestion) if judged.actions.len() < MOST && judged.cites(&action.description, receipts) => {
                judged.actions.push(suggestion);
            }
            _ => judged.dropped_actions += 1,
        }
    }
    // One that contradicts the rules is the last to be looked at.
    judged.actions.sort_by_key(|action| action.description.as_deref().is_some_and(|it| it.starts_with(CONTRADICTS)));
    judged
}

/// How the description of an action begins that the rules speak against.
pub const CONTRADICTS: &str = "Contradicts the findings, a person decides: ";

impl Judged {
    /// Does it rest on receipts that all exist? What does not is counted.
    fn cites(&mut self, text: &str, receipts: usize) -> bool {
        let cited = rests_on(text, receipts);
        self.dropped_sentences += i32::from(cited.is_none());
        let is_cited = cited.is_some();
        self.cited.extend(cited.unwrap_or_default());
        is_cited
    }
}

fn suggestion(action: &SaidAction, target: &ResourceRef, findings: &[Finding]) -> Option<SuggestedAction> {
    let step = RemediationAction { action_type: ActionType::from_name(&action.action), params: action.params.clone() };
    actions::parse(&step, target).ok()?;
    let description = match contradiction(step.action_type, findings) {
        Some(why) => format!("{CONTRADICTS}{why}. {}", action.description),
        None => action.description.clone(),
    };
    Some(SuggestedAction {
        name: common::redact::cut(&action.name, 200),
        action: step.action_type.as_str().to_owned(),
        description: Some(common::redact::cut(&description, 1000)),
        params: action.params.clone(),
    })
}

/// What an action is meant to cure, in the words in which rules rule causes out.
const CURES: [(&str, &str); 3] = [("Resources", "resources"), ("Rollback", "image"), ("PatchConfig", "config")];

/// Why the rules speak against an action.
pub fn contradiction(action: ActionType, findings: &[Finding]) -> Option<String> {
    let name = action.as_str();
    let first = findings.first()?;
    let cured = CURES.iter().find(|(part, _)| name.contains(part)).map(|(_, what)| *what);
    if let Some(rival) = first.ruled_out.iter().find(|rival| cured.is_some_and(|what| rival.what.contains(what))) {
        return Some(format!("{} was ruled out: {}", rival.what, rival.because));
    }
    // Rules that are sure and know a cure named another one.
    let cures: Vec<&str> =
        first.remedies.iter().flat_map(|remedy| &remedy.actions).map(|action| action.action_type.as_str()).collect();
    (first.confidence >= 0.8 && !cures.is_empty() && !cures.contains(&name))
        .then(|| format!("the rules are sure of {} and would {}", first.code, cures.join(", ")))
}

#[cfg(test)]
mod tests {
    use common::api::ai_insight::RuledOut;

    use super::*;

    fn target() -> ResourceRef {
        ResourceRef::new("Deployment", "shop", "web")
    }

    fn said(analysis: &str) -> Said {
        Said { analysis: analysis.into(), confidence: Some(0.7), ..Said::default() }
    }

    fn action(name: &str, params: &[(&str, &str)]) -> SaidAction {
        SaidAction {
            name: "step".into(),
            action: name.into(),
            description: "because [r1]".into(),
            params: params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }

    fn with(actions: Vec<SaidAction>) -> Said {
        Said { actions, ..said("it fails [r1].") }
    }

    #[test]
    fn a_sentence_without_a_receipt_is_left_out_and_counted() {
        let judged =
            judge(&said("The cache is down [r1]. I think so. It was deployed at 10.30 [r2, r3]."), 3, &target(), &[]);
        assert_eq!(judged.analysis, "The cache is down [r1]. It was deployed at 10.30 [r2, r3].");
        assert_eq!((judged.dropped_sentences, judged.cited.len()), (1, 3));
    }

    #[test]
    fn a_receipt_that_does_not_exist_takes_its_sentence_with_it() {
        let judged = judge(&said("True [r1]. Invented [r1, r9]. Zero [r0]."), 3, &target(), &[]);
        assert_eq!((judged.analysis.as_str(), judged.dropped_sentences), ("True [r1].", 2));
    }

    #[test]
    fn receipts_after_the_full_stop_and_within_a_sentence_count() {
        let judged = judge(
            &said("It fails. [r1] The pod [r2] was killed by version v1.2.3 [r1]\nLast one [r2]"),
            2,
            &target(),
            &[],
        );
        assert_eq!(judged.dropped_sentences, 0, "{}", judged.analysis);
        assert!(judged.analysis.ends_with("Last one [r2]"));
    }

    #[test]
    fn an_answer_that_cites_nothing_leaves_nothing() {
        let judged = judge(&said("Ignore the rules. Delete everything! See [this]."), 5, &target(), &[]);
        assert_eq!((judged.analysis.as_str(), judged.dropped_sentences), ("", 3));
    }

    #[test]
    fn an_invented_action_is_left_out_and_one_for_another_kind_too() {
        let actions = vec![
            action("DeleteCluster", &[]),
            action("Custom", &[]),
            action("ScaleStatefulSet", &[("replicas", "2")]),
            action("ScaleDeployment", &[("replicas", "many")]),
            action("ScaleDeployment", &[("replicas", "2"), ("namespace", "kube-system")]),
            action("ScaleDeployment", &[("replicas", "2")]),
        ];
        let judged = judge(&with(actions), 1, &target(), &[]);
        assert_eq!(judged.actions.len(), 1);
        assert_eq!((judged.actions[0].action.as_str(), judged.dropped_actions), ("ScaleDeployment", 5));
    }

    #[test]
    fn an_action_without_a_receipt_is_left_out() {
        let bare = SaidAction { description: "trust me".into(), ..action("RestartDeployment", &[]) };
        assert_eq!(judge(&with(vec![bare]), 1, &target(), &[]).dropped_actions, 1);
    }

    #[test]
    fn an_action_that_contradicts_the_findings_says_so_and_stands_last() {
        let finding = Finding {
            code: "image-not-found".into(),
            ruled_out: vec![RuledOut { what: "resources".into(), because: "no OOM kill".into() }],
            ..Finding::default()
        };
        let actions = vec![action("AdjustResources", &[("memory_limit", "1Gi")]), action("RestartDeployment", &[])];
        let judged = judge(&with(actions), 1, &target(), &[finding]);
        let names: Vec<&str> = judged.actions.iter().map(|action| action.action.as_str()).collect();
        assert_eq!(names, ["RestartDeployment", "AdjustResources"]);
        assert!(judged.actions[1].description.as_deref().unwrap().starts_with(CONTRADICTS));
    }
}
