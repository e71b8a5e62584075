//! Whether a server answers: dialled as the Instance says, with its own certificate authority and its own token.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use common::instances::{Reference, digests};

use super::made::Made;
use super::references::Found;
use super::subject::{Subject, split_port};
use crate::llm::chatcli::{Access, Reached, Target, Trust, Unreachable, ask};
use crate::runtime::Context;

/// What came of it.
pub(super) enum Reach {
    /// It answers, and this is how it can be asked.
    Answers { reached: Reached, access: Access, made_of: HashMap<&'static str, Vec<u8>>, targets: Vec<Target> },
    /// It does not.
    Fails(Unreachable),
    /// It cannot be asked, because a Secret may not be read or is not there.
    Unknown(String),
}

impl Reach {
    pub(super) async fn find(ctx: &Context, made: &Made, subject: &Subject, known: &[(Reference, Found)]) -> Self {
        let targets = targets(made, subject);
        if targets.is_empty() {
            return Self::Fails(Unreachable::NoEndpoints);
        }
        let (access, made_of) = match access(ctx, subject, known) {
            Ok(access) => access,
            Err(reach) => return *reach,
        };
        let mut last = Unreachable::NoEndpoints;
        for target in &targets {
            match ask(target, &access).await {
                Ok(reached) => return Self::Answers { reached, access, made_of, targets },
                Err(error) => last = error,
            }
        }
        Self::Fails(last)
    }
}

/// Where it is: the pods behind its Service, or the address that its spec names.
fn targets(made: &Made, subject: &Subject) -> Vec<Target> {
    let port = u16::try_from(subject.port()).unwrap_or_default();
    if let Some(address) = subject.spec.server.as_ref().and_then(|server| server.address.as_deref()) {
        let (host, own) = split_port(address);
        return vec![Target::Host(host.to_owned(), own.unwrap_or(port))];
    }
    let mut pods = BTreeSet::new();
    for slice in made.endpoints(subject) {
        let port = slice.ports.iter().flatten().find(|port| port.name.as_deref() == Some("grpc"));
        let Some(port) = port.and_then(|port| port.port).and_then(|port| u16::try_from(port).ok()) else { continue };
        for endpoint in &slice.endpoints {
            let is_ready = endpoint.conditions.as_ref().and_then(|conditions| conditions.ready) != Some(false);
            let addresses = endpoint.addresses.iter().filter(|_| is_ready);
            pods.extend(
                addresses.filter_map(|address| address.parse::<IpAddr>().ok()).map(|ip| SocketAddr::new(ip, port)),
            );
        }
    }
    pods.into_iter().map(Target::Pod).collect()
}

type Recipe = (Access, HashMap<&'static str, Vec<u8>>);

fn access(ctx: &Context, subject: &Subject, known: &[(Reference, Found)]) -> Result<Recipe, Box<Reach>> {
    let mut made_of = HashMap::new();
    let host = subject.host(&ctx.config.cluster_domain);
    made_of.insert("host", host.clone().into_bytes());
    let mut access = Access { trust: None, token: None };
    for (reference, found) in known {
        if ![digests::TLS, digests::TOKEN].contains(&reference.annotation) {
            continue;
        }
        let Found::Data(data) = found else {
            let why = if *found == Found::Denied { "may not be read" } else { "does not exist" };
            return Err(Box::new(Reach::Unknown(format!(
                "Secret {}, which {} names, {why}",
                reference.name, reference.field
            ))));
        };
        if reference.annotation == digests::TLS {
            let authority = data.get("ca.crt").filter(|pem| !pem.is_empty());
            access.trust =
                Some(Trust::new(&host, authority.map(Vec::as_slice)).map_err(|error| Box::new(Reach::Fails(error)))?);
            made_of.insert("authority", authority.cloned().unwrap_or_default());
        } else if let Some(token) = reference.key.as_ref().and_then(|key| data.get(key)) {
            let text = format!("Bearer {}", String::from_utf8_lossy(token));
            // A newline at the end is part of what the server compares, and cannot be sent: it is a Secret made by mistake.
            let Ok(value) = text.parse() else {
                let what = format!(
                    "Secret {}, which {} names, holds a line break or another character that no header can carry",
                    reference.name, reference.field
                );
                return Err(Box::new(Reach::Unknown(what)));
            };
            access.token = Some((value, format!("Secret {}", reference.name)));
            made_of.insert("token", token.clone());
        }
    }
    Ok((access, made_of))
}
