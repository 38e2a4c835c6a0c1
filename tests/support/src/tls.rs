//! A test's own certificate authority and its certificates: valid, expired, or for another name. Nothing is installed
//! on the machine.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;

/// A certificate authority.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// The validity of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Valid.
    Good,
    /// Expired in 2001.
    Expired,
    /// Valid from 2090.
    NotYet,
}

impl Authority {
    /// A new authority of that name, with its own key.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().expect("a key");
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect("a certificate") }
    }

    /// The authority's own certificate as PEM, for clients to trust.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The certificate of a server for `names` (hosts and addresses).
    ///
    /// # Panics
    ///
    /// If a name is invalid, or the system has no randomness.
    pub fn server(&self, names: &[&str], validity: Validity) -> ServerTls {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        // Python 3.13 verifies by RFC 5280, which requires the identifier.
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        match validity {
            Validity::Good => {}
            Validity::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Validity::NotYet => params.not_before = date_time_ymd(2090, 1, 1),
        }
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .expect("a key that fits");
        // The doubles do not support HTTP/2.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        ServerTls(Arc::new(config))
    }
}

/// A server's certificate and key.
#[derive(Clone, Debug)]
pub struct ServerTls(pub(crate) Arc<ServerConfig>);
