//! LINE over HTTPS.

use core::fmt;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Response};

use crate::line::{Answer, HOST, HttpResponse, Method, RETRY_KEY_HEADER, Request};

use super::Transport;

/// Longer than LINE takes, much shorter than a lease.
const TIMEOUT: Duration = Duration::from_secs(20);
/// LINE's answers are small; more than this is not one.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Sends to LINE with reqwest and rustls. Cheap to clone; must be used inside a tokio runtime.
#[derive(Clone)]
pub struct LineHttp {
    client: Client,
    base: String,
    authorization: HeaderValue,
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The token holds what no header can.
    #[error("a channel access token is printable ASCII, without spaces or line breaks")]
    Token,
    /// TLS could not be set up.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] reqwest::Error),
}

impl LineHttp {
    /// A client for the channel of this access token.
    ///
    /// # Errors
    /// When the token cannot stand in a header or TLS cannot be set up.
    pub fn new(channel_access_token: &str) -> Result<Self, HttpError> {
        if channel_access_token.is_empty() || !channel_access_token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(HttpError::Token);
        }
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {channel_access_token}")).map_err(|_| HttpError::Token)?;
        authorization.set_sensitive(true);
        // A redirect would carry the token and the message to somebody else.
        let client = Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, base: format!("https://{HOST}"), authorization })
    }

    /// The same client at another address: a stand-in, or a proxy. Without a slash at the end.
    #[must_use]
    pub fn at(mut self, base: &str) -> Self {
        base.trim_end_matches('/').clone_into(&mut self.base);
        self
    }

    /// Waits at most this long for an answer.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn with_timeout(mut self, timeout: Duration) -> Result<Self, HttpError> {
        self.client = Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(self)
    }

    /// Sends a request that carries no message, such as [`Request::quota`], and gives the body of a
    /// good answer.
    ///
    /// # Errors
    /// The answer, when it was not a good one.
    pub async fn ask(&self, request: &Request) -> Result<Vec<u8>, Answer> {
        let (answer, body) = self.exchange(request).await;
        if answer.is_success() { Ok(body) } else { Err(answer) }
    }

    async fn exchange(&self, request: &Request) -> (Answer, Vec<u8>) {
        let response = match self.build(request).send().await {
            Ok(response) => response,
            Err(error) => return (no_answer(&error), Vec::new()),
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let texts = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        match body_of(response).await {
            Ok(body) => (Answer::judge(request.endpoint(), HttpResponse::new(status, texts, &body)), body),
            // The status line has said it; a body that breaks off takes nothing back.
            Err(_) if status < 500 => {
                (Answer::judge(request.endpoint(), HttpResponse::new(status, texts, &[])), Vec::new())
            }
            Err(error) => (no_answer(&error), Vec::new()),
        }
    }

    fn build(&self, request: &Request) -> reqwest::RequestBuilder {
        let address = format!("{}{}", self.base, request.path());
        let mut builder = match request.method() {
            Method::Get => self.client.get(address),
            Method::Post => self.client.post(address),
            Method::Put => self.client.put(address),
            Method::Delete => self.client.delete(address),
        };
        builder = builder.header(AUTHORIZATION, self.authorization.clone());
        if let Some(key) = request.retry_key() {
            builder = builder.header(RETRY_KEY_HEADER, key.to_string());
        }
        match request.body() {
            Some(body) => builder.header(CONTENT_TYPE, "application/json").body(body.to_vec()),
            None => builder,
        }
    }
}

impl Transport for LineHttp {
    async fn send(&self, request: &Request) -> Answer {
        self.exchange(request).await.0
    }
}

async fn body_of(mut response: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            break;
        }
    }
    Ok(body)
}

fn no_answer(error: &reqwest::Error) -> Answer {
    let why = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    Answer::NoAnswer { why: why.into() }
}

impl fmt::Debug for LineHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineHttp").field("base", &self.base).finish_non_exhaustive()
    }
}
