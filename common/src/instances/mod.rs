//! What the operator and the plugin agree on about ChatCLI servers: what an Instance refers to, what its watcher reads, what has to be
//! granted for it. Pure.

mod grants;
mod references;
mod watcher;

pub use grants::{Grantee, grants};
pub use references::{Reference, Source, digests, references, token_key};
pub use watcher::{NODE_RULES, RULES, Rule, watched_namespaces, watcher_binding};
