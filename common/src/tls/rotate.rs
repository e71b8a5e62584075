//! A new certificate in the place of an old one, without a moment in which a client trusts neither.

use super::inspect::{Material, authorities_in_use};
use super::make::{CannotMake, Issued, Request, make};

/// Makes a new set. Its `ca.crt` holds the new authority and the one that signed the old certificate, while that is valid: servers read a
/// changed Secret one after another, and clients have to trust both until the last has.
pub fn rotate(old: &Material<'_>, request: &Request<'_>) -> Result<Issued, CannotMake> {
    let mut issued = make(request)?;
    for authority in authorities_in_use(old, request.now) {
        issued.authority.push_str(&authority);
    }
    Ok(issued)
}
