//! The operations on items: <https://specifications.freedesktop.org/secret-service>.

use std::collections::HashMap;

use zbus::{ObjectPath, OwnedObjectPath, OwnedVariant, Variant};
use zeroize::Zeroizing;

use super::bus::{Bus, NO_OBJECT, unexpected_reply};
use super::call_error::CallError;
use crate::core::secret::Secret;
use crate::key_store::error::KeyStoreError;
use crate::key_store::item::KeyStoreItem;

const SERVICE_PATH: ObjectPath<'static> = ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets");
const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ITEM: &str = "org.freedesktop.Secret.Item";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// The session, the parameters of an encryption, the secret, and its type.
type StoredSecret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);
type Paths = Vec<OwnedObjectPath>;

pub(super) async fn get(bus: &Bus<'_>, item: &KeyStoreItem) -> Result<Option<Secret>, CallError> {
    let session = open_session(bus).await?;
    let (unlocked, locked) = find(bus, item).await?;
    let path = match (unlocked.first(), locked.first()) {
        (Some(path), _) => path,
        (None, Some(path)) => {
            unlock(bus, std::slice::from_ref(path)).await?;
            path
        }
        (None, None) => return Ok(None),
    };
    let (_, _, bytes, _): StoredSecret = bus.call(path, ITEM, "GetSecret", &session).await?;
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map_err(|_| not_text())?;
    Ok(Some(Secret::from(text)))
}

pub(super) async fn put(bus: &Bus<'_>, item: &KeyStoreItem, secret: &Secret) -> Result<(), CallError> {
    let session = open_session(bus).await?;
    let collection = match default_collection(bus).await? {
        Some(collection) => collection,
        None => create_collection(bus).await?,
    };
    unlock(bus, std::slice::from_ref(&collection)).await?;
    let name = item.name();
    let properties = HashMap::from([
        ("org.freedesktop.Secret.Item.Label", Variant::from(item.to_string())),
        ("org.freedesktop.Secret.Item.Attributes", Variant::from(attributes(&name))),
    ]);
    let value = (&session, &[0_u8; 0][..], secret.expose().as_bytes(), "text/plain");
    let (created, prompt): (OwnedObjectPath, OwnedObjectPath) =
        bus.call(&collection, COLLECTION, "CreateItem", &(properties, value, true)).await?;
    let created = bus.show_prompt(&prompt).await?.and_then(object).unwrap_or(created);
    if created.as_str() != NO_OBJECT {
        delete_copies(bus, &name, &created).await?;
    }
    Ok(())
}

pub(super) async fn delete(bus: &Bus<'_>, item: &KeyStoreItem) -> Result<bool, CallError> {
    register(bus).await;
    let (unlocked, locked) = find(bus, item).await?;
    if !locked.is_empty() {
        unlock(bus, &locked).await?;
    }
    for path in unlocked.iter().chain(&locked) {
        let prompt: OwnedObjectPath = bus.call(path, ITEM, "Delete", &()).await?;
        bus.show_prompt(&prompt).await?;
    }
    Ok(!unlocked.is_empty() || !locked.is_empty())
}

/// gnome-keyring 42.1 may handle the first message of a connection before it has registered the caller: about one of
/// several thousand times under load. Then `OpenSession` crashes it, which locks all keyrings, and `SearchItems` fails.
/// `Ping` needs no registered caller.
async fn register(bus: &Bus<'_>) {
    // The next call reports the same error.
    let _: Result<(), _> = bus.call(&SERVICE_PATH, "org.freedesktop.DBus.Peer", "Ping", &()).await;
}

async fn open_session(bus: &Bus<'_>) -> Result<OwnedObjectPath, CallError> {
    // Every process that could read this socket could also ask the service. Encryption would not stop it.
    let algorithm = ("plain", Variant::from(""));
    let open = async || {
        register(bus).await;
        bus.call(&SERVICE_PATH, SERVICE, "OpenSession", &algorithm).await
    };
    let (_, session): (OwnedVariant, OwnedObjectPath) = match open().await {
        // Another caller may crash gnome-keyring. D-Bus starts it again for the next call. No call that changes something
        // is repeated.
        Err(error @ CallError::Disconnected(_)) => open().await.map_err(|_| error)?,
        result => result?,
    };
    Ok(session)
}

/// The unlocked and the locked items.
async fn find(bus: &Bus<'_>, item: &KeyStoreItem) -> Result<(Paths, Paths), CallError> {
    let name = item.name();
    let found = search(bus, &name).await?;
    if !found.0.is_empty() || !found.1.is_empty() {
        return Ok(found);
    }
    // KWallet and KeePassXC do not list the items of a locked collection.
    match default_collection(bus).await? {
        Some(collection) if is_locked(bus, &collection).await? => {
            unlock(bus, &[collection]).await?;
            search(bus, &name).await
        }
        _ => Ok(found),
    }
}

async fn search(bus: &Bus<'_>, name: &str) -> Result<(Paths, Paths), CallError> {
    bus.call(&SERVICE_PATH, SERVICE, "SearchItems", &attributes(name)).await
}

/// Items with more attributes match a search, too, so the first attribute is only this program's.
fn attributes(name: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "amplify-creds"), ("item", name)])
}

async fn default_collection(bus: &Bus<'_>) -> Result<Option<OwnedObjectPath>, CallError> {
    let path: OwnedObjectPath = bus.call(&SERVICE_PATH, SERVICE, "ReadAlias", &"default").await?;
    Ok(Some(path).filter(|path| path.as_str() != NO_OBJECT))
}

async fn is_locked(bus: &Bus<'_>, collection: &OwnedObjectPath) -> Result<bool, CallError> {
    let value: OwnedVariant = bus.call(collection, PROPERTIES, "Get", &(COLLECTION, "Locked")).await?;
    bool::try_from(value).map_err(|_| unexpected_reply())
}

/// A new user has no collection.
async fn create_collection(bus: &Bus<'_>) -> Result<OwnedObjectPath, CallError> {
    let properties = HashMap::from([("org.freedesktop.Secret.Collection.Label", Variant::from("Default keyring"))]);
    let (collection, prompt): (OwnedObjectPath, OwnedObjectPath) =
        bus.call(&SERVICE_PATH, SERVICE, "CreateCollection", &(properties, "default")).await?;
    let result = bus.show_prompt(&prompt).await.map_err(|error| match error {
        CallError::NeedsPrompt(_) => CallError::NeedsPrompt(KeyStoreError::NoKeyring),
        error => error,
    })?;
    Ok(result.and_then(object).unwrap_or(collection))
}

/// Also succeeds without a prompt if the objects are unlocked.
async fn unlock(bus: &Bus<'_>, objects: &[OwnedObjectPath]) -> Result<(), CallError> {
    let (_, prompt): (Paths, OwnedObjectPath) = bus.call(&SERVICE_PATH, SERVICE, "Unlock", &objects).await?;
    bus.show_prompt(&prompt).await?;
    Ok(())
}

/// Items in a collection that was the default one before. A search may find them first.
async fn delete_copies(bus: &Bus<'_>, name: &str, current: &OwnedObjectPath) -> Result<(), CallError> {
    let (unlocked, _) = search(bus, name).await?;
    for path in unlocked.iter().filter(|path| *path != current) {
        let _: OwnedObjectPath = bus.call(path, ITEM, "Delete", &()).await?;
    }
    Ok(())
}

fn object(result: OwnedVariant) -> Option<OwnedObjectPath> {
    Variant::from(result).try_into().ok()
}

fn not_text() -> KeyStoreError {
    KeyStoreError::Failed("the stored secret is not UTF-8 text".to_owned())
}
