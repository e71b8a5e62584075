//! Who leads, as a pure question over Lease objects and the time.
//!
//! In: the Leases named like ours in every namespace, since when this process has seen each as it is, and now. Out: whether to take, keep
//! or wait for ours, and whether another operator is alive. Never: reads or writes anything; trusts another machine's clock.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::LeaseSpec;

/// How long our lease lives without renewal.
pub const DURATION: SignedDuration = SignedDuration::from_secs(30);
/// How often it is renewed.
pub const RENEW_EVERY: SignedDuration = SignedDuration::from_secs(10);
/// No mutation this long after the last renewal: what is sent now must still arrive before anyone else may lead.
pub const TRUSTED_FOR: SignedDuration = SignedDuration::from_secs(20);
/// A record untouched for this long, even by its own clock, is a dead one; more skew than this and TLS fails first.
const SURELY_DEAD: SignedDuration = SignedDuration::from_mins(10);
/// What a holder that names no duration gets: upstream's.
const UPSTREAM_DURATION: SignedDuration = SignedDuration::from_secs(15);
/// Starts our holder identities, so that another program under the same Lease name is recognised as such.
const PROGRAM: &str = "kubectl-chatcli/";

/// Holder identity of the process called `name`.
pub fn identity(name: &str) -> String {
    format!("{PROGRAM}{name}")
}

/// A Lease as this process sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Where it lives.
    pub namespace: String,
    /// What it says.
    pub spec: LeaseSpec,
    /// When this process first saw it say so, by its own clock.
    pub since: Timestamp,
}

impl Seen {
    /// Who holds it; nobody when it was released.
    pub fn holder(&self) -> Option<&str> {
        self.spec.holder_identity.as_deref().filter(|holder| !holder.is_empty())
    }

    /// Until when it must be taken for alive, or `None` when it is dead now.
    fn alive_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.holder()?;
        let duration = self
            .spec
            .lease_duration_seconds
            .map_or(UPSTREAM_DURATION, |seconds| SignedDuration::from_secs(i64::from(seconds)));
        if self
            .spec
            .renew_time
            .as_ref()
            .is_some_and(|renewed| renewed.0.duration_until(now) > SURELY_DEAD.max(duration))
        {
            return None;
        }
        let until = self.since + duration;
        (until > now).then_some(until)
    }
}

/// What to do about our own Lease.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Write our name on it: it is free, expired, or already ours.
    Take,
    /// Someone holds it until then at least.
    Wait {
        /// Who.
        holder: String,
        /// When to ask again.
        until: Timestamp,
    },
}

/// Whether we may take the Lease of our own namespace.
pub fn evaluate(ours: Option<&Seen>, me: &str, now: Timestamp) -> Verdict {
    let Some(seen) = ours else { return Verdict::Take };
    match (seen.holder(), seen.alive_until(now)) {
        (Some(holder), Some(until)) if holder != me => Verdict::Wait { holder: holder.to_owned(), until },
        _ => Verdict::Take,
    }
}

/// Another operator at work on this cluster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Other {
    /// Namespace of its Lease.
    pub namespace: String,
    /// Its holder identity.
    pub holder: String,
    /// Alive until then at least.
    pub until: Timestamp,
}

/// The other operator that must be left alone, if one lives: another program under our Lease name anywhere, or a second installation of
/// ours that was there first.
pub fn other_operator(leases: &[Seen], me: &str, namespace: &str, now: Timestamp) -> Option<Other> {
    let mine = leases.iter().find(|seen| seen.namespace == namespace && seen.holder() == Some(me));
    leases
        .iter()
        .filter(|seen| match seen.holder() {
            None => false,
            Some(holder) if holder == me && seen.namespace == namespace => false,
            Some(holder) if !holder.starts_with(PROGRAM) => true,
            // Our own standby replica; evaluate() speaks of it.
            Some(_) if seen.namespace == namespace => false,
            Some(_) => mine.is_none_or(|mine| seniority(seen) < seniority(mine)),
        })
        .filter_map(|seen| {
            let until = seen.alive_until(now)?;
            Some(Other { namespace: seen.namespace.clone(), holder: seen.holder()?.to_owned(), until })
        })
        .max_by_key(|other| other.until)
}

fn seniority(seen: &Seen) -> (Option<Timestamp>, &str) {
    (seen.spec.acquire_time.as_ref().map(|time| time.0), &seen.namespace)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn lease(namespace: &str, holder: &str, renewed: i64) -> Seen {
        Seen {
            namespace: namespace.into(),
            spec: LeaseSpec {
                holder_identity: Some(holder.into()),
                lease_duration_seconds: Some(15),
                renew_time: Some(MicroTime(at(renewed))),
                acquire_time: Some(MicroTime(at(renewed))),
                ..LeaseSpec::default()
            },
            since: at(renewed),
        }
    }

    fn me() -> String {
        identity("pod-1")
    }

    #[test]
    fn a_free_lease_is_taken() {
        assert_eq!(evaluate(None, &me(), at(0)), Verdict::Take);
        assert_eq!(evaluate(Some(&lease("system", "", 0)), &me(), at(1)), Verdict::Take);
    }

    #[test]
    fn a_restarted_process_continues_its_own_lease_at_once() {
        assert_eq!(evaluate(Some(&lease("system", &me(), 0)), &me(), at(1)), Verdict::Take);
    }

    #[test]
    fn a_living_holder_is_waited_for_and_a_silent_one_is_not() {
        let theirs = lease("system", &identity("pod-2"), 0);
        assert_eq!(evaluate(Some(&theirs), &me(), at(5)), Verdict::Wait { holder: identity("pod-2"), until: at(15) });
        assert_eq!(evaluate(Some(&theirs), &me(), at(15)), Verdict::Take);
    }

    #[test]
    fn a_holder_whose_clock_is_behind_is_still_alive_when_it_renews() {
        let slow = Seen { since: at(100), ..lease("system", &identity("pod-2"), 0) };
        assert!(matches!(evaluate(Some(&slow), &me(), at(105)), Verdict::Wait { .. }));
    }

    #[test]
    fn a_record_from_yesterday_delays_nobody() {
        let stale = Seen { since: at(86_400), ..lease("system", "upstream_uuid", 0) };
        assert_eq!(evaluate(Some(&stale), &me(), at(86_400)), Verdict::Take);
        assert_eq!(other_operator(&[stale], &me(), "system", at(86_400)), None);
    }

    #[test]
    fn another_program_is_seen_in_any_namespace_while_its_lease_lives() {
        let leases = [lease("system", &me(), 0), lease("elsewhere", "host_uuid", 0)];
        let other = other_operator(&leases, &me(), "system", at(5)).unwrap();
        assert_eq!((other.namespace.as_str(), other.holder.as_str(), other.until), ("elsewhere", "host_uuid", at(15)));
        assert_eq!(other_operator(&leases, &me(), "system", at(15)), None);
    }

    #[test]
    fn our_own_standby_is_no_other_operator() {
        assert_eq!(other_operator(&[lease("system", &identity("pod-2"), 0)], &me(), "system", at(1)), None);
    }

    #[test]
    fn of_two_installations_the_older_one_goes_on() {
        let leases = [lease("a", &identity("x"), 0), lease("b", &identity("y"), 3)];
        assert_eq!(other_operator(&leases, &identity("x"), "a", at(4)), None);
        assert_eq!(other_operator(&leases, &identity("y"), "b", at(4)).unwrap().namespace, "a");
    }
}
