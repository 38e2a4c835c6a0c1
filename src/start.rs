//! Owns what is set right before the first line of the program: nobody looks into its memory, and where the C library
//! enters it (main.rs), what Rust's own start does elsewhere.
//!
//! Refuses a handler for a stack that overflows: finding its end is what makes Rust's start dear, and the system ends
//! such a process as well.

use std::sync::atomic::{AtomicBool, Ordering};

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether nobody can have what is printed. Rust's own start, which stands where the C library is not GNU's, does not tell.
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

/// Prepares the process; to be called once, first.
pub fn prepare() {
    keep_memory_private();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        keep_streams_open();
        fail_at_a_closed_pipe();
    }
}

/// No core dump and no debugger of the same user: both would show secrets. A limit would be inherited by a child.
fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// A stream that is closed leaves its number to the next file that is opened, which would then be taken for the stream:
/// a message would go into the cache.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_streams_open() {
    use std::io;
    use std::os::fd::{AsFd, IntoRawFd};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{Mode, OFlags, open};

    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let mut streams = [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()]
        .map(|stream| PollFd::from_borrowed_fd(stream, PollFlags::empty()));
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    if poll(&mut streams, Some(&at_once)).is_ok() {
        STDOUT_WAS_CLOSED.store(streams[1].revents().contains(PollFlags::NVAL), Ordering::Relaxed);
        for _ in streams.iter().filter(|stream| stream.revents().contains(PollFlags::NVAL)) {
            // The lowest free number is that of the first closed stream. What we start is to have it, too.
            let _ = open("/dev/null", OFlags::RDWR, Mode::empty()).map(IntoRawFd::into_raw_fd);
        }
    }
}

/// Writing to a reader that is gone is an error with a message and an exit status, not a signal. A handler, unlike a signal
/// that is ignored, is not inherited by what `exec` starts.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn fail_at_a_closed_pipe() {
    let _ = signal_hook::flag::register(signal_hook::consts::SIGPIPE, std::sync::Arc::default());
}
