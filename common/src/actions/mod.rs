//! The registry of actions and their five verbs: `change`, `preview`, `apply`, `settle`, `undo`.
//!
//! In: an action's type and parameters, live objects. Out: the exact requests, the server's answer to their dry run, and whether the
//! world arrived. Only `preview` and `apply` talk to the API server.
