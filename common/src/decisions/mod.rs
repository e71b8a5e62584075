//! Who may decide what, and whether they have. Pure; the clock is part of the input.
//!
//! In: what a Namespace, a workload and the ApprovalPolicies say, what a preview found, the votes cast. Out: whether anything may run here
//! at all ([`brakes`]), who has to be asked for it ([`need`]), and whether enough of them have said yes ([`votes`]). Never: reads an object
//! itself; lets an unreadable, unknown or unfinished thing mean "go ahead".

pub mod autonomy;
pub mod brakes;
pub mod breaker;
pub mod cooldown;
pub mod ending;
#[cfg(test)]
mod examples;
pub mod experience;
pub mod flapping;
pub mod invalid;
pub mod need;
pub mod noise;
pub mod policy;
pub mod radius;
pub mod votes;
pub mod window;

pub use autonomy::{Autonomy, Standing};
pub use brakes::{Brake, Surroundings};
pub use ending::{Afterwards, Ending};
pub use need::{ApprovalNeed, Author, Need, Question, Why};
pub use policy::{Effective, KnownPolicy, Subject};
pub use votes::{Ballot, Cast, Proof, Standing as VoterStanding, Tally};
pub use window::{ChangeWindow, Windows};
