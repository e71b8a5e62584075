//! What the operator and the plugin agree on. No watches, no tasks, no terminal.
//!
//! In: Kubernetes API objects. Out: our API types ([`api`]), what is wrong and why ([`facts`] → [`signals`] → [`diagnosis`]), what
//! would change it ([`actions`]) and who may decide that ([`decisions`]), what models cost ([`costs`]), certificates ([`tls`]), where an
//! address leads ([`addresses`]). Everything except the verbs that talk to the API server (`actions::preview`, `actions::apply`) and
//! `tls::look` is a pure function.

pub mod actions;
pub mod addresses;
pub mod api;
pub mod audit;
pub mod costs;
pub mod decisions;
pub mod diagnosis;
pub mod facts;
pub mod instances;
pub mod naming;
pub mod redact;
pub mod signals;
pub mod source;
#[cfg(test)]
pub(crate) mod testing;
pub mod tls;
