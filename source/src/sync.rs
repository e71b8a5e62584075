//! Fetches a branch: shallow, and no more than the limits allow.

use std::collections::HashSet;
use std::io::{self, BufRead, Read as _};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use common::source::{Access, Index, Limits, Refusal, Remote};
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::progress::Discard;
use gix::{ObjectId, Repository};
use gix_protocol::fetch::negotiate::{Action, Round, one_round};
use gix_protocol::fetch::{Arguments, Context, Negotiate, Options, Response, Shallow, Tags};
use gix_protocol::handshake::Ref;
use gix_protocol::ls_refs::RefPrefixes;
use gix_protocol::transport::client::blocking_io::Transport;
use gix_protocol::transport::{Protocol, Service};

use crate::cache::{Cache, Fetched, record};
use crate::history::History;
use crate::index;
use crate::limits::largest_object;
use crate::net::exchange::Exchange;
use crate::net::place::{Place, Scheme};
use crate::net::{https, ssh};
use crate::refused::{Refused, quoted};

/// Commits from the head to the oldest that is fetched.
const DEPTH: std::num::NonZeroU32 = std::num::NonZeroU32::new(50).expect("it is not zero");
/// Commits that the server is told we have; a branch that was written anew still shares most of them.
const MOST_HAVES: usize = 256;
/// Tags that are kept; none but those of fetched commits are.
const MOST_TAGS: usize = 1000;

/// Brings the cache up to date with the branch, or makes it anew, and says what is there.
pub fn sync(path: &Path, limits: &Limits, remote: &Remote) -> Result<Index, Refused> {
    let place = Place::of(&remote.url)?;
    let branch = BString::from(format!("refs/heads/{}", remote.branch));
    if gix::validate::reference::name(branch.as_bstr()).is_err() {
        return Err(Refused::new(Refusal::NotFound, "git refuses the branch name in spec.branch; correct it"));
    }
    let url = place.url();
    let cache = Cache::at(path, limits);
    let _turn = cache.turn()?;
    cache.forget_other(&url)?;

    if let Some((repository, known)) = cache.kept(&url) {
        cache.mark();
        match fetch(&repository, Some(&known), limits, remote, &place) {
            Ok(index) => {
                cache.unmark()?;
                return Ok(index);
            }
            // It is the cache that is broken: made anew below.
            Err(refused) if refused.refusal == Refusal::CacheLost => {}
            Err(refused) => {
                cache.unmark()?;
                return Err(refused);
            }
        }
    }
    let repository = cache.begin(&url)?;
    let index = fetch(&repository, None, limits, remote, &place).inspect_err(|_| cache.abandon())?;
    cache.replace()?;
    Ok(index)
}

/// Fetches into a repository and records what came.
fn fetch(
    repository: &Repository,
    known: Option<&Fetched>,
    limits: &Limits,
    remote: &Remote,
    place: &Place,
) -> Result<Index, Refused> {
    let exchange = Exchange::new(limits)
        .map_err(|error| Refused::new(Refusal::Unreachable, format!("no connection can be made from here: {error}")))?;
    let mut server = Server::greet(&exchange, place, remote)?;
    let branch = BString::from(format!("refs/heads/{}", remote.branch));
    let head = server.branch(branch.as_bstr(), &remote.branch)?;
    if known.is_none_or(|it| it.head != head) {
        let haves =
            known.map(|it| History::of(repository, it.head)).transpose()?.map(|it| it.ids().take(MOST_HAVES).collect());
        server.receive(repository, head, haves.unwrap_or_default(), limits)?;
    }
    let history = History::of(repository, head)?;
    let index = index::of(repository, &history)?;
    record(repository, &Fetched { branch, head, tags: server.tags(&history) })?;
    Ok(index)
}

/// A server that has said what it has.
struct Server<'a> {
    exchange: &'a Exchange,
    place: &'a Place,
    transport: Box<dyn Transport>,
    handshake: gix_protocol::Handshake,
    refs: Vec<Ref>,
}

impl<'a> Server<'a> {
    fn greet(exchange: &'a Exchange, place: &'a Place, remote: &Remote) -> Result<Self, Refused> {
        let mut transport = dial(exchange, place, remote)?;
        let broken = |error: gix::Error| broken(exchange, place, &error);
        // The credential is sent unasked, so that an answer of 401 is final and nobody else is asked for one.
        let nobody = |_| Ok(None);
        let mut handshake =
            gix_protocol::handshake(&mut transport, Service::UploadPack, nobody, Vec::new(), &mut Discard)
                .map_err(broken)?;
        let format = handshake.capabilities.capability("object-format").and_then(|it| it.value().map(BStr::to_owned));
        if let Some(format) = format.filter(|it| it != "sha1") {
            return Err(Refused::new(
                Refusal::Unreachable,
                format!(
                    "{place} names its objects by {}, and only SHA-1 is understood",
                    quoted(&format.to_str_lossy())
                ),
            ));
        }
        let refs = if let Some(refs) = handshake.refs.take() {
            refs
        } else {
            let mut prefixes = RefPrefixes::new();
            prefixes.extend(["HEAD".into(), format!("refs/heads/{}", remote.branch).into(), "refs/tags/".into()]);
            let list = gix_protocol::LsRefsCommand::new(Some(prefixes), &handshake.capabilities, agent());
            list.invoke_blocking(&mut transport, &mut Discard, false).map_err(broken)?
        };
        Ok(Self { exchange, place, transport, handshake, refs })
    }

    /// The newest commit of a branch.
    fn branch(&self, full: &BStr, short: &str) -> Result<ObjectId, Refused> {
        let found = self.refs.iter().find_map(|it| {
            let (name, object, _) = it.unpack();
            object.filter(|_| name == full).map(ToOwned::to_owned)
        });
        found.ok_or_else(|| {
            let is_empty = self.refs.iter().all(|it| matches!(it, Ref::Unborn { .. }));
            let message = if is_empty {
                format!(
                    "{} has no branch {short}, nor any commit to be seen; push one, or correct spec.branch",
                    self.place
                )
            } else {
                format!("{} has no branch {short}; correct spec.branch", self.place)
            };
            Refused::new(Refusal::NotFound, message)
        })
    }

    /// Tags of fetched commits.
    fn tags(&self, history: &History) -> Vec<(BString, ObjectId)> {
        let fetched: HashSet<ObjectId> = history.ids().collect();
        let tags = self.refs.iter().filter_map(|it| {
            let (name, tag, marked) = it.unpack();
            let object = marked.or(tag)?.to_owned();
            let is_ours = name.starts_with(b"refs/tags/")
                && gix::validate::reference::name(name).is_ok()
                && fetched.contains(&object);
            is_ours.then(|| (name.to_owned(), object))
        });
        tags.take(MOST_TAGS).collect()
    }

    /// Receives the commits down to the depth, and everything they are made of that is not here.
    fn receive(
        &mut self,
        repository: &Repository,
        head: ObjectId,
        haves: Vec<ObjectId>,
        limits: &Limits,
    ) -> Result<(), Refused> {
        let Self { exchange, place, .. } = *self;
        exchange.expect_objects(limits);
        let mut once = Once { head, haves, blob: limits.blob };
        let context = Context {
            handshake: &mut self.handshake,
            transport: &mut self.transport,
            user_agent: agent(),
            trace_packetlines: false,
        };
        let shallow_file = repository.shallow_file().map_err(Refused::lost)?;
        let options = Options {
            shallow_file,
            shallow: &Shallow::DepthAtRemote(DEPTH),
            tags: Tags::None,
            reject_shallow_remote: false,
        };
        let interrupted = AtomicBool::new(false);
        let into = repository.objects.store_ref().path().join("pack");
        let unpack = |pack: &mut dyn BufRead,
                      progress: &mut dyn gix::DynNestedProgress,
                      interrupted: &AtomicBool|
         -> gix::Result<bool> {
            let pack = counted(pack, exchange, limits).map_err(gix::Error::from_error)?;
            let options = gix_pack::bundle::write::Options {
                thread_limit: Some(1),
                alloc_limit_bytes: usize::try_from(largest_object(limits)).ok(),
                ..Default::default()
            };
            let bases = Some(repository.objects.clone());
            let written = gix_pack::Bundle::write_to_directory(
                &mut { pack },
                Some(&into),
                progress,
                interrupted,
                bases,
                repository.object_hash(),
                options,
            )?;
            // Keeps packs from git's own collection, which does not run here.
            if let Some(keep) = written.keep_path {
                std::fs::remove_file(keep).map_err(gix::Error::from_error)?;
            }
            Ok(true)
        };
        gix_protocol::fetch(&mut once, unpack, Discard, &interrupted, context, options)
            .map_err(|error| broken(exchange, place, &error))?;
        if matches!(self.handshake.server_protocol_version, Protocol::V2) {
            // A server that is gone already has been left in order too.
            let _ = gix_protocol::indicate_end_of_interaction(&mut self.transport, false);
        }
        Ok(())
    }
}

/// Looks at a pack's header before anything is made of the pack.
fn counted<'a>(pack: &'a mut dyn BufRead, exchange: &Exchange, limits: &Limits) -> io::Result<impl BufRead + use<'a>> {
    let mut header = [0; 12];
    pack.read_exact(&mut header)?;
    let (_, objects) = gix_pack::data::header::decode(&header).map_err(io::Error::other)?;
    if u64::from(objects) > limits.objects {
        let message = format!(
            "the server sends {objects} objects, more than the {} allowed; allow more objects, or name a smaller repository",
            limits.objects
        );
        return Err(exchange.refuse(Refused::new(Refusal::TooLarge, message)));
    }
    Ok(io::Cursor::new(header).chain(pack))
}

fn dial(exchange: &Exchange, place: &Place, remote: &Remote) -> Result<Box<dyn Transport>, Refused> {
    match (&place.scheme, &remote.access) {
        (Scheme::Https, _) => {
            let client = https::Client::new(exchange.clone(), place.clone(), remote)?;
            let url = gix::url::parse(place.url().as_str())
                .map_err(|error| Refused::new(Refusal::NotFound, format!("spec.url cannot be used: {error}")))?;
            Ok(Box::new(gix_transport::client::blocking_io::http::connect_http(client, url, Protocol::V2, false)))
        }
        (Scheme::Ssh(user), Access::Ssh { key, known_hosts }) => {
            Ok(Box::new(ssh::connect(exchange, place, user, remote, key, known_hosts)?))
        }
        (Scheme::Ssh(_), _) => Err(Refused::new(
            Refusal::CredentialInvalid,
            "an ssh address needs a key: set spec.authType to ssh, and spec.secretRef to a Secret with the keys ssh-key and known_hosts",
        )),
    }
}

fn agent() -> gix_protocol::command::Feature {
    ("agent", Some(gix_protocol::agent("chatcli-source")))
}

/// Why an exchange failed: what our own side of it remembers, else what the library makes of it.
fn broken(exchange: &Exchange, place: &Place, error: &gix::Error) -> Refused {
    if let Some(refused) = exchange.refused() {
        return refused;
    }
    if let Some(error) = error.downcast_any_ref::<io::Error>().filter(|it| it.raw_os_error().is_some()) {
        return Refused::unwritten(error);
    }
    if error.is_resource_exhausted() {
        return Refused::new(
            Refusal::TooLarge,
            format!("{place} holds an object that is too large to unpack; keep large files out of the repository"),
        );
    }
    let causes: Vec<String> = error.iter_errors().map(ToString::to_string).collect();
    Refused::new(
        Refusal::Unreachable,
        format!("{place} does not speak git as expected: {}; check spec.url, or try again", quoted(&causes.join(": "))),
    )
}

/// One round of negotiation: what is wanted, what is here, and that this is all. Our history is so short that a second round tells nothing.
struct Once {
    head: ObjectId,
    haves: Vec<ObjectId>,
    blob: u64,
}

impl Negotiate for Once {
    fn mark_complete_and_common_ref(&mut self) -> gix::Result<Action> {
        Ok(Action::MustNegotiate { remote_ref_target_known: Vec::new() })
    }

    fn add_wants(&mut self, arguments: &mut Arguments, _: &[bool]) -> bool {
        arguments.want(self.head);
        // Files that would not be read anyway are not even sent, where the server knows how.
        if arguments.can_use_filter() {
            arguments.filter(&format!("blob:limit={}", self.blob.saturating_add(1)));
        }
        true
    }

    fn one_round(
        &mut self,
        _: &mut one_round::State,
        arguments: &mut Arguments,
        _: Option<&Response>,
    ) -> gix::Result<(Round, bool)> {
        for id in &self.haves {
            arguments.have(id);
        }
        let haves = self.haves.len();
        Ok((
            Round {
                haves_sent: haves,
                in_vain: 0,
                haves_to_send: haves,
                previous_response_had_at_least_one_in_common: false,
            },
            true,
        ))
    }
}
