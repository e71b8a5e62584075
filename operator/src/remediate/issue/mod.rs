//! The life of an incident: explained, planned, followed to its end, and opened again when the fault returns.

pub mod decide;
pub mod remedies;
