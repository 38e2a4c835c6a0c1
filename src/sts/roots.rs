//! The trusted certificate authorities: one file, read only for TLS, or the platform's own store. Invalid certificates
//! in the file are skipped, as in OpenSSL, because the HTTP client would panic on them.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_smithy_types::base64;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::core::origin::Located;
use crate::os::fs::read_capped;

use super::error::StsError;

/// The largest accepted file in bytes: 16 MiB. Files of systems have about a quarter of a MiB.
const LARGEST: u64 = 16 << 20;

/// Files with the system's certificate authorities on Linux distributions and the BSDs. One file costs 9 million
/// instructions less than the file and the directory that a search for native roots loads.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Displayed as `/x/ca.pem ($AWS_CA_BUNDLE)`.
#[derive(Debug, Clone)]
pub enum Roots {
    Named(Located<PathBuf>),
    System(PathBuf),
    Platform,
}

impl Roots {
    /// The file in `named`, otherwise the system's.
    pub fn of(named: Option<Located<PathBuf>>) -> Self {
        let system = || SYSTEM_BUNDLES.iter().map(PathBuf::from).find(|path| path.is_file());
        match named {
            Some(named) => Self::Named(named),
            None => system().map_or(Self::Platform, Self::System),
        }
    }

    /// The valid certificates as PEM; `None` for the platform's own store.
    pub(super) fn pem(&self) -> Result<Option<String>, StsError> {
        let path = match self {
            Self::Named(Located { value: path, .. }) | Self::System(path) => path,
            Self::Platform => return Ok(None),
        };
        let bundle = || self.to_string();
        read(path).map(Some).map_err(|problem| StsError::Roots { bundle: bundle(), problem })
    }
}

impl fmt::Display for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(Located { value: path, from }) => write!(f, "{} ({from})", path.display()),
            Self::System(path) => write!(f, "{} (the system's)", path.display()),
            Self::Platform => f.write_str("the system's own store"),
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = read_capped(path, LARGEST).map_err(|error| match error.kind() {
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        ErrorKind::FileTooLarge => "it is larger than 16 MiB".to_owned(),
        _ => error.to_string(),
    })?;
    let bytes = bytes.ok_or("the file does not exist")?;
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    // The encoding of comments does not matter. Few files have one, and replacing is slow.
    let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let certificates = certificates(text.trim_start_matches('\u{feff}'));
    match (certificates.is_empty(), text.contains(BEGIN)) {
        (false, _) => Ok(certificates),
        (true, true) => Err("none of its certificates can be read".to_owned()),
        (true, false) => Err("it has no certificate in PEM format".to_owned()),
    }
}

/// The valid certificates as PEM without line breaks, so that the client has less to read.
fn certificates(text: &str) -> String {
    let mut good = String::with_capacity(text.len());
    let mut roots = RootCertStore::empty();
    // The position in `good` of the current certificate's base64.
    let mut begun = None;
    for line in lines(text).map(str::trim_ascii) {
        match (line, begun) {
            (BEGIN, _) => {
                good.truncate(begun.map_or(good.len(), before_begin));
                good.extend([BEGIN, "\n"]);
                begun = Some(good.len());
            }
            (END, Some(start)) => {
                let der = base64::decode(&good[start..]);
                if der.is_ok_and(|der| roots.add(CertificateDer::from(der)).is_ok()) {
                    good.extend(["\n", END, "\n"]);
                } else {
                    good.truncate(before_begin(start));
                }
                begun = None;
            }
            (line, Some(_)) => good.push_str(line),
            (_, None) => {}
        }
    }
    good.truncate(begun.map_or(good.len(), before_begin));
    good
}

fn before_begin(base64: usize) -> usize {
    base64 - BEGIN.len() - 1
}

/// The standard library's `lines` costs a million instructions more for a system's bundle.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    ends.map(move |end| &text[std::mem::replace(&mut start, end + 1)..end])
}
