//! Which certificate authorities are trusted: one file, read only when TLS is spoken, or the platform's own store.
//!
//! A certificate in it that cannot be read is passed over, as OpenSSL does, since the HTTP client would panic at it.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_smithy_types::base64;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::core::origin::Located;
use crate::os::fs::read_capped;

use super::error::StsError;

/// The largest file that is read, in bytes: 16 MiB. Systems ship a quarter of one.
const LARGEST: u64 = 16 << 20;

/// Where Linux distributions and the BSDs keep the system's certificate authorities in one file. One file costs 9
/// million instructions less than the file and the directory that a search for native roots loads.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Where the certificate authorities to trust come from. Shows as `/x/ca.pem ($AWS_CA_BUNDLE)`.
#[derive(Debug, Clone)]
pub enum Roots {
    Named(Located<PathBuf>),
    System(PathBuf),
    Platform,
}

impl Roots {
    /// Those of the file that is `named`, else the system's.
    pub fn of(named: Option<Located<PathBuf>>) -> Self {
        let system = || SYSTEM_BUNDLES.iter().map(PathBuf::from).find(|path| path.is_file());
        match named {
            Some(named) => Self::Named(named),
            None => system().map_or(Self::Platform, Self::System),
        }
    }

    /// The certificates as PEM that can be read; none where the platform's own store is to be asked.
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
    // What stands in a comment does not matter, in whatever encoding; few files have one, and replacing is slow.
    let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let certificates = certificates(text.trim_start_matches('\u{feff}'));
    match (certificates.is_empty(), text.contains(BEGIN)) {
        (false, _) => Ok(certificates),
        (true, true) => Err("none of its certificates can be read".to_owned()),
        (true, false) => Err("it has no certificate in PEM format".to_owned()),
    }
}

/// The certificates in `text` that can be read, as PEM without line breaks in them: less reading for the client.
fn certificates(text: &str) -> String {
    let mut good = String::with_capacity(text.len());
    let mut roots = RootCertStore::empty();
    // Where the base64 of the certificate at hand begins in `good`, if there is one.
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

/// The lines of `text`. The standard library's take a million instructions more for a system's bundle.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    ends.map(move |end| &text[std::mem::replace(&mut start, end + 1)..end])
}
