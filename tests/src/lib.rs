//! The test kit: a cluster, an operator that runs as the operator, faults made on purpose, and people who vote.
//!
//! In: the built programs and a cluster. Out: what a test says in a sentence. Never: sleeps to wait for something; a wait is a watch with
//! a deadline ([`watching::eventually`]).

#![allow(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

pub mod agentic;
pub mod app;
pub mod audit;
pub mod bench;
pub mod cluster;
pub mod connection;
pub mod control_plane;
pub mod demo;
pub mod disturbed;
pub mod faults;
pub mod generate;
pub mod git;
pub mod http;
pub mod incidents;
pub mod installation;
pub mod locks;
pub mod loopback;
pub mod models;
pub mod namespace;
pub mod operator;
pub mod own_cluster;
pub mod place;
pub mod plugin;
pub mod programs;
pub mod prometheus;
pub mod proxy;
pub mod receipts;
pub mod servers;
pub mod terminal;
pub mod upstream;
pub mod votes;
pub mod watching;

pub use app::{App, Workload};
pub use audit::AuditLog;
pub use cluster::Cluster;
pub use connection::Connection;
pub use control_plane::ControlPlane;
pub use namespace::TestNamespace;
pub use operator::Operator;
pub use watching::{eventually, never};

/// Tells the person waiting what happens now.
#[expect(clippy::print_stderr, reason = "test programs and the demo talk to a person")]
pub fn say(text: &str) {
    eprintln!("==> {text}");
}
