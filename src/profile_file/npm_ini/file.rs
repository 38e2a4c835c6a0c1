use super::arena::Arena;

/// A file as npm ini reads it. `Debug` leaves all values out: they may be secrets.
pub struct NpmIni<'t>(pub(super) Arena<'t>);
