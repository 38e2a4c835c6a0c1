//! A one-time address that redirects the browser, because other users can read the arguments of a browser.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::core::secret::Secret;
use crate::os::browser::{Browser, RedirectFile};
use crate::os::{random, tcp_peer};

use super::message::HttpReply;
use super::page::{redirect, refused, refused_with};

pub(crate) const NOT_FOUND: &str = "404 Not Found";

pub(crate) struct StartAddress {
    address: String,
    path: String,
    target: Secret,
    until: Option<Instant>,
    is_visited: bool,
    /// Where the system hides the user of a connection, only a file keeps the address from other users.
    file: Option<RedirectFile>,
}

impl StartAddress {
    /// Redirects from `host`, which is `127.0.0.1:PORT`, to `target` for `lifetime`.
    pub(crate) fn new(
        host: &str,
        directory: &Path,
        target: &str,
        lifetime: Duration,
        browser: &Browser<'_>,
    ) -> io::Result<Self> {
        let path = format!("/{}", random::hex(16)?.expose());
        let address = format!("http://{host}{path}");
        let needs_file = !tcp_peer::is_known() && !browser.needs_http();
        let file = if needs_file { Some(RedirectFile::create(directory, &address)?) } else { None };
        let until = Some(Instant::now() + lifetime);
        Ok(Self { address, path, target: Secret::from(target), until, is_visited: false, file })
    }

    /// The address, for a user who opens it by hand.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What the browser opens: the address, or a private file that leads to it.
    pub(crate) fn page(&self) -> String {
        self.file.as_ref().map_or_else(|| self.address.clone(), RedirectFile::url)
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn is_visited(&self) -> bool {
        self.is_visited
    }

    /// Redirects once. `may_ask` reports whether the client belongs to the user of this process.
    pub(crate) fn reply(&mut self, may_ask: impl FnOnce() -> bool) -> HttpReply {
        match self.until {
            Some(until) if Instant::now() < until => {
                if !may_ask() {
                    return refused("403 Forbidden");
                }
                (self.until, self.is_visited) = (None, true);
                redirect(self.target.expose())
            }
            _ => refused_with(NOT_FOUND, "This address works only once. Continue in the terminal."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::env::Env;

    fn start(lifetime: Duration) -> StartAddress {
        let (env, directory) = (Env::fixed([]), tempfile::tempdir().unwrap());
        let browser = Browser { env: &env, template: None, profile: "dev" };
        StartAddress::new("127.0.0.1:7", directory.path(), "https://signin.example/?token=t", lifetime, &browser)
            .unwrap()
    }

    #[test]
    fn address_redirects_once() {
        let mut start = start(Duration::from_mins(1));
        let status = |reply: HttpReply| reply.status[..3].to_owned();
        assert_eq!(status(start.reply(|| false)), "403");
        assert!(!start.is_visited());
        let first = start.reply(|| true);
        assert!(first.headers.contains(&("Location", "https://signin.example/?token=t".to_owned().into())));
        assert_eq!((first.status, start.is_visited()), ("303 See Other", true));
        assert_eq!(status(start.reply(|| true)), "404");
    }

    #[test]
    fn expired_address_is_not_found() {
        let mut start = start(Duration::ZERO);
        assert_eq!(start.reply(|| true).status, NOT_FOUND);
        assert!(!start.is_visited());
    }

    #[test]
    fn page_does_not_contain_the_target() {
        let start = start(Duration::from_mins(1));
        assert!(!start.page().contains("token") && start.address().ends_with(start.path()));
    }
}
