//! The handle that a test holds.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::channel::Channel;
use crate::server::{lock, Server};
use crate::{Accepted, Attempt, Chaos, Clock, Delivery, Endpoint, Fault, Options, Violation};

/// A running stand-in. It stops when dropped.
///
/// All methods are synchronous and may be called from any thread.
pub struct StandIn {
    address: SocketAddr,
    server: Arc<Server>,
    /// Dropping the sender stops the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl StandIn {
    /// Starts a stand-in on a thread of its own. It answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// If the port is taken, or the OpenAPI file is not there or not usable.
    pub fn start(options: Options) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let address = (Ipv4Addr::LOCALHOST, options.port);
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let address = listener.local_addr()?;
        let server = Arc::new(Server { hang: options.hang, channel: Mutex::new(Channel::new(options)?) });
        let (stop, stopped) = oneshot::channel();
        let running = server.clone().run(listener);
        let thread = thread::Builder::new().name("line-stand-in".to_owned()).spawn(move || {
            runtime.spawn(running);
            // The runtime goes with this thread, and every open connection with the runtime.
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self { address, server, stop: Some(stop), thread: Some(thread) })
    }

    /// The base URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The clock of this stand-in.
    pub fn clock(&self) -> Clock {
        self.channel().clock.clone()
    }

    /// Registers a friend, whom broadcasts reach from now on.
    pub fn add_friend(&self, user: &str) {
        self.channel().friends.add(user);
    }

    /// Lets a user block the account.
    pub fn block(&self, user: &str) {
        self.channel().friends.set_blocked(user, true);
    }

    /// Lets a user unblock the account.
    pub fn unblock(&self, user: &str) {
        self.channel().friends.set_blocked(user, false);
    }

    /// Makes a rich menu, which can be linked from now on.
    pub fn make_rich_menu(&self, id: &str) {
        self.channel().rich_menus.make(id);
    }

    /// The rich menu that a user sees as their own.
    pub fn rich_menu_of(&self, user: &str) -> Option<String> {
        self.channel().rich_menus.of(user).map(str::to_owned)
    }

    /// The coupons made so far, oldest first, each as LINE tells of it.
    pub fn coupons(&self) -> Vec<Value> {
        self.channel().coupons.all().to_vec()
    }

    /// A reply token as a webhook event of this user would carry it now.
    pub fn issue_reply_token(&self, user: &str) -> String {
        let mut channel = self.channel();
        let now = channel.clock.now();
        channel.reply_tokens.issue(user, now)
    }

    /// Lets the next `count` requests to `endpoint` (`None`: to any) meet `fault`. Faults come in
    /// the order in which they were injected. Requests that are refused for a wrong path, token,
    /// size, media type, retry key or for the rate limit meet none.
    pub fn inject(&self, fault: Fault, endpoint: Option<Endpoint>, count: u32) {
        self.channel().faults.push(fault, endpoint, count);
    }

    /// Starts, replaces or ends (`None`) random faults.
    pub fn set_chaos(&self, chaos: Option<Chaos>) {
        self.channel().faults.set_chaos(chaos);
    }

    /// Every request so far, oldest first.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.channel().record.attempts().to_vec()
    }

    /// Every accepted request to send messages, oldest first.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.channel().record.accepted().to_vec()
    }

    /// The message objects that a user got, oldest first.
    pub fn inbox(&self, user: &str) -> Vec<Value> {
        self.channel().record.inbox(user)
    }

    /// Every delivery to a recipient, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.channel().record.deliveries().to_vec()
    }

    /// Every use of the API that LINE leaves undefined.
    pub fn violations(&self) -> Vec<Violation> {
        self.channel().record.violations().to_vec()
    }

    fn channel(&self) -> MutexGuard<'_, Channel> {
        lock(&self.server.channel)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed already; a second one here would abort.
            let _ = thread.join();
        }
    }
}
