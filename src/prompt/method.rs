/// A way to ask a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptMethod {
    /// The controlling terminal.
    Terminal,
    /// GnuPG's pinentry, by the Assuan protocol.
    Pinentry,
    /// The same in a window or not at all: the terminal is somebody else's.
    PinentryWindow,
    /// A dialog of macOS.
    Osascript,
    /// A dialog of GTK.
    Zenity,
    /// A dialog of Windows, also from inside WSL.
    PowerShell,
}
