use ring::digest;

/// A table, because formatting each byte takes more time than hashing it.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // The buffer never grows, because a reallocation would leave a copy of the secret.
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex(&sha256(bytes))
}

pub fn sha256(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes.as_ref()).as_ref().to_vec()
}

/// For the names of the AWS CLI's token files.
pub fn sha1_hex(bytes: impl AsRef<[u8]>) -> String {
    hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes.as_ref()).as_ref())
}
