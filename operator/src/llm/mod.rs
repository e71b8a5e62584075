//! The boundary to models.
//!
//! In: what leaves the cluster, redacted. Out: what came back. Never: watches objects, decides what is done with an answer.

pub mod chatcli;
