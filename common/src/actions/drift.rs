//! What is no longer as it was sealed, in words for whoever has to decide anew.
//!
//! In: two previews of one plan. Out: sentences that name steps, objects and fields. Never: a value; people read those in the diff, where
//! they are redacted.

use std::collections::BTreeSet;

use crate::api::remediation_plan::{PlanPreview, StepStatus, TouchedField, VerdictLevel, WriteRecord};

/// A preview and the steps it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'a> {
    /// What people read.
    pub preview: &'a PlanPreview,
    /// What would be sent.
    pub steps: &'a [StepStatus],
}

/// Most differences that are told.
const MOST: usize = 4;

/// What is different now, gravest first; empty when only something outside of both is, as the form of the seal itself.
pub fn differences(sealed: Sealed<'_>, now: Sealed<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let (was, is) = (sealed.preview.class, now.preview.class);
    if was != is {
        found.push(format!("it is {is} now and was {was}"));
    }
    let (blocked, blocks) = (blockers(sealed.preview), blockers(now.preview));
    found.extend(blocks.difference(&blocked).map(|check| format!("{check} blocks it now")));
    found.extend(blocked.difference(&blocks).map(|check| format!("{check} blocks it no longer")));
    if sealed.preview.policy_digest != now.preview.policy_digest {
        found.push("other approval policies hold".to_owned());
    }
    for (index, (sealed, now)) in sealed.steps.iter().zip(now.steps).enumerate() {
        let mut of_step = changed(&sealed.writes, &now.writes, "");
        if of_step.is_empty() {
            of_step = changed(&sealed.undo, &now.undo, "its undo: ");
        }
        found.extend(of_step.into_iter().map(|what| format!("step {}, {what}", index + 1)));
    }
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    found.extend((more > 0).then(|| format!("{more} more")));
    found
}

fn blockers(preview: &PlanPreview) -> BTreeSet<&str> {
    let blocking = preview.verdicts.iter().filter(|verdict| verdict.level == VerdictLevel::Block);
    blocking.map(|verdict| verdict.check.as_str()).collect()
}

fn changed(sealed: &[WriteRecord], now: &[WriteRecord], which: &str) -> Vec<String> {
    if sealed.len() != now.len() {
        return vec![format!("{which}{} requests instead of {}", now.len(), sealed.len())];
    }
    sealed.iter().zip(now).filter_map(|(sealed, now)| Some(format!("{which}{}", request(sealed, now)?))).collect()
}

fn request(sealed: &WriteRecord, now: &WriteRecord) -> Option<String> {
    let name = now.object.short();
    if sealed.object != now.object {
        let another = if sealed.object.short() == name { "made anew".to_owned() } else { sealed.object.short() };
        return Some(format!("{name} instead of {another}"));
    }
    let paths: BTreeSet<&str> = sealed.touched.iter().chain(&now.touched).map(|field| field.path.as_str()).collect();
    let fields: Vec<String> = paths
        .into_iter()
        .filter_map(|path| match (field(&sealed.touched, path), field(&now.touched, path)) {
            (Some(sealed), Some(now)) if sealed.before != now.before => Some(format!("{path} has another value")),
            (Some(sealed), Some(now)) if sealed.after != now.after => Some(format!("{path} would get another value")),
            (Some(_), None) => Some(format!("{path} would not change")),
            (None, Some(_)) => Some(format!("{path} would change as well")),
            _ => None,
        })
        .collect();
    if fields.is_empty() {
        return (sealed.payload != now.payload || sealed.kind != now.kind).then(|| format!("{name}: another guard"));
    }
    Some(format!("{name}: {}", fields.join(", ")))
}

fn field<'a>(touched: &'a [TouchedField], path: &str) -> Option<&'a TouchedField> {
    touched.iter().find(|field| field.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ResourceRef;
    use crate::api::remediation_plan::{ActionClass, Verdict, VerdictSource};

    fn step(path: &str, before: &str, after: &str) -> StepStatus {
        let touched =
            TouchedField { path: path.to_owned(), before: Some(before.to_owned()), after: Some(after.to_owned()) };
        let write = WriteRecord {
            object: ResourceRef::new("Deployment", "shop", "web"),
            payload: format!("{before}{after}"),
            touched: vec![touched],
            ..WriteRecord::default()
        };
        StepStatus { writes: vec![write], ..StepStatus::default() }
    }

    fn told(sealed: &StepStatus, now: &StepStatus) -> Vec<String> {
        let preview = PlanPreview::default();
        differences(
            Sealed { preview: &preview, steps: std::slice::from_ref(sealed) },
            Sealed { preview: &preview, steps: std::slice::from_ref(now) },
        )
    }

    #[test]
    fn a_field_is_named_and_its_value_is_not() {
        let sealed = step("/spec/replicas", "\"hunter2\"", "2");
        assert_eq!(
            told(&sealed, &step("/spec/replicas", "\"hunter3\"", "2")),
            ["step 1, deploy/web: /spec/replicas has another value"]
        );
        assert_eq!(
            told(&sealed, &step("/spec/replicas", "\"hunter2\"", "3")),
            ["step 1, deploy/web: /spec/replicas would get another value"]
        );
        assert_eq!(
            told(&sealed, &step("/spec/paused", "\"hunter2\"", "2")),
            ["step 1, deploy/web: /spec/paused would change as well, /spec/replicas would not change"]
        );
        assert_eq!(told(&sealed, &sealed), Vec::<String>::new());
    }

    #[test]
    fn what_became_graver_or_is_blocked_now_comes_first() {
        let block = Verdict {
            check: "pdb".to_owned(),
            level: VerdictLevel::Block,
            message: String::new(),
            source: VerdictSource::Computed,
        };
        let sealed = PlanPreview { class: ActionClass::Reversible, ..PlanPreview::default() };
        let now = PlanPreview { class: ActionClass::Disruptive, verdicts: vec![block], ..PlanPreview::default() };
        let told = differences(Sealed { preview: &sealed, steps: &[] }, Sealed { preview: &now, steps: &[] });
        assert_eq!(told, ["it is disruptive now and was reversible", "pdb blocks it now"]);
    }
}
