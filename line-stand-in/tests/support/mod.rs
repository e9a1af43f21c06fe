//! A blocking client that shows what a shop would see.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use std::time::Duration;

use line_stand_in::{Clock, Options, StandIn};
use serde_json::{json, Value};

pub const NOON: i64 = 1_783_998_000_000; // 2026-07-14 12:00 in UTC+9
pub const SECOND: i64 = 1_000;
pub const HOUR: i64 = 3_600_000;
pub const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";
pub const OTHER_KEY: &str = "123e4567-e89b-12d3-a456-426614174001";

pub const PUSH: &str = "/v2/bot/message/push";
pub const MULTICAST: &str = "/v2/bot/message/multicast";
pub const BROADCAST: &str = "/v2/bot/message/broadcast";
pub const REPLY: &str = "/v2/bot/message/reply";
pub const QUOTA: &str = "/v2/bot/message/quota";
pub const CONSUMPTION: &str = "/v2/bot/message/quota/consumption";

pub fn options() -> Options {
    Options { clock: Clock::fixed(NOON), hang: Duration::from_millis(400), ..Options::default() }
}

pub fn start(options: Options) -> (StandIn, Client) {
    let line = StandIn::start(options).unwrap();
    let client = Client::new(&line.url());
    (line, client)
}

pub fn user(n: u32) -> String {
    format!("U{n:032x}")
}

pub fn text(text: &str) -> Value {
    json!([{ "type": "text", "text": text }])
}

pub fn push_body(n: u32) -> Value {
    json!({ "to": user(n), "messages": text("hello") })
}

pub struct Client {
    agent: ureq::Agent,
    url: String,
}

pub struct Answer {
    pub status: u16,
    pub request_id: Option<String>,
    pub accepted_request_id: Option<String>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub fn new(url: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_millis(5_000)))
            .build()
            .new_agent();
        Self { agent, url: url.to_owned() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request =
            self.agent.get(format!("{}{path}", self.url)).header("authorization", "Bearer stand-in-token");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.call().unwrap())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body, None).unwrap()
    }

    pub fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.try_post(path, body, Some(key)).unwrap()
    }

    pub fn post_bare(&self, path: &str) -> Answer {
        self.send(path, b"", &[("authorization", "Bearer stand-in-token")]).unwrap()
    }

    pub fn put(&self, path: &str) -> Answer {
        let request = self.agent.put(format!("{}{path}", self.url));
        read(request.header("authorization", "Bearer stand-in-token").send_empty().unwrap())
    }

    pub fn delete(&self, path: &str) -> Answer {
        let request = self.agent.delete(format!("{}{path}", self.url));
        read(request.header("authorization", "Bearer stand-in-token").call().unwrap())
    }

    pub fn try_post(&self, path: &str, body: &Value, key: Option<&str>) -> Result<Answer, ureq::Error> {
        let mut headers = vec![("authorization", "Bearer stand-in-token"), ("content-type", "application/json")];
        headers.extend(key.map(|key| ("x-line-retry-key", key)));
        self.send(path, body.to_string().as_bytes(), &headers)
    }

    pub fn send(&self, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send(body).map(read)
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let header = |name| {
        let value = response.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Answer {
        status: response.status().as_u16(),
        request_id: header("x-line-request-id"),
        accepted_request_id: header("x-line-accepted-request-id"),
        text: response.body_mut().read_to_string().unwrap(),
    }
}
