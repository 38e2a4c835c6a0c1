//! The access keys of a user. The calls name the user, because IAM does not find it by the signature of a session
//! (API reference of ListAccessKeys).

use crate::core::clock::Timestamp;
use crate::core::secret::Secret;
use crate::sts::StsError;

use super::answer::XmlNode;
use super::client::Client;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyMetadata {
    pub id: String,
    pub is_active: bool,
    pub created: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct NewAccessKey {
    pub id: String,
    pub secret: Secret,
    pub created: Option<Timestamp>,
}

/// IAM updates it after some minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastUse {
    Never,
    At { time: Timestamp, service: String, region: String },
}

impl Client<'_> {
    pub fn access_keys(&self, user_name: &str) -> Result<Vec<AccessKeyMetadata>, StsError> {
        let mut keys = Vec::new();
        let mut marker = None;
        loop {
            let mut params = vec![("UserName".to_owned(), user_name.to_owned())];
            params.extend(marker.take().map(|marker| ("Marker".to_owned(), marker)));
            let answer = self.call("ListAccessKeys", &params)?;
            for member in &answer.get("AccessKeyMetadata").ok_or(StsError::Garbage)?.children {
                keys.push(AccessKeyMetadata {
                    id: text(member, "AccessKeyId")?,
                    is_active: text(member, "Status")? == "Active",
                    created: member.text("CreateDate").and_then(Timestamp::parse),
                });
            }
            marker = answer.text("Marker").filter(|_| answer.text("IsTruncated") == Some("true")).map(str::to_owned);
            if marker.is_none() {
                return Ok(keys);
            }
        }
    }

    /// Not repeated after a lost response, because IAM may have created a key. Then list the keys.
    pub fn create_access_key(&self, user_name: &str) -> Result<NewAccessKey, StsError> {
        let answer = self.call_once("CreateAccessKey", &[("UserName".to_owned(), user_name.to_owned())])?;
        let key = answer.get("AccessKey").ok_or(StsError::Garbage)?;
        let secret = key.get("SecretAccessKey").map(|node| node.secret.clone()).unwrap_or_default();
        if secret.is_empty() {
            return Err(StsError::Garbage);
        }
        Ok(NewAccessKey {
            id: text(key, "AccessKeyId")?,
            secret,
            created: key.text("CreateDate").and_then(Timestamp::parse),
        })
    }

    pub fn deactivate_access_key(&self, user_name: &str, id: &str) -> Result<(), StsError> {
        let mut params = named(user_name, id);
        params.push(("Status".to_owned(), "Inactive".to_owned()));
        self.call("UpdateAccessKey", &params).map(drop)
    }

    pub fn delete_access_key(&self, user_name: &str, id: &str) -> Result<(), StsError> {
        self.call("DeleteAccessKey", &named(user_name, id)).map(drop)
    }

    pub fn access_key_last_used(&self, id: &str) -> Result<LastUse, StsError> {
        let answer = self.call("GetAccessKeyLastUsed", &[("AccessKeyId".to_owned(), id.to_owned())])?;
        let last = answer.get("AccessKeyLastUsed").ok_or(StsError::Garbage)?;
        let Some(time) = last.text("LastUsedDate") else { return Ok(LastUse::Never) };
        let word = |name| last.text(name).unwrap_or_default().to_owned();
        let time = Timestamp::parse(time).ok_or(StsError::Garbage)?;
        Ok(LastUse::At { time, service: word("ServiceName"), region: word("Region") })
    }
}

fn named(user_name: &str, id: &str) -> Vec<(String, String)> {
    vec![("UserName".to_owned(), user_name.to_owned()), ("AccessKeyId".to_owned(), id.to_owned())]
}

fn text(node: &XmlNode, name: &str) -> Result<String, StsError> {
    node.text(name).map(str::to_owned).ok_or(StsError::Garbage)
}
