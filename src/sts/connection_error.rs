//! Classifies a connection error: an untrusted certificate or a host that does not respond.

use std::error::Error;
use std::io;

use http_body_util::LengthLimitError;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use crate::core::clock::Timestamp;
use crate::sts::error::{Distrust, StsError};

const TUNNEL: &str = "tunnel error: ";

pub const PROXY_SIGN_IN: &str = "it requires a user and a password (HTTP status 407)";

pub(crate) struct Route<'a> {
    pub(crate) url: &'a str,
    pub(crate) proxy: Option<&'a str>,
    pub(crate) trusted: &'a str,
}

impl Route<'_> {
    /// `error` comes from the HTTP client.
    pub(crate) fn broken(&self, error: &(dyn Error + 'static)) -> StsError {
        if chain(error).any(<dyn Error>::is::<LengthLimitError>) {
            return StsError::Garbage;
        }
        match chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(why)) => StsError::Untrusted {
                host: self.host().to_owned(),
                why: distrust(why),
                trusted: self.trusted.to_owned(),
            },
            Some(rustls::Error::InvalidMessage(_)) => self.unreachable("the server does not use TLS"),
            Some(other) => self.unreachable(&other.to_string()),
            None => {
                let last = chain(error).last().map_or_else(String::new, ToString::to_string);
                self.unreachable(match last.strip_prefix(TUNNEL) {
                    Some("proxy authorization required") => PROXY_SIGN_IN,
                    Some("unsuccessful") => "it refused the connection",
                    Some("unexpected end of file") => "it closed the connection",
                    Some(other) => other,
                    None => &last,
                })
            }
        }
    }

    pub(crate) fn timed_out(&self) -> StsError {
        match self.proxy {
            Some(_) => self.unreachable("no answer in time"),
            None => StsError::TimedOut,
        }
    }

    fn unreachable(&self, reason: &str) -> StsError {
        let proxy = self.proxy.map(str::to_owned);
        StsError::Unreachable { host: self.host().to_owned(), proxy, reason: reason.to_owned() }
    }

    fn host(&self) -> &str {
        let behind = self.url.split_once("://").map_or(self.url, |(_, rest)| rest);
        let authority = behind.split(['/', '?', '#']).next().unwrap_or(behind);
        authority.rsplit_once('@').map_or(authority, |(_, host)| host)
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(of_system) => of_system.get_ref().map(|payload| payload as &(dyn Error + 'static)),
        None => error.source(),
    })
}

fn distrust(why: &CertificateError) -> Distrust {
    let at = |time: &UnixTime| Timestamp(i64::try_from(time.as_secs()).unwrap_or(i64::MAX)).rfc3339();
    match why {
        CertificateError::UnknownIssuer => Distrust::UnknownIssuer,
        CertificateError::Expired => Distrust::Expired(None),
        CertificateError::ExpiredContext { not_after, .. } => Distrust::Expired(Some(at(not_after))),
        CertificateError::NotValidYet => Distrust::NotYetValid(None),
        CertificateError::NotValidYetContext { not_before, .. } => Distrust::NotYetValid(Some(at(not_before))),
        CertificateError::NotValidForName => Distrust::OtherName(Vec::new()),
        CertificateError::NotValidForNameContext { presented, .. } => Distrust::OtherName(presented.clone()),
        other => Distrust::Other(other.to_string()),
    }
}
