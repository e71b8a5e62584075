//! The life of a plan: previewed, allowed, applied step by step, proven, or taken back.

pub mod decide;
pub mod gates;
