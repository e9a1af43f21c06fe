//! A transport that sends nothing and remembers everything: for tests and dry runs.

use std::sync::Mutex;

use crate::line::{Answer, Request};

use super::Transport;

/// Answers every request with acceptance and keeps it.
#[derive(Debug, Default)]
pub struct Recorder {
    requests: Mutex<Vec<Request>>,
}

impl Recorder {
    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

impl Transport for Recorder {
    async fn send(&self, request: &Request) -> Answer {
        self.requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(request.clone());
        Answer::Accepted { request_id: None }
    }
}
