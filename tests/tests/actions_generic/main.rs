//! The actions that are no Deployment's own, against the real API server and real controllers: each is previewed, applied, settled, taken
//! back to the exact original where its class says so, and refuses what it should.

mod plan;

mod gitops;
mod helm;
mod manifests;
mod network;
mod nodes;
mod pods;
mod secrets;
mod storage;
