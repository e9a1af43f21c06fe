//! Reserve and redeem, by four processes on one SQLite file: `cargo bench --bench ledger`.
//!
//! Each process has so many threads, each a checkout after the other: a personal code, a known friend, limits of all
//! kinds and a budget; reserve, then redeem, each answered when it is as durable as told. Beside it, how often in a
//! second the same disk can be waited for, without a database: before and after, since it is not always the same.
//! `BENCH_DATA` tells the folder the files lie in, `SECONDS` how long each line is measured.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use core::num::NonZeroU32;
use std::env;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use enishi::coupon::ledger::{Operation, Redeem, Reserve, UsesOf};
use enishi::coupon::{Benefit, Budget, Code, Coupon, KeyRing, ReservedAt, Serial};
use enishi::model::{CheckoutId, CouponName, Currency, FriendId, Money, OrderId, Span, Timestamp, Window, Zone};
use enishi::store::{Durability, Ledger, SqliteLedger};

const PROCESSES: u32 = 4;
const GOAL: u64 = 5_000;
/// What a process is told: the file, its number, threads, durability, one call or two.
const TOLD: &str = "ENISHI_BENCH_TILL";

fn main() {
    if let Ok(told) = env::var(TOLD) {
        return till(&told);
    }
    let folder = env::var("BENCH_DATA").map_or_else(|_| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    println!("{:<8} {:>8} {:>17} {:>9}  the disk alone", "durable", "threads", "reserve + redeem", "a second");
    for (durability, threads, calls) in [
        ("full", 1, "2 calls"),
        ("full", 1, "1 call"),
        ("full", 16, "2 calls"),
        ("full", 64, "2 calls"),
        ("full", 64, "1 call"),
        ("full", 128, "2 calls"),
        ("process", 1, "2 calls"),
        ("process", 1, "1 call"),
        ("process", 16, "2 calls"),
    ] {
        let before = waits_for_disk(&folder);
        let rate = measure(&folder, durability, threads, calls);
        let after = waits_for_disk(&folder);
        let met = if rate >= GOAL { "met" } else { "" };
        let tills = format!("{PROCESSES} × {threads}");
        println!("{durability:<8} {tills:>8} {calls:>17} {rate:>9}  {before} before, {after} after {met}");
    }
}

/// Checkouts a second by all processes together.
fn measure(folder: &Path, durability: &str, threads: u32, calls: &str) -> u64 {
    let folder = folder.join(format!("ledger {durability} {threads} {calls}"));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("shop.db");
    let ledger = open(&file, durability);
    let start = |n| -> Child {
        let told = format!("{}|{n}|{threads}|{durability}|{calls}", file.display());
        let mut command = Command::new(env::current_exe().unwrap());
        command.env(TOLD, told).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
    };
    let mut tills: Vec<Child> = (0..PROCESSES).map(start).collect();
    // Each says when it is ready, and begins when it is told to.
    tills.iter_mut().for_each(|till| till.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap());
    tills.iter_mut().for_each(|till| till.stdin.as_mut().unwrap().write_all(b"!").unwrap());
    let done = tills.into_iter().map(|till| {
        let output = till.wait_with_output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let (done, millis) = told.trim().split_once(' ').unwrap_or_else(|| panic!("{told}"));
        (done.parse::<u64>().unwrap(), millis.parse::<u64>().unwrap())
    });
    let done: Vec<(u64, u64)> = done.collect();
    let uses = ledger.uses(&UsesOf { coupon: coupon().name.clone(), friend: None, code: None }, now()).unwrap();
    assert_eq!(uses.in_total, done.iter().map(|(done, _)| done).sum::<u64>(), "every checkout is counted");
    drop(ledger);
    fs::remove_dir_all(&folder).unwrap();
    done.iter().map(|(done, millis)| done * 1000 / millis).sum()
}

/// One process: told to begin, it buys for a while and says how often and for how long.
fn till(told: &str) {
    let [file, number, threads, durability, calls] = told.split('|').collect::<Vec<_>>()[..] else { panic!("{told}") };
    let (number, threads): (u32, u32) = (number.parse().unwrap(), threads.parse().unwrap());
    let ledger = open(Path::new(file), durability);
    print!("!");
    std::io::stdout().flush().unwrap();
    std::io::stdin().read_exact(&mut [0]).unwrap();
    let (begun, long) = (Instant::now(), Duration::from_secs(seconds()));
    let done: u64 = thread::scope(|scope| {
        let tills = (0..threads).map(|thread| {
            let ledger = &ledger;
            scope.spawn(move || {
                let (coupon, keys) = (coupon(), KeyRing::new(0, b"sixteen secret bytes").unwrap());
                let first = (number * threads + thread) * 1_000_000;
                let mut done = 0;
                while begun.elapsed() < long {
                    let friend = FriendId(first + done + 1);
                    let code = keys.issue(&coupon.name, Serial::new(friend, 0));
                    buy(ledger, &coupon, code, friend, calls == "1 call");
                    done += 1;
                }
                u64::from(done)
            })
        });
        let tills: Vec<_> = tills.collect();
        tills.into_iter().map(|till| till.join().unwrap()).sum()
    });
    println!("{done} {}", begun.elapsed().as_millis());
}

fn buy(ledger: &SqliteLedger, coupon: &Arc<Coupon>, code: Code, friend: FriendId, at_once: bool) {
    let checkout = CheckoutId::new(&format!("cart {}", friend.0)).unwrap();
    let reserve = Reserve {
        coupon: Arc::clone(coupon),
        checkout: checkout.clone(),
        code: Some(code),
        friend: Some(friend),
        discount: Money::from_minor(500),
        valid_until: Timestamp::MAX,
        until: now().plus_millis(15 * 60_000),
        zone: Zone::TOKYO,
    };
    let order = OrderId::new(&format!("{}", friend.0)).unwrap();
    let redeem = Redeem { coupon: Arc::clone(coupon), checkout, order, zone: Zone::TOKYO };
    if at_once {
        let both = vec![Operation::Reserve(reserve), Operation::Redeem(redeem)];
        ledger.run_all(both, now()).into_iter().for_each(|answer| drop(answer.unwrap()));
    } else {
        ledger.reserve(reserve, now()).unwrap();
        ledger.redeem(redeem, now()).unwrap();
    }
}

fn coupon() -> Arc<Coupon> {
    let benefit = Benefit::Amount(Money::from_minor(500));
    let mut coupon = Coupon::new(CouponName::new("spring").unwrap(), benefit, Span::days(14));
    coupon.limits.per_friend = NonZeroU32::new(1);
    coupon.limits.in_total = NonZeroU32::new(100_000_000);
    coupon.limits.per_window = NonZeroU32::new(100_000_000).map(|most| (most, Window::Day));
    coupon.limits.budget = Some(Budget { sum: Money::from_minor(i64::MAX), reserved: ReservedAt::Reserve });
    Arc::new(coupon)
}

fn open(file: &Path, durability: &str) -> SqliteLedger {
    let durability = if durability == "full" { Durability::Full } else { Durability::Process };
    SqliteLedger::open(file, Currency::JPY, durability).unwrap()
}

fn now() -> Timestamp {
    "2026-04-01T12:00:00+09:00".parse().unwrap()
}

fn seconds() -> u64 {
    env::var("SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(5)
}

/// How often in a second four kilobytes are written behind the others, and waited for.
fn waits_for_disk(folder: &Path) -> u64 {
    let path = folder.join("waits");
    let mut file = File::create(&path).unwrap();
    let (begun, mut waits) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        waits += 1;
    }
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap();
    fs::remove_file(&path).unwrap();
    waits * 1000 / millis
}
