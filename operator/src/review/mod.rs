//! From a finished incident to its report.
//!
//! In: an Issue that is resolved, contained or escalated, with its explanation, plans and votes. Out: one PostMortem, written again
//! when the story goes on. Never: judges people, or reports a step as done that was not.

pub mod decide;
