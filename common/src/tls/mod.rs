//! Certificates of ChatCLI servers: made, looked at, renewed.
//!
//! In: names, the three keys of a Secret (`tls.crt`, `tls.key`, `ca.crt`), an address. Out: a new set of the three, or what is wrong with
//! an old one in the words of the handshake that fails and the command that helps. Never: writes a key to disk or to a log; a private key
//! is wiped from memory when it is dropped, and the authority's key is gone once the one certificate it was made for is signed.

mod handshake;
mod inspect;
mod make;
mod problem;
mod rotate;

pub use handshake::{NoHandshake, Served, look};
pub use inspect::{Certificate, Inspection, Material, chain, inspect, only_certificates, verify};
pub use make::{CannotMake, Issued, KeyKind, Request, make, service_names};
pub use problem::Problem;
pub use rotate::rotate;

/// Keys of a Secret of type `kubernetes.io/tls`, and the one that ChatCLI's operator reads its trust from.
pub mod keys {
    /// Certificate of the server, intermediates after it.
    pub const CERTIFICATE: &str = "tls.crt";
    /// Private key of the server.
    pub const KEY: &str = "tls.key";
    /// Authorities that clients trust.
    pub const AUTHORITY: &str = "ca.crt";
}
