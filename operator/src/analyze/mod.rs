//! (being written)
use crate::runtime::Runtime;

/// Adds the controllers of this stage.
pub fn register(_runtime: &mut Runtime) {}
