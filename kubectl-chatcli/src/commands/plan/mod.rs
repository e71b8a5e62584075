//! `kubectl chatcli plan`: one file per subcommand.

mod preview;

use super::{Context, resolve};

pub use preview::preview;
