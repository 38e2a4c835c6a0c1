//! The worked example of the AWS General Reference (IAM `ListUsers`), and tampered variants of it.

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date, \
    Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
const TARGET: &str = "/?Action=ListUsers&Version=2010-05-08";
const HEADERS: [(&str, &str); 4] = [
    ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
    ("Host", "iam.amazonaws.com"),
    ("X-Amz-Date", "20150830T123600Z"),
    ("Authorization", AUTHORIZATION),
];

/// 12:36 on the example's day, moved by `offset` seconds.
fn clock(offset: i64) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str("20150830T123600Z", DATE_FORMAT).unwrap().and_utc() + TimeDelta::seconds(offset)
}

fn long_term_key(id: &str) -> Option<Key> {
    (id == "AKIDEXAMPLE").then(|| Key { secret: SECRET.to_owned(), session: None })
}

/// The example's headers with one replaced.
fn with(name: &str, value: &str) -> Request {
    let mut headers = HEADERS.to_vec();
    headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    headers.push((name, value));
    Request::new("GET", TARGET, &headers, b"")
}

fn refusal(request: &Request) -> AwsError {
    verify(request, "iam", clock(0), long_term_key).unwrap_err()
}

#[test]
fn published_example_is_accepted() {
    let request = Request::new("GET", TARGET, &HEADERS, b"");
    let canonical = canonical::request(
        &request,
        &["content-type", "host", "x-amz-date"].map(str::to_owned),
        &hex(&Sha256::digest(b"")),
    );
    assert_eq!(
        hex(&Sha256::digest(canonical.unwrap().as_bytes())),
        "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
    );
    let credential = verify(&request, "iam", clock(0), long_term_key).unwrap();
    assert_eq!(credential.access_key_id, "AKIDEXAMPLE");
    assert_eq!(credential.region, "us-east-1");
    assert_eq!(claimed(&request), Some(credential.clone()));
    assert_eq!(
        hex(&signing_key(SECRET, &credential)),
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
    );
}

#[test]
fn changed_signed_content_is_rejected() {
    let tampered = [
        Request::new("POST", TARGET, &HEADERS, b""),
        Request::new("GET", "/x?Action=ListUsers&Version=2010-05-08", &HEADERS, b""),
        Request::new("GET", "/?Action=ListRoles&Version=2010-05-08", &HEADERS, b""),
        Request::new("GET", TARGET, &HEADERS, b"body"),
        with("Host", "iam.example.com"),
        with("X-Amz-Date", "20150830T123601Z"),
        with("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"),
        with("Authorization", &AUTHORIZATION.replace("us-east-1", "us-east-2")),
        with("Authorization", &AUTHORIZATION.replace("5d67", "5d68")),
        with("Authorization", &AUTHORIZATION.replace("content-type;", "")),
        with("Authorization", &AUTHORIZATION.replace("host;", "host;x-absent;")),
    ];
    for request in tampered {
        assert_eq!(refusal(&request), AwsError::wrong_signature(), "{request:?}");
    }
}

#[test]
fn credential_scope_is_checked() {
    for (from, to, message) in [
        ("us-east-1", "", "a valid region. "),
        ("/iam/", "/sts/", "correct service: 'iam'. "),
        ("aws4_request", "aws5_request", "not 'aws5_request'. "),
        ("20150830", "20150829", "'20150829' != '20150830', from '20150830T123600Z'."),
    ] {
        let error = refusal(&with("Authorization", &AUTHORIZATION.replace(from, to)));
        assert_eq!(error.code, "SignatureDoesNotMatch");
        assert!(error.message.ends_with(message), "{error}");
    }
}

#[test]
fn incomplete_headers_are_named() {
    let mut unsigned = HEADERS.to_vec();
    unsigned.pop();
    let unsigned = Request::new("GET", TARGET, &unsigned, b"");
    assert_eq!(refusal(&unsigned), AwsError::unsigned());
    for (from, to, part) in [
        ("Signature=", "Sig=", "requires 'Signature' parameter."),
        ("SignedHeaders=", "SH=", "requires 'SignedHeaders' parameter."),
        ("AKIDEXAMPLE/", "", "exactly 5 slash-delimited elements"),
        ("AWS4-HMAC-SHA256", "Basic", "Unsupported AWS 'algorithm': 'Basic'"),
    ] {
        let error = refusal(&with("Authorization", &AUTHORIZATION.replace(from, to)));
        assert_eq!((error.status, error.code.as_str()), (400, "IncompleteSignature"));
        assert!(error.message.contains(part), "{error}");
    }
    let hostless = AUTHORIZATION.replace("host;", "");
    let error = refusal(&with("Authorization", &hostless));
    assert!(error.message.contains("must be a 'SignedHeader'"), "{error}");
}

#[test]
fn signature_is_valid_for_fifteen_minutes_either_way() {
    let request = Request::new("GET", TARGET, &HEADERS, b"");
    let at = |offset| verify(&request, "iam", clock(offset), long_term_key);
    assert!(at(900).is_ok());
    assert!(at(-900).is_ok());
    assert_eq!(
        at(901).unwrap_err().message,
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
         (20150830T125101Z - 15 min.)"
    );
    assert_eq!(
        at(-901).unwrap_err().message,
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z \
         (20150830T122059Z + 15 min.)"
    );
}

#[test]
fn keys_and_their_tokens_are_checked() {
    let temporary = |id: &str| {
        let session = Some(KeySession { token: "token".to_owned(), expires: clock(10) });
        long_term_key(id).map(|key| Key { session, ..key })
    };
    let plain = Request::new("GET", TARGET, &HEADERS, b"");
    let tokened = with("X-Amz-Security-Token", "token");
    let verdict = |request, at, lookup: fn(&str) -> Option<Key>| verify(request, "iam", clock(at), lookup).unwrap_err();
    assert_eq!(verdict(&plain, 0, |_| None), AwsError::unknown_key());
    assert_eq!(refusal(&tokened), AwsError::unknown_key());
    let of_session = |request, at| verify(request, "iam", clock(at), temporary).unwrap_err();
    assert_eq!(of_session(&plain, 0), AwsError::unknown_key());
    let wrong = with("X-Amz-Security-Token", "other");
    assert_eq!(of_session(&wrong, 0), AwsError::unknown_key());
    assert_eq!(of_session(&tokened, 10), AwsError::expired_token());
    let unsigned_token = of_session(&tokened, 9);
    assert!(unsigned_token.message.starts_with("'X-Amz-Security-Token' must"));
}
