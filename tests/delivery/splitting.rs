//! Many recipients: 500 to a request, and none of them at another's mercy (X08).

use enishi::delivery::{LineHttp, Transport};
use enishi::engine::pack;
use enishi::line::{Answer, Endpoint, HttpResponse, Request};
use enishi::model::LineUserId;
use enishi::store::Fate;
use line_stand_in::{Endpoint as At, Fault, Options};

use crate::lab::{Lab, at, delivery, user};

#[test]
fn five_hundred_and_one_equal_messages_are_two_requests() {
    let mut lab = Lab::new();
    lab.post("sale", 1..=501);
    lab.pump_to_the_end();
    // They are on their way together, so either may be first.
    let mut sizes: Vec<_> = lab.line.accepted().iter().map(|one| (one.recipients.len(), one.endpoint)).collect();
    sizes.sort_by_key(|(size, _)| *size);
    assert_eq!(sizes, [(1, At::Push), (500, At::Multicast)]);
    assert_eq!(lab.received().len(), 501);
    assert_eq!((lab.tally().accepted, lab.tally().messages), (2, 501));
}

#[test]
fn two_equal_messages_to_one_friend_are_two_requests() {
    let twice = [1, 2, 1].map(|n| delivery("sale", n, at(crate::lab::START)));
    let mut lab = Lab::new();
    lab.outbox.push(pack(&twice));
    lab.pump_to_the_end();
    assert_eq!(lab.line.violations(), []);
    assert_eq!(lab.received().into_values().collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn recipients_line_names_are_left_out_and_the_others_get_it_at_once() {
    let mut lab = among_five_hundred(true);
    let sizes: Vec<_> = lab.line.accepted().iter().map(|one| one.recipients.len()).collect();
    assert_eq!(sizes, [499]);
    end_well(&mut lab);
}

#[test]
fn recipients_line_does_not_name_are_found_by_halving() {
    let mut lab = among_five_hundred(false);
    let requests = lab.line.accepted().len();
    assert!((8..=10).contains(&requests), "{requests} requests for 499 friends");
    end_well(&mut lab);
}

#[test]
fn a_refusal_that_was_none_of_theirs_costs_nobody_the_message() {
    let mut lab = Lab::new();
    lab.line.inject(Fault::BadRequest, Some(At::Multicast), 3);
    lab.post("sale", 1..=500);
    lab.pump_to_the_end();
    assert_eq!(lab.received().into_values().filter(|times| *times == 1).count(), 500);
    let mut keys: Vec<_> = lab.line.attempts().into_iter().map(|attempt| attempt.retry_key.unwrap()).collect();
    let attempts = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), attempts, "every part has a key of its own");
    assert_eq!(lab.line.violations(), []);
}

/// Who is no friend of the channel: LINE's reference says both that a multicast skips such people and
/// that it refuses the request.
const STRANGER: u32 = 238;

fn among_five_hundred(named: bool) -> Lab {
    let friends = (1..=500).filter(|n| *n != STRANGER).map(|n| user(n).to_string()).collect();
    let mut lab = Lab::with(Options { known_only: true, friends, ..Options::default() });
    lab.post("sale", 1..=500);
    let picky = Picky { line: lab.transport.clone(), stranger: user(STRANGER), named };
    lab.pump_to_the_end_by(&picky);
    lab
}

fn end_well(lab: &mut Lab) {
    assert_eq!(lab.received().into_values().collect::<Vec<_>>(), [1; 499]);
    assert_eq!(lab.line.violations(), []);
    let refused: Vec<_> = lab.outbox.fates.iter().filter(|(_, fate)| matches!(fate, Fate::Refused { .. })).collect();
    let [(claim, _)] = refused[..] else { panic!("{refused:?}") };
    assert_eq!(claim.parcel.to.iter().map(|(user, _)| *user).collect::<Vec<_>>(), [user(STRANGER)]);
    assert_eq!((lab.tally().messages, lab.tally().refused, lab.tally().waiting), (499, 1, 0));
}

/// LINE, when it refuses a multicast because of one of its recipients.
struct Picky {
    line: LineHttp,
    stranger: LineUserId,
    named: bool,
}

impl Transport for Picky {
    async fn send(&self, request: &Request) -> Answer {
        let body = String::from_utf8(request.body().unwrap().to_vec()).unwrap();
        let Some(found) = body.find(&self.stranger.to_string()).filter(|_| request.endpoint() == Endpoint::Multicast)
        else {
            return self.line.send(request).await;
        };
        let place = body[..found].matches(",").count();
        let answer = match self.named {
            true => format!(r#"{{"message":"The property, 'to[{place}]', in the request body is invalid"}}"#),
            false => r#"{"message":"Failed to send messages"}"#.to_owned(),
        };
        Answer::judge(Endpoint::Multicast, HttpResponse::new(400, [], answer.as_bytes()))
    }
}
