//! What a stand-in can be told at its start.

use std::path::PathBuf;
use std::time::Duration;

use crate::{Chaos, Clock, Limits};

/// How a stand-in behaves. The default follows LINE's documented limits, on the computer's clock,
/// with no faults, for a channel to which every well-formed user ID is a friend.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The only channel access token that is let in.
    pub channel_access_token: String,
    /// The time of the stand-in. Keep a clone to move it.
    pub clock: Clock,
    /// Rate limits and monthly quota.
    pub limits: Limits,
    /// Friends from the start. A broadcast reaches the registered friends only; see
    /// [`StandIn::add_friend`](crate::StandIn::add_friend).
    pub friends: Vec<String>,
    /// Treat every user who is not a registered friend as unknown to the channel.
    pub known_only: bool,
    /// LINE's ids of the rich menus that are there from the start; no other can be linked. See
    /// [`StandIn::make_rich_menu`](crate::StandIn::make_rich_menu).
    pub rich_menus: Vec<String>,
    /// Folder with LINE's official `messaging-api.yml` (github.com/line/line-openapi). When given,
    /// each request body must fit its schema.
    pub openapi: Option<PathBuf>,
    /// How long the timeout faults hang in real time before they close the connection. Choose more
    /// than the client's timeout.
    pub hang: Duration,
    /// Random faults from the start.
    pub chaos: Option<Chaos>,
    /// Remember message objects. Without them a very long run stays small, and
    /// [`StandIn::inbox`](crate::StandIn::inbox) and the messages in the records are empty.
    pub keep_messages: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            channel_access_token: "stand-in-token".to_owned(),
            clock: Clock::system(),
            limits: Limits::default(),
            friends: Vec::new(),
            known_only: false,
            rich_menus: Vec::new(),
            openapi: None,
            hang: Duration::from_secs(60),
            chaos: None,
            keep_messages: true,
        }
    }
}
