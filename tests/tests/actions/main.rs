//! Each action against the real API server and real controllers: what is previewed happens, happens once, and can be taken back.
//!
//! One file per family of actions, as in `common/src/actions/`.

mod cronjob;
mod daemonset;
mod deployment;
mod diagnostic;
mod gitops;
mod helm;
mod job;
mod manifests;
mod network;
mod nodes;
mod plan;
mod secrets;
mod statefulset;
mod storage;
