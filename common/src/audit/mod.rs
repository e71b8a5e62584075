//! The record of who decided what: how events hang together, how one tells that they no longer do, how they look in a log. Pure.
//!
//! In: AuditEvents of one namespace, and the head of their chain. Out: hashes, findings, lines. Never: reads or writes anything.

pub mod chain;
pub mod export;
pub mod line;

pub use chain::{Checkpoint, Finding, Head, Pending, Report, hash, verify};
pub use export::{Divergence, Exported, compare};
pub use line::line;
