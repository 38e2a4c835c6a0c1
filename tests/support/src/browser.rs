//! Plays the user's browser for the doubles' pages: it follows redirects and presses buttons, without scripts and
//! without TLS.

use std::io;

use crate::http::{Response, send};
use crate::percent;

const REDIRECTS: usize = 10;

/// A page that the browser shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// The address after all redirects.
    pub url: String,
    /// The response of that address.
    pub response: Response,
}

impl Page {
    /// Opens an address.
    ///
    /// # Errors
    ///
    /// A server cannot be reached, as the callback of a program that does not listen any more; or a redirect leads to
    /// another scheme than `http`, or there are too many.
    pub fn open(url: &str) -> io::Result<Self> {
        follow(url.to_owned(), send("GET", url, &[], b"")?)
    }

    /// The body.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.response.body).into_owned()
    }

    /// Presses the button with this id (`allow` or `deny`) of the page's form.
    ///
    /// # Errors
    ///
    /// The page has no such form or button, or as [`Page::open`].
    pub fn press(&self, id: &str) -> io::Result<Self> {
        let text = self.text();
        let missing = || io::Error::other(format!("no form with the button {id} at {}: {text}", self.url));
        let attribute = |tag: &str, name: &str| between(tag, &format!(" {name}=\"")).map(str::to_owned);
        let tags: Vec<&str> = text.split('<').collect();
        let form = tags.iter().find(|tag| tag.starts_with("form ")).ok_or_else(missing)?;
        let button = tags.iter().find(|tag| tag.starts_with("button ") && attribute(tag, "id").as_deref() == Some(id));
        let fields = tags.iter().filter(|tag| tag.starts_with("input ")).chain([button.ok_or_else(missing)?]);
        let body: Vec<String> = fields
            .filter_map(|tag| {
                let value = attribute(tag, "value")?;
                Some(format!("{}={}", attribute(tag, "name")?, percent::encode(value.as_bytes())))
            })
            .collect();
        let folder = self.url.split('?').next().and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let url = format!("{folder}/{}", attribute(form, "action").ok_or_else(missing)?);
        let media_type = [("Content-Type", "application/x-www-form-urlencoded")];
        follow(url.clone(), send("POST", &url, &media_type, body.join("&").as_bytes())?)
    }

    /// The text of the element with this id.
    pub fn element(&self, id: &str) -> Option<String> {
        let text = self.text();
        let rest = text.split_once(&format!(" id=\"{id}\">"))?.1;
        Some(rest.split('<').next()?.to_owned())
    }
}

fn follow(mut url: String, mut response: Response) -> io::Result<Page> {
    for _ in 0..REDIRECTS {
        let location = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        let Some((_, location)) = location.filter(|_| (300..400).contains(&response.status)) else {
            return Ok(Page { url, response });
        };
        url.clone_from(location);
        response = send("GET", &url, &[], b"")?;
    }
    Err(io::Error::other(format!("too many redirects, the last one to {url}")))
}

fn between<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split('"').next()
}
