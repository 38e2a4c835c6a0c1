//! Proves to AWS Sign-In that the caller has the session's key (RFC 9449: DPoP, with ES256).

use aws_smithy_types::base64;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use zeroize::Zeroizing;

use crate::core::base64::encode_url;
use crate::core::clock::Timestamp;

pub(crate) struct SigningKey(EcdsaKeyPair);

/// Precedes the private key in an `EC PRIVATE KEY` of P-256 after the first two bytes (SEC 1, C.4): the version, and
/// the header of 32 bytes.
const PRIVATE: [u8; 5] = [0x02, 0x01, 0x01, 0x04, 0x20];
/// The name of P-256, tagged 0.
const CURVE: [u8; 12] = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// Precedes the public key: a bit string of 65 bytes, tagged 1.
const PUBLIC: [u8; 5] = [0xa1, 0x44, 0x03, 0x42, 0x00];

impl SigningKey {
    /// Reads PEM in the AWS CLI's format or as PKCS #8.
    pub(crate) fn parse(pem: &str) -> Option<Self> {
        let lines = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        let text = Zeroizing::new(lines.collect::<String>());
        let der = Zeroizing::new(base64::decode(text.as_str()).ok()?);
        let random = SystemRandom::new();
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random) {
            return Some(Self(key));
        }
        let (private, rest) = der.get(2..)?.strip_prefix(&PRIVATE)?.split_at_checked(32)?;
        let at = rest.windows(PUBLIC.len()).position(|bytes| bytes == PUBLIC)? + PUBLIC.len();
        let public = rest.get(at..at + 65)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        EcdsaKeyPair::from_private_key_and_public_key(algorithm, private, public, &random).ok().map(Self)
    }

    /// A new key, and its PEM in the AWS CLI's format (SEC 1).
    pub(crate) fn generate() -> Option<(Self, Zeroizing<String>)> {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref(), &random).ok()?;
        let at = der.as_ref().windows(PRIVATE.len()).position(|bytes| bytes == PRIVATE)? + PRIVATE.len();
        let private = der.as_ref().get(at..at + 32)?;
        let sec1 =
            Zeroizing::new([&[0x30, 0x77], &PRIVATE[..], private, &CURVE, &PUBLIC, key.public_key().as_ref()].concat());
        let text = Zeroizing::new(base64::encode(sec1.as_slice()));
        let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
        let lines = Zeroizing::new(lines.collect::<Vec<_>>().join("\n"));
        let pem = format!("-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\n", lines.as_str());
        Some((Self(key), Zeroizing::new(pem)))
    }

    pub(crate) fn proof(&self, method: &str, uri: &str, now: Timestamp) -> Option<String> {
        let random = SystemRandom::new();
        let mut identifier = [0; 16];
        random.fill(&mut identifier).ok()?;
        // An uncompressed point: 4, x, y.
        let (x, y) = self.0.public_key().as_ref().get(1..)?.split_at_checked(32)?;
        let jwk = json!({"kty": "EC", "x": encode_url(x), "y": encode_url(y), "crv": "P-256"});
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let payload = json!({"jti": encode_url(&identifier), "htm": method, "htu": uri, "iat": now.0});
        let part = |json: &serde_json::Value| encode_url(json.to_string().as_bytes());
        let message = format!("{}.{}", part(&header), part(&payload));
        let signature = self.0.sign(&random, message.as_bytes()).ok()?;
        Some(format!("{message}.{}", encode_url(signature.as_ref())))
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    // Generated for this test with `openssl ecparam -name prime256v1 -genkey`. The second is the same key as PKCS #8.
    const SEC1: &str = "-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIGYDU7yntE+PM227YqON071yJVum4X3IWmT+Y9yP0PsBoAoGCCqGSM49
AwEHoUQDQgAE0QkYcZCDKm3E/Iln+OSCuOex/g3074p7/XzfLFlKVUhPJPa6I8pZ
0VoTBaw7MZhnQPyKFvG68nJoNquM6Wp98Q==
-----END EC PRIVATE KEY-----
";
    const PKCS8: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZgNTvKe0T48zbbti
o43TvXIlW6bhfchaZP5j3I/Q+wGhRANCAATRCRhxkIMqbcT8iWf45IK457H+DfTv
inv9fN8sWUpVSE8k9rojylnRWhMFrDsxmGdA/IoW8brycmg2q4zpan3x
-----END PRIVATE KEY-----
";
    const X: &str = "0QkYcZCDKm3E_Iln-OSCuOex_g3074p7_XzfLFlKVUg";

    fn decoded(part: &str) -> Vec<u8> {
        crate::core::base64::decode_url(part).unwrap()
    }

    #[test]
    fn proof_is_signed_with_its_own_key() {
        for pem in [SEC1, PKCS8] {
            let key = SigningKey::parse(pem).unwrap();
            let proof = key.proof("POST", "https://eu-west-1.signin.aws.amazon.com/v1/token", Timestamp(7)).unwrap();
            let (message, signature) = proof.rsplit_once('.').unwrap();
            let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.0.public_key().as_ref());
            public.verify(message.as_bytes(), &decoded(signature)).unwrap();
            let parts: Vec<serde_json::Value> =
                message.split('.').map(|part| serde_json::from_slice(&decoded(part)).unwrap()).collect();
            assert_eq!((&parts[0]["jwk"]["x"], &parts[0]["typ"]), (&json!(X), &json!("dpop+jwt")));
            assert_eq!((&parts[1]["htm"], &parts[1]["iat"]), (&json!("POST"), &json!(7)));
            assert_ne!(
                key.proof("POST", "x", Timestamp(7)),
                key.proof("POST", "x", Timestamp(7)),
                "never twice the same"
            );
        }
    }

    #[test]
    fn generated_key_has_the_form_of_the_aws_cli() {
        let (key, pem) = SigningKey::generate().unwrap();
        let lengths: Vec<_> = pem.lines().map(str::len).collect();
        assert_eq!(lengths, SEC1.lines().map(str::len).collect::<Vec<_>>());
        let read = SigningKey::parse(&pem).unwrap();
        assert_eq!(read.0.public_key().as_ref(), key.0.public_key().as_ref());
    }

    #[test]
    fn invalid_key_is_rejected() {
        let halves: Vec<_> = SEC1.split_inclusive('\n').collect();
        let half = [halves[0], halves[1], halves[4]].concat();
        for pem in ["", "nonsense", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----", half.as_str()]
        {
            assert!(SigningKey::parse(pem).is_none(), "{pem}");
        }
    }
}
