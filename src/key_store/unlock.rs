/// What happens if the store is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlock {
    Never,
    /// The store may prompt the user.
    Ask,
}
