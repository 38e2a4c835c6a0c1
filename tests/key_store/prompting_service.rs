//! A double of a Secret Service with one item and prompts, because gnome-keyring's prompts need a screen.

use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::spawn;

use futures_core::Stream;
use serde::Serialize;
use zbus::fdo::RequestNameFlags;
use zbus::message::{Header, Message, Type};
use zbus::{Connection, DynamicType, MessageStream, ObjectPath, OwnedObjectPath, OwnedVariant, Variant};

const ITEM: &str = "/item";
const COLLECTION: &str = "/collection";
const NONE: &str = "/";

type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Prompts {
    /// The service unlocks without one.
    None,
    Accepted,
    Dismissed,
}

#[derive(Clone, Copy)]
pub struct Behaviour {
    pub prompts: Prompts,
    /// A prompt stays open until this number of calls of `Unlock`.
    pub open_until: usize,
    /// For `CreateItem` and `Delete`, too, as in KeePassXC.
    pub prompts_for_changes: bool,
    /// The service leaves the bus at a call of this method, without a reply.
    pub crashes_at: Option<&'static str>,
}

struct Service {
    callers: HashSet<String>,
    connection: Connection,
    behaviour: Behaviour,
    is_locked: bool,
    secret: Option<Vec<u8>>,
    created: Vec<u8>,
    unlock_calls: usize,
    open_prompt: Option<String>,
    shown: Arc<AtomicUsize>,
}

/// Serves until the bus ends. While another service has the name, the bus queues this one. Returns the number of shown prompts.
pub fn serve(address: &str, behaviour: Behaviour) -> Arc<AtomicUsize> {
    let shown = Arc::new(AtomicUsize::new(0));
    let (ready, is_ready) = mpsc::channel();
    let (address, count) = (address.to_owned(), shown.clone());
    spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = zbus::connection::Builder::address(&*address).build().await.unwrap();
            let mut calls = MessageStream::from(&connection);
            let queued = RequestNameFlags::empty();
            connection.request_name_with_flags("org.freedesktop.secrets", queued).await.unwrap();
            ready.send(()).unwrap();
            let secret = Some(b"hidden".to_vec());
            let mut service = Service {
                callers: HashSet::new(),
                connection,
                behaviour,
                is_locked: true,
                secret,
                created: Vec::new(),
                unlock_calls: 0,
                open_prompt: None,
                shown: count,
            };
            while let Some(Ok(message)) = poll_fn(|context| Pin::new(&mut calls).poll_next(context)).await {
                if message.message_type() == Type::MethodCall {
                    let header = message.header();
                    if Some(header.member().unwrap().as_str()) == behaviour.crashes_at {
                        return;
                    }
                    service.answer(&message).await;
                    service.complete_prompt().await;
                }
            }
        });
    });
    is_ready.recv().unwrap();
    shown
}

impl Service {
    async fn answer(&mut self, message: &Message) {
        let header = message.header();
        let body = message.body();
        let is_new = self.callers.insert(header.sender().unwrap().to_string());
        assert!(!is_new || header.member().unwrap() == "Ping", "gnome-keyring may crash");
        match header.member().unwrap().as_str() {
            "Ping" => self.reply(&header, &()).await,
            "OpenSession" => self.reply(&header, &(Variant::from(""), path("/session"))).await,
            "ReadAlias" => self.reply(&header, &path(COLLECTION)).await,
            "Get" => self.reply(&header, &Variant::from(self.is_locked)).await,
            "SearchItems" => {
                let items: Vec<_> = self.secret.iter().map(|_| path(ITEM)).collect();
                let (unlocked, locked) = if self.is_locked { (vec![], items) } else { (items, vec![]) };
                self.reply(&header, &(unlocked, locked)).await;
            }
            "Unlock" => {
                self.unlock_calls += 1;
                self.is_locked &= self.behaviour.prompts != Prompts::None;
                let prompt = if self.is_locked { "/prompt/unlock" } else { NONE };
                self.reply(&header, &(Vec::<ObjectPath<'_>>::new(), path(prompt))).await;
            }
            "GetSecret" => {
                let secret = self.secret.clone().unwrap();
                self.reply(&header, &((path("/session"), Vec::<u8>::new(), secret, "text/plain"),)).await;
            }
            "CreateItem" => {
                let (_, secret, _): (HashMap<String, OwnedVariant>, Secret, bool) = body.deserialize().unwrap();
                self.created = secret.2;
                let prompt = self.prompt_or_change("/prompt/create");
                let item = if prompt.as_str() == NONE { ITEM } else { NONE };
                self.reply(&header, &(path(item), prompt)).await;
            }
            "Delete" => {
                let prompt = self.prompt_or_change("/prompt/delete");
                self.reply(&header, &prompt).await;
            }
            "Prompt" => {
                self.shown.fetch_add(1, Ordering::SeqCst);
                self.open_prompt = Some(header.path().unwrap().to_string());
                self.reply(&header, &()).await;
            }
            other => panic!("unexpected call of {other}"),
        }
    }

    fn prompt_or_change(&mut self, prompt: &'static str) -> ObjectPath<'static> {
        if self.behaviour.prompts_for_changes {
            return path(prompt);
        }
        self.change(prompt);
        path(NONE)
    }

    fn change(&mut self, prompt: &str) {
        match prompt {
            "/prompt/unlock" => self.is_locked = false,
            "/prompt/create" => self.secret = Some(self.created.clone()),
            _ => self.secret = None,
        }
    }

    async fn complete_prompt(&mut self) {
        if self.unlock_calls < self.behaviour.open_until {
            return;
        }
        let Some(prompt) = self.open_prompt.take() else { return };
        let is_dismissed = self.behaviour.prompts == Prompts::Dismissed;
        if !is_dismissed {
            self.change(&prompt);
        }
        let result = (is_dismissed, Variant::from(path(ITEM)));
        let interface = "org.freedesktop.Secret.Prompt";
        self.connection.emit_signal(None::<&str>, &*prompt, interface, "Completed", &result).await.unwrap();
    }

    async fn reply(&self, call: &Header<'_>, body: &(impl Serialize + DynamicType)) {
        self.connection.reply(call, body).await.unwrap();
    }
}

fn path(path: &'static str) -> ObjectPath<'static> {
    path.try_into().unwrap()
}
