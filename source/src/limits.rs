//! What the program may use up, set before it reads a byte of anybody's repository.

use std::io;
use std::time::Duration;

use common::source::{Answer, Limits, Refusal};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::Say;
use crate::refused::Refused;

/// Address space besides the packs, which are mapped: code, stacks, and objects while they are decoded.
const ADDRESSES: u64 = 1 << 30;
/// Processor seconds beyond the wall clock's. One thread works, so this is met only where the watchdog was not.
const SPARE_SECONDS: u64 = 2;
/// Bytes of one object when it is unpacked. Its size stands in the pack before it is, and a small pack can name any size.
const LARGEST_OBJECT: u64 = 64 << 20;

/// Limits this process for good. What is over them fails; what cannot fail ends the process without an answer.
pub fn confine(limits: &Limits) -> io::Result<()> {
    lower(Resource::Core, 0)?;
    lower(Resource::Fsize, limits.bytes)?;
    lower(Resource::As, ADDRESSES.saturating_add(limits.bytes.saturating_mul(2)))?;
    lower(Resource::Cpu, limits.seconds.saturating_add(SPARE_SECONDS))?;
    let_a_full_file_fail()?;
    // Nobody reads a credential out of this process's memory by way of /proc.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

fn lower(resource: Resource, to: u64) -> io::Result<()> {
    let to = Some(getrlimit(resource).maximum.map_or(to, |maximum| maximum.min(to)));
    Ok(setrlimit(resource, Rlimit { current: to, maximum: to })?)
}

/// A write beyond the limit kills by default. With the signal handled the write fails, and the answer says that it is too large. The
/// handler stays after the runtime that set it is gone.
fn let_a_full_file_fail() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _within = runtime.enter();
    signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())).map(drop)
}

/// Ends the process with an answer when its time is over, whatever it is doing.
pub fn watch(limits: &Limits, say: Say) -> io::Result<()> {
    let limit = Duration::from_secs(limits.seconds);
    let watchdog = std::thread::Builder::new().name("watchdog".to_owned()).stack_size(256 << 10);
    let watch = move || {
        std::thread::sleep(limit);
        let seconds = limit.as_secs();
        let message =
            format!("no answer within {seconds} s; the server is slow or the repository is large: allow it more time");
        if say.once(&Answer::from(Refused::new(Refusal::TooSlow, message))) {
            #[expect(clippy::exit, reason = "the thread that works may be blocked in a library")]
            std::process::exit(0);
        }
    };
    watchdog.spawn(watch).map(drop)
}

/// Bytes of one object, unpacked.
pub fn largest_object(limits: &Limits) -> u64 {
    limits.bytes.min(LARGEST_OBJECT)
}
