use std::time::Duration;

use crate::os::browser::{Browser, BrowserError};

use super::error::SignInError;

#[derive(Debug)]
pub struct DeviceCode {
    pub user_code: String,
    pub page: String,
    pub page_with_code: Option<String>,
    /// Seconds.
    pub lifetime: u64,
}

/// How a sign-in communicates with the user.
pub struct Interaction<'a> {
    pub browser: &'a Browser<'a>,
    pub limit: Duration,
    /// What the user signs in to, for the last page.
    pub subject: &'a str,
    pub notice: &'a dyn Fn(Notice<'_>),
    /// Whether the browser's identity replaces that of the profile.
    pub accepts: &'a dyn Fn(&str) -> bool,
    /// Reads what the user pastes.
    pub paste: &'a dyn Fn() -> Result<String, SignInError>,
}

pub enum Notice<'a> {
    /// A browser opens.
    Browser,
    /// The user has to open this address.
    NotOpened(&'a BrowserError, &'a str),
    NotVisited(&'a str),
    DeviceCode(&'a DeviceCode),
    /// The user opens this address, and pastes the address of the last page.
    PasteAddress(&'a str),
    /// The user opens this address, and pastes the code that it shows.
    PasteCode(&'a str),
}
