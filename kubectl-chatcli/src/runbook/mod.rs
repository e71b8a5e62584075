//! Runbooks as people write them: checked, begun, tried. Pure but for the recording that a trial reads.

pub mod lint;
pub mod own;
pub mod scaffold;
pub mod trial;
