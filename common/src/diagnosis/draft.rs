//! How a rule writes a finding: sentence by sentence, in the order a reader wants them.
//!
//! In: what the rule knows. Out: a [`Finding`]. Every value passes `redact::secrets` here, so that no rule can forget it.

use jiff::Timestamp;

use super::codes::Code;
use crate::api::ai_insight::{Evidence, Finding, Remedy, RuledOut};
use crate::api::shared::{CauseRef, RemediationAction, Time};
use crate::api::{ActionType, ResourceRef};
use crate::redact;

/// Longest value of a receipt.
const VALUE: usize = 512;

/// A finding being written.
pub struct Draft(Finding);

impl Draft {
    pub fn of(code: Code, statement: impl AsRef<str>) -> Self {
        Self(Finding {
            code: code.as_str().to_owned(),
            statement: redact::secrets(statement.as_ref()).into_owned(),
            ..Finding::default()
        })
    }

    /// Where the cause sits.
    pub fn cause(mut self, object: &ResourceRef, field_path: impl Into<String>) -> Self {
        let path: String = field_path.into();
        self.0.cause = CauseRef { object: object.clone(), field_path: Some(path).filter(|path| !path.is_empty()) };
        self
    }

    pub fn receipt(mut self, receipt: Evidence) -> Self {
        // The same line may be found by two ways, e.g. a status and its Event.
        if !self.0.evidence.contains(&receipt) {
            self.0.evidence.push(receipt);
        }
        self
    }

    pub fn receipts(self, receipts: impl IntoIterator<Item = Evidence>) -> Self {
        receipts.into_iter().fold(self, Self::receipt)
    }

    pub fn confidence(mut self, confidence: f64, reason: impl Into<String>) -> Self {
        self.0.confidence = confidence;
        self.0.confidence_reason = Some(reason.into());
        self
    }

    pub fn rules_out(mut self, what: &str, because: impl Into<String>) -> Self {
        self.0.ruled_out.push(RuledOut { what: what.to_owned(), because: because.into() });
        self
    }

    pub fn remedy(mut self, remedy: Option<Remedy>) -> Self {
        self.0.remedies.extend(remedy);
        self
    }

    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    pub fn done(self) -> Finding {
        self.0
    }
}

/// A receipt: what it shows, where it was read, what stood there, when.
pub fn receipt(
    statement: impl AsRef<str>,
    object: ResourceRef,
    field_path: impl Into<String>,
    value: impl AsRef<str>,
    time: Option<Timestamp>,
) -> Evidence {
    let value = value.as_ref();
    Evidence {
        statement: redact::cut(&redact::secrets(statement.as_ref()), VALUE),
        object,
        field_path: field_path.into(),
        value: (!value.is_empty()).then(|| redact::cut(&redact::secrets(value), VALUE)),
        time: time.map(Time),
    }
}

/// One action as a remedy.
pub fn remedy<const N: usize>(action: ActionType, params: [(&str, String); N], why: impl Into<String>) -> Remedy {
    let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Remedy { actions: vec![RemediationAction { action_type: action, params }], target: None, why: why.into() }
}
