use std::fmt;

/// The name is an attribute of the stored item. The label is only for the viewer of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStoreItem {
    /// Of a profile.
    AccessKey(String),
    /// Of a profile, during a rotation.
    NewAccessKey(String),
    SealingKey,
}

impl KeyStoreItem {
    pub fn name(&self) -> String {
        match self {
            Self::AccessKey(profile) => format!("access-key/{profile}"),
            Self::NewAccessKey(profile) => format!("new-access-key/{profile}"),
            Self::SealingKey => "sealing-key".to_owned(),
        }
    }
}

impl fmt::Display for KeyStoreItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessKey(profile) => write!(f, "amplify-creds: access key of profile {profile}"),
            Self::NewAccessKey(profile) => write!(f, "amplify-creds: new access key of profile {profile}"),
            Self::SealingKey => f.write_str("amplify-creds: sealing key"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_have_distinct_names() {
        let access = KeyStoreItem::AccessKey("müller".to_owned());
        let new = KeyStoreItem::NewAccessKey("müller".to_owned());
        assert_eq!(access.name(), "access-key/müller");
        assert_eq!(new.name(), "new-access-key/müller");
        assert_eq!(KeyStoreItem::SealingKey.name(), "sealing-key");
        assert_eq!(access.to_string(), "amplify-creds: access key of profile müller");
        assert_eq!(new.to_string(), "amplify-creds: new access key of profile müller");
    }
}
