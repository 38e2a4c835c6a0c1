/// How the user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// In the browser of this machine.
    Browser,
    /// By a code that the user enters in any browser. AWS Sign-In has none, so it uses [`Flow::Paste`].
    DeviceCode,
    /// By a text that the user pastes from any browser.
    Paste,
}

/// Facts that decide the default flow.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine {
    pub is_remote: bool,
    /// `None` outside of WSL.
    pub wsl_has_browser: Option<bool>,
    /// On systems without displays: true.
    pub has_display: bool,
    pub has_browser_setting: bool,
}

impl Machine {
    pub fn flow(self) -> Flow {
        let Self { is_remote, wsl_has_browser, has_display, has_browser_setting } = self;
        let has_browser = has_browser_setting || wsl_has_browser.unwrap_or(has_display);
        if is_remote || !has_browser { Flow::DeviceCode } else { Flow::Browser }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_is_used_where_it_can_reach_this_machine() {
        let desktop = Machine { has_display: true, ..Machine::default() };
        for (machine, expected) in [
            (desktop, Flow::Browser),
            (Machine { is_remote: true, ..desktop }, Flow::DeviceCode),
            (Machine { is_remote: true, has_browser_setting: true, ..desktop }, Flow::DeviceCode),
            (Machine { wsl_has_browser: Some(false), ..desktop }, Flow::DeviceCode),
            (Machine { wsl_has_browser: Some(true), has_display: false, ..desktop }, Flow::Browser),
            (Machine { has_display: false, ..desktop }, Flow::DeviceCode),
            (Machine { has_display: false, has_browser_setting: true, ..desktop }, Flow::Browser),
        ] {
            assert_eq!(machine.flow(), expected, "{machine:?}");
        }
    }
}
