//! What the API server itself makes of our definitions, with strict field validation: documented examples apply, senseless objects are
//! refused with the field named, nothing upstream wrote is lost, and what upstream stored stays usable after the upgrade.
//!
//! The objects are in `tests/fixtures`: `seeds` as the documents print them, `full` with every field set, `refused` and `accepted` one
//! change away from `full`.

mod accepted;
mod fixtures;
mod refused;
mod round_trip;
mod server;
mod upgraded;
