//! How things look: one file per thing shown. Pure functions from objects to text; colour codes are in the text and stripped by [`crate::ui`].

pub mod approvals;
pub mod audit;
pub mod decision;
pub mod explanation;
pub mod incident;
pub mod incidents;
pub mod policy;
pub mod preview;
pub mod report;
pub mod scan;
pub mod status;
pub mod structured;
pub mod style;
pub mod table;
pub mod triage;
