use super::arena::Arena;

/// A file as npm ini reads it. `Debug` hides the values, which may be secrets.
pub struct NpmIni<'t>(pub(super) Arena<'t>);
