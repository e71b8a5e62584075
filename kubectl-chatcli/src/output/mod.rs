//! How things look: one file per thing shown. Pure functions from objects to text; colour codes are in the text and stripped by [`crate::ui`].

pub mod decision;
pub mod explanation;
pub mod incident;
pub mod incidents;
pub mod instances;
pub mod preview;
pub mod report;
pub mod structured;
pub mod style;
pub mod table;
