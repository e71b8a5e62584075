//! ChatCLI servers: how one is dialled, whether it answers, and calls spread over all of its pods.
//!
//! In: addresses, trust and token of a server. Out: answers, or in words why there is none. Never: reads a Secret or watches an object;
//! whoever knows the Instance brings both.

mod balanced;
mod dial;
mod unreachable;

pub use balanced::{Balanced, Servers, TooLarge, was_never_seen};
pub use dial::{Access, Reached, Target, Trust, ask};
pub use unreachable::{Unreachable, find};
