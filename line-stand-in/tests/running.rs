//! Start, end, time and volume.

mod support;

use std::net::TcpStream;
use std::time::{Duration, Instant};

use line_stand_in::{Clock, Options, StandIn};
use support::*;

#[test]
fn a_dropped_stand_in_is_gone() {
    let (line, client) = start(options());
    let address = line.url().replace("http://", "");
    assert_eq!(client.post(PUSH, &push_body(1)).status, 200);
    drop(line);
    assert!(TcpStream::connect(address).is_err());
    assert!(client.try_post(PUSH, &push_body(1), None).is_err());
}

#[test]
fn a_taken_port_is_an_error() {
    let (line, _client) = start(options());
    let port = line.url().rsplit(':').next().unwrap().parse().unwrap();
    let second = StandIn::start(Options { port, ..options() });
    assert!(second.is_err());
}

#[test]
fn clones_of_a_clock_share_its_time() {
    let fixed = Clock::fixed(NOON);
    let clone = fixed.clone();
    clone.advance(HOUR);
    assert_eq!(fixed.now(), NOON + HOUR);

    let system = Clock::system();
    let clone = system.clone();
    clone.set(NOON);
    std::thread::sleep(Duration::from_millis(20));
    assert!((NOON + 20..NOON + 10 * SECOND).contains(&system.now()));
}

#[test]
fn tens_of_thousands_of_requests_are_fine() {
    const REQUESTS: u32 = 20_000;
    let (line, client) = start(options());
    let begin = Instant::now();
    for n in 0..REQUESTS {
        let key = format!("123e4567-e89b-12d3-a456-{n:012x}");
        assert_eq!(client.post_with_key(PUSH, &push_body(n), &key).status, 200);
        line.clock().advance(SECOND);
    }
    eprintln!("{REQUESTS} requests in {:?}", begin.elapsed());
    assert_eq!(line.deliveries().len(), REQUESTS as usize);
    assert_eq!(line.inbox(&user(REQUESTS - 1)).len(), 1);
}
