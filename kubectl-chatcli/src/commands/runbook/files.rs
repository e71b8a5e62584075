//! Runbooks and policies from files. Other kinds in the same file are passed over.

use std::path::PathBuf;

use common::api::{ApprovalPolicy, Runbook};
use serde_json::Value;

use crate::failure::Failure;

/// Everything the files hold of the two.
pub fn read(paths: &[PathBuf]) -> Result<(Vec<Runbook>, Vec<ApprovalPolicy>), Failure> {
    let (mut runbooks, mut policies) = (Vec::new(), Vec::new());
    for path in paths {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|why| Failure::new(format!("cannot read {shown}: {why}")))?;
        let broken = |why: &dyn std::fmt::Display| Failure::new(format!("{shown}: {why}"));
        let documents: Vec<Value> = serde_saphyr::from_multiple(&text).map_err(|why| broken(&why))?;
        for document in documents {
            match document["kind"].as_str() {
                Some("Runbook") => runbooks.push(serde_json::from_value(document).map_err(|why| broken(&why))?),
                Some("ApprovalPolicy") => policies.push(serde_json::from_value(document).map_err(|why| broken(&why))?),
                _ => {}
            }
        }
    }
    Ok((runbooks, policies))
}
