use crate::os::process_names::{MAX_DEPTH, names, parent};

/// The process that asks for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asker {
    /// The process that started this one.
    #[default]
    Parent,
    /// A client of the broker. Its id is unknown if it is in another container or on another host.
    Socket { pid: Option<u32> },
}

impl Asker {
    pub fn pid(self) -> Option<u32> {
        match self {
            Self::Parent => parent(),
            Self::Socket { pid } => pid,
        }
    }

    pub fn by(self) -> &'static str {
        match self {
            Self::Parent => "process",
            Self::Socket { .. } => "socket",
        }
    }

    /// From the asking process upward. Empty on Windows, and for an unknown process.
    pub fn processes(self) -> Vec<String> {
        self.pid().map_or_else(Vec::new, |pid| names(pid, MAX_DEPTH))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn tree_starts_at_the_parent_or_at_the_client() {
        use super::*;

        let client = Asker::Socket { pid: Some(std::process::id()) };
        assert_eq!((Asker::Parent.by(), client.by()), ("process", "socket"));
        assert_eq!(client.processes()[1..][..1], Asker::Parent.processes()[..1]);
        let unknown = Asker::Socket { pid: None };
        assert_eq!((unknown.pid(), unknown.processes()), (None, Vec::new()));
    }
}
