//! Credentials over a UNIX socket, for processes without the user's files: in containers, in sandboxes and on SSH hosts.
//!
//! A client sends one line of JSON and receives lines of JSON: any number of `waiting`, then one reply. A line at least
//! every [`HEARTBEAT`] shows that the broker is still there.

mod client;
mod listener;
mod message;
mod peer;
mod server;
mod shared_call;

use std::time::Duration;

pub use client::{BrokerClient, ClientError, SILENCE_LIMIT};
pub use listener::{BindError, BrokerSocket};
pub use message::{Action, CredentialsReply, IdentityReply, MISSING, OfferedProfile, RemoteError, Reply, Request};
pub use peer::{AllowedPeers, Peer};
pub use server::{ReplyStream, max_connections, serve};
pub use shared_call::{CallState, SharedCall, SharedCalls};

/// Between two lines to a waiting client.
pub const HEARTBEAT: Duration = Duration::from_secs(5);
