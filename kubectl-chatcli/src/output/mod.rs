//! How things look: one file per thing shown. Pure functions from objects to text; colour codes are in the text and stripped by [`crate::ui`].

pub mod certificate;
pub mod checks;
pub mod decision;
pub mod explanation;
pub mod gate;
pub mod incident;
pub mod incidents;
pub mod junit;
pub mod plan;
pub mod plans;
pub mod preview;
pub mod report;
pub mod runbooks;
pub mod sarif;
pub mod scan;
pub mod status;
pub mod structured;
pub mod style;
pub mod table;
pub mod triage;
