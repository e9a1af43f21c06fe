//! HTTP: reads a request, asks the channel, and writes, withholds or refuses the answer.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::answer::{Answer, Outcome};
use crate::channel::{Call, Channel};
use crate::control;

/// Far above LINE's limit, so that a client which sends a little too much can read its 413.
const READ_LIMIT: usize = 64_000_000;

pub(crate) struct Server {
    pub(crate) channel: Mutex<Channel>,
    pub(crate) hang: Duration,
}

impl Server {
    /// Serves until it is dropped.
    pub(crate) async fn run(self: Arc<Self>, listener: TcpListener) {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file descriptors, most likely; some will be closed soon.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            // Without it small answers may wait for the client's delayed acknowledgement.
            let _ = stream.set_nodelay(true);
            let server = self.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| server.answer(request));
                // An error here is a connection closed on purpose or by the client.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, NoAnswer> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, READ_LIMIT).collect().await;
        let call = Call {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body: body.map_err(|_| NoAnswer)?.to_bytes(),
        };
        if call.path.starts_with(control::PREFIX) {
            return Ok(response(control::handle(&self.channel, &call), None));
        }
        let (request_id, outcome) = lock(&self.channel).handle(&call);
        match outcome {
            Outcome::Answer(answer) => Ok(response(answer, Some(&request_id))),
            Outcome::Hang => {
                tokio::time::sleep(self.hang).await;
                Err(NoAnswer)
            }
            Outcome::Drop => Err(NoAnswer),
        }
    }
}

pub(crate) fn lock(channel: &Mutex<Channel>) -> MutexGuard<'_, Channel> {
    channel.lock().expect("an earlier request made the stand-in panic")
}

fn response(answer: Answer, request_id: Option<&str>) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(answer.status).header(CONTENT_TYPE, "application/json");
    if let Some(id) = request_id {
        response = response.header("x-line-request-id", id);
    }
    if let Some(id) = answer.accepted_request_id {
        response = response.header("x-line-accepted-request-id", &*id);
    }
    response.body(Full::new(answer.body.into())).expect("the status and the headers are ours")
}

/// hyper closes the connection when a service fails.
#[derive(Debug)]
struct NoAnswer;

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closing the connection without an answer")
    }
}

impl std::error::Error for NoAnswer {}
