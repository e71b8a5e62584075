//! Decisions about one server, as sentences.
