//! The way to a server: https by a client of our own, ssh by `russh`. Every address is looked at before it is dialled.

pub mod address;
pub mod exchange;
pub mod https;
mod known_hosts;
pub mod place;
pub mod ssh;
