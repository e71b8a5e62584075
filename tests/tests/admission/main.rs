//! The gate on a real API server: who may say what, tried by people, ServiceAccounts and the operator, straight past the plugin.

mod audit;
mod authors;
mod brakes;
mod counting;
mod gate;
mod guards;
mod marks;
mod policies;
mod quorum;
mod requests;
mod votes;
