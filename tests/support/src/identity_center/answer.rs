//! Answers in JSON.

use chrono::Utc;
use serde_json::{Value, json};

use crate::http::Response;

pub(crate) fn json_response(document: &Value) -> Response {
    Response::new(200, Utc::now()).body("application/json", document.to_string())
}

pub(crate) fn error(status: u16, code: &str, message: &str) -> Response {
    Response::new(status, Utc::now())
        .header("x-amzn-ErrorType", code)
        .body("application/json", json!({"message": message}).to_string())
}

/// An error of the token service, which has the members of RFC 6749 section 5.2: `invalid_grant` for
/// `InvalidGrantException`.
pub(super) fn oauth_error(status: u16, code: &str, description: &str) -> Response {
    let mut name = String::new();
    for letter in code.trim_end_matches("Exception").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    Response::new(status, Utc::now())
        .header("x-amzn-ErrorType", code)
        .body("application/json", json!({"error": name, "error_description": description}).to_string())
}
