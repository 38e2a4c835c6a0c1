//! Chooses the proxy for a URL from the usual variables. The HTTP client's own rules decide which hosts are exempt:
//! hosts and their subdomains, addresses, networks in CIDR notation, `*`. Two rules come from botocore: `*` includes
//! addresses, and `HOST:PORT` exempts one port.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::core::secret::Secret;
use crate::os::env;
use crate::os::env::Env;

use super::error::StsError;

#[derive(Debug, Clone, Default)]
pub struct Proxies {
    http: Option<NamedProxy>,
    https: Option<NamedProxy>,
    exempt: String,
}

#[derive(Debug, Clone)]
struct NamedProxy {
    url: Secret,
    variable: &'static str,
}

#[derive(Debug)]
pub(super) struct Proxy {
    /// With user and password.
    pub(super) url: Secret,
    /// The URL without user and password, and the variable that names it.
    pub(super) shown: String,
    pub(super) is_tls: bool,
}

impl Proxies {
    /// Upper-case variables have priority, as in the HTTP client. A CGI program ignores the variables, because a
    /// client's header arrives as `HTTP_PROXY` there.
    pub fn of(env: &Env) -> Self {
        if env.text(env::REQUEST_METHOD).is_some() {
            return Self::default();
        }
        let named = |names: &[&'static str]| {
            env.first(names).map(|(variable, url)| NamedProxy { url: Secret::new(url), variable })
        };
        Self {
            http: named(&[env::HTTP_PROXY, env::HTTP_PROXY_LOWER, env::ALL_PROXY, env::ALL_PROXY_LOWER]),
            https: named(&[env::HTTPS_PROXY, env::HTTPS_PROXY_LOWER, env::ALL_PROXY, env::ALL_PROXY_LOWER]),
            exempt: env.first(&[env::NO_PROXY, env::NO_PROXY_LOWER]).map_or_else(String::new, |(_, hosts)| hosts),
        }
    }

    fn exempts(&self, url: &Uri) -> bool {
        let port = url.port_u16().unwrap_or(if url.scheme_str() == Some("https") { 443 } else { 80 });
        let bare = |host: &str| host.trim_matches(['[', ']']).to_ascii_lowercase();
        let host = bare(url.host().unwrap_or_default());
        self.exempt.split(',').map(str::trim).any(|entry| {
            let Some((named, of_port)) = entry.rsplit_once(':') else { return entry == "*" };
            // The last colon of an IPv6 address without brackets is part of the address.
            if of_port.parse() != Ok(port) || (named.contains(':') && !named.ends_with(']')) {
                return false;
            }
            let named = bare(named.trim_start_matches('.'));
            let is_below = || host.strip_suffix(&named).is_some_and(|rest| rest.ends_with('.'));
            !named.is_empty() && (host == named || is_below())
        })
    }

    /// `None` if `url` needs no proxy.
    pub(super) fn before(&self, url: &str) -> Result<Option<Proxy>, StsError> {
        let named = if url.starts_with("https:") { &self.https } else { &self.http };
        let Some(NamedProxy { url: proxy, variable }) = named else { return Ok(None) };
        let all = Matcher::builder().all("http://any").no(self.exempt.as_str()).build();
        if url.parse().is_ok_and(|url: Uri| all.intercept(&url).is_none() || self.exempts(&url)) {
            return Ok(None);
        }
        let text = match proxy.expose().split_once("://") {
            Some(_) => proxy.expose().to_owned(),
            None => format!("http://{}", proxy.expose()),
        };
        let unusable =
            |problem: &str| StsError::Proxy { variable: (*variable).to_owned(), problem: problem.to_owned() };
        let uri: Uri = text.parse().map_err(|_| unusable("it is not a URL"))?;
        let (scheme, host) = (uri.scheme_str().unwrap_or_default(), uri.host().unwrap_or_default());
        if !["http", "https"].contains(&scheme) {
            return Err(unusable("only HTTP proxies are supported"));
        }
        if host.is_empty() {
            return Err(unusable("it has no host"));
        }
        let place = uri.authority().map_or("", |authority| authority.as_str());
        let (user, place) = place.rsplit_once('@').unwrap_or(("", place));
        if user.contains('@') {
            return Err(unusable("its user or password is not percent-encoded"));
        }
        if place.len() > host.len() && uri.port_u16().is_none() {
            return Err(unusable("its port is not a number"));
        }
        Ok(Some(Proxy {
            shown: format!("{scheme}://{place} (${variable})"),
            is_tls: scheme == "https",
            url: Secret::new(text),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STS: &str = "https://sts.eu-west-1.amazonaws.com";

    fn shown(variables: [(&str, &str); 3], url: &str) -> String {
        match Proxies::of(&Env::fixed(variables)).before(url) {
            Ok(None) => "none".to_owned(),
            Ok(Some(proxy)) => proxy.shown,
            Err(StsError::Proxy { variable, problem }) => format!("{variable}: {problem}"),
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn proxy_variable_depends_on_scheme_and_order() {
        let none = ("X", "");
        let rows = [
            ([none, none, none], STS, "none"),
            ([("HTTPS_PROXY", "http://p:1"), none, none], STS, "http://p:1 ($HTTPS_PROXY)"),
            ([("https_proxy", "p:1"), none, none], STS, "http://p:1 ($https_proxy)"),
            ([("HTTPS_PROXY", "http://p:1"), ("https_proxy", "http://q:1"), none], STS, "http://p:1 ($HTTPS_PROXY)"),
            ([("HTTPS_PROXY", ""), ("https_proxy", "http://q:1"), none], STS, "http://q:1 ($https_proxy)"),
            ([("HTTP_PROXY", "http://p:1"), none, none], STS, "none"),
            ([("HTTP_PROXY", "http://p:1"), none, none], "http://h", "http://p:1 ($HTTP_PROXY)"),
            ([("HTTPS_PROXY", "http://p:1"), none, none], "http://h", "none"),
            ([("ALL_PROXY", "http://p:1"), none, none], STS, "http://p:1 ($ALL_PROXY)"),
            ([("HTTPS_PROXY", "http://me:hu%20sh@p:1/x"), none, none], STS, "http://p:1 ($HTTPS_PROXY)"),
            ([("HTTPS_PROXY", "http://me:hush@p"), none, none], STS, "http://p ($HTTPS_PROXY)"),
            ([("HTTPS_PROXY", "https://[::1]:1"), none, none], STS, "https://[::1]:1 ($HTTPS_PROXY)"),
            ([("HTTPS_PROXY", "http://p:1"), ("REQUEST_METHOD", "GET"), none], STS, "none"),
            ([("HTTPS_PROXY", "socks5://p:1"), none, none], STS, "HTTPS_PROXY: only HTTP proxies are supported"),
            ([("HTTPS_PROXY", "http://me:hu sh@p"), none, none], STS, "HTTPS_PROXY: it is not a URL"),
            ([("HTTPS_PROXY", "http://me:hush@p:nan"), none, none], STS, "HTTPS_PROXY: its port is not a number"),
            (
                [("HTTPS_PROXY", "http://me:hu@sh@p:1"), none, none],
                STS,
                "HTTPS_PROXY: its user or password is not percent-encoded",
            ),
            ([("HTTPS_PROXY", "http://"), none, none], STS, "HTTPS_PROXY: it is not a URL"),
        ];
        for (variables, url, expected) in rows {
            assert_eq!(shown(variables, url), expected, "{variables:?} {url}");
        }
    }

    #[test]
    fn proxy_exempts_hosts_subdomains_addresses_and_networks() {
        let rows = [
            ("", STS, true),
            ("sts.eu-west-1.amazonaws.com", STS, false),
            ("amazonaws.com", STS, false),
            (".amazonaws.com", STS, false),
            ("AmazonAWS.com, x", STS, false),
            ("zonaws.com", STS, true),
            ("*", STS, false),
            ("*.amazonaws.com", STS, true),
            ("10.0.0.0/8, 127.0.0.1", "https://127.0.0.1:8443/x", false),
            ("127.0.0.0/8", "https://127.0.0.1:8443", false),
            ("127.0.0.0/8", "https://localhost:8443", true),
            ("::1", "https://[::1]:8443", false),
            ("fd00::/8", "https://[fd00::7]", false),
            ("*", "https://127.0.0.1:8443", false),
            ("x, *", "http://[::1]", false),
            ("127.0.0.1:8443", "https://127.0.0.1:8443/x", false),
            ("127.0.0.1:8443", "https://127.0.0.1:8444", true),
            ("[::1]:8443", "https://[::1]:8443", false),
            ("::8443", "https://[::1]:8443", true),
            ("Localhost:8443", "https://localhost:8443", false),
            (".amazonaws.com:443", STS, false),
            ("amazonaws.com:80", STS, true),
            (":443", STS, true),
            ("zonaws.com:443", STS, true),
        ];
        for (exempt, url, through) in rows {
            let seen = shown([("HTTPS_PROXY", "http://p:1"), ("no_proxy", exempt), ("X", "")], url);
            assert_eq!(seen != "none", through, "{exempt} {url}");
        }
        // An invalid proxy does not affect an exempt host.
        assert_eq!(shown([("HTTPS_PROXY", "socks5://p"), ("NO_PROXY", "h"), ("X", "")], "https://h"), "none");
    }
}
