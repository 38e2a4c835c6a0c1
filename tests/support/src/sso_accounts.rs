//! The accounts and roles that the portal of IAM Identity Center lists, in pages.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::identity_center::{error, json_response};
use crate::percent;

/// The assignments of the user.
#[derive(Debug, Clone, Default)]
pub struct ListedAccounts {
    accounts: Vec<(String, String, Vec<String>)>,
    /// Entries in a page; 0 for as many as the request allows.
    page: usize,
    pub(crate) throttled: usize,
    denied: Option<(u16, &'static str)>,
}

impl ListedAccounts {
    /// Adds an account with its name and the user's roles.
    #[must_use]
    pub fn account(mut self, id: &str, name: &str, roles: &[&str]) -> Self {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        self.accounts.push((id.to_owned(), name.to_owned(), roles));
        self
    }

    /// Limits a page to so many entries.
    #[must_use]
    pub fn in_pages_of(mut self, page: usize) -> Self {
        self.page = page;
        self
    }

    /// Answers every request with this error.
    #[must_use]
    pub fn denying(mut self, status: u16, code: &'static str) -> Self {
        self.denied = Some((status, code));
        self
    }
}

pub(crate) fn answer(request: &Request, listed: &mut ListedAccounts) -> Response {
    if let Some((status, code)) = listed.denied {
        return error(status, code, "No access");
    }
    if listed.throttled > 0 {
        listed.throttled -= 1;
        return error(429, "TooManyRequestsException", "HTTP 429 Unknown Code");
    }
    let asked = percent::form_fields(request.query());
    let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let (key, entries): (_, Vec<Value>) = match request.path() {
        "/assignment/accounts" => {
            let entry = |(id, name, _): &(String, String, Vec<String>)| json!({"accountId": id, "accountName": name, "emailAddress": "aws@corp.example"});
            ("accountList", listed.accounts.iter().map(entry).collect())
        }
        "/assignment/roles" => {
            let id = field("account_id");
            let Some((_, _, roles)) = listed.accounts.iter().find(|(known, ..)| known == id) else {
                return error(403, "ForbiddenException", "No access");
            };
            ("roleList", roles.iter().map(|role| json!({"accountId": id, "roleName": role})).collect())
        }
        _ => return error(404, "UnknownOperationException", "no such operation"),
    };
    let allowed = field("max_result").parse().unwrap_or(20).min(100);
    let page = if listed.page == 0 { allowed } else { listed.page.min(allowed) };
    let start = field("next_token").parse().unwrap_or(0).min(entries.len());
    let end = (start + page).min(entries.len());
    let next = (end < entries.len()).then(|| end.to_string());
    json_response(&json!({key: entries[start..end], "nextToken": next}))
}
