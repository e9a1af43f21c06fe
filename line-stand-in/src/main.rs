//! Runs a stand-in for LINE until it is killed, for shops written in any language.

use std::process::ExitCode;
use std::{env, thread};

use line_stand_in::{Options, StandIn};

const USAGE: &str = "\
Usage: enishi-line-stand-in [--port N] [--token TOKEN] [--monthly N] [--openapi FOLDER] [--known-only]";

fn main() -> ExitCode {
    let started = read_options(env::args().skip(1)).and_then(|options| {
        let token = options.channel_access_token.clone();
        let line = StandIn::start(options).map_err(|error| error.to_string())?;
        Ok((line, token))
    });
    match started {
        Ok((line, token)) => {
            println!("{}", line.url());
            println!("channel access token: {token}");
            loop {
                thread::park();
            }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read_options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--port" => options.port = value()?.parse().map_err(|_| USAGE)?,
            "--token" => options.channel_access_token = value()?,
            "--monthly" => options.limits.monthly = Some(value()?.parse().map_err(|_| USAGE)?),
            "--openapi" => options.openapi = Some(value()?.into()),
            "--known-only" => options.known_only = true,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}
