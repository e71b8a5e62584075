//! What both ways to a server share: the runtime, how much has arrived, and why it failed.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use common::source::{Limits, Refusal};
use tokio::runtime::Runtime;

use crate::refused::Refused;

/// Longest a server may be silent between two pieces. It also counts objects in that time, and says so.
const SILENCE: Duration = Duration::from_secs(30);

/// Bytes of what a server says before it sends objects: all its branches and tags are held in memory.
const LARGEST_LIST: u64 = 16 << 20;

/// One exchange with one server.
#[derive(Clone, Debug)]
pub struct Exchange(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    runtime: &'static Runtime,
    limit: Cell<u64>,
    used: Cell<u64>,
    // Libraries in between turn an error into words; the first cause is kept here as it was.
    refused: RefCell<Option<Refused>>,
}

impl Exchange {
    /// Nothing has arrived yet.
    pub fn new(limits: &Limits) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .thread_stack_size(512 << 10)
            .build()?;
        // Never dropped: that would wait for a resolver that does not answer, and the process ends with the answer anyway.
        let runtime = Box::leak(Box::new(runtime));
        Ok(Self(Rc::new(Inner {
            runtime,
            limit: Cell::new(limits.bytes.min(LARGEST_LIST)),
            used: Cell::default(),
            refused: RefCell::default(),
        })))
    }

    /// Waits for something that takes its own time.
    pub fn wait<F: Future>(&self, what: F) -> F::Output {
        self.0.runtime.block_on(what)
    }

    /// Waits for the server's next piece.
    pub fn wait_for_server<F: Future>(&self, what: F) -> io::Result<F::Output> {
        self.wait(async { tokio::time::timeout(SILENCE, what).await }).map_err(|_| {
            self.refuse(Refused::new(
                Refusal::TooSlow,
                format!("the server said nothing for {} s; try again, or look at the server", SILENCE.as_secs()),
            ))
        })
    }

    /// Counts what has arrived.
    pub fn count(&self, bytes: usize) -> io::Result<()> {
        self.0.used.set(self.0.used.get().saturating_add(bytes as u64));
        if self.0.used.get() <= self.0.limit.get() {
            return Ok(());
        }
        let message = format!(
            "the server sends more than {} bytes; allow more, or keep large files and old tags out of the repository",
            self.0.limit.get()
        );
        Err(self.refuse(Refused::new(Refusal::TooLarge, message)))
    }

    /// From now on objects arrive, which go to disk.
    pub fn expect_objects(&self, limits: &Limits) {
        self.0.limit.set(limits.bytes);
    }

    /// Remembers why it fails, and says so in the words of the libraries in between. The first cause stays.
    pub fn refuse(&self, refused: Refused) -> io::Error {
        let error = io::Error::other(refused.message.clone());
        self.0.refused.borrow_mut().get_or_insert(refused);
        error
    }

    /// Why it failed, where that is known.
    pub fn refused(&self) -> Option<Refused> {
        self.0.refused.borrow().clone()
    }
}
