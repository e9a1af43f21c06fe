//! A population asked three questions: `cargo bench --bench population`.
//!
//! Makes a million friends of its own from a fixed seed. With `BENCH_DATA` naming a folder that has
//! the ten million of the comparison with other engines, it takes those and checks the known answers.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic, reason = "a benchmark")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use enishi::population::{Columns, Keys, Population};

#[path = "side_by_side/friends.rs"]
mod friends;

use friends::{AS_OF, QUESTIONS, Raw, TAGS, bits, predicate};

const DAY: i64 = 86_400;
/// How many rows, and the sum of their numbers where it is known.
const ANSWERS: [(usize, Option<u64>); 3] = [(10_303, Some(51_610_854_750)), (415_700, None), (1_556_724, None)];

fn main() {
    let known = std::env::var_os("BENCH_DATA").map(|folder| Raw::read(Path::new(&folder)));
    let raw = known.as_ref().map_or_else(|| make(1_000_000), Clone::clone);
    let columns = raw.columns();
    let (time, population) = best(3, || Population::load(&columns).unwrap());
    let bytes = population.memory().columns as f64 / raw.gender.len() as f64;
    println!("load      {:>9.2?}   {} friends, {bytes:.1} bytes each", time, population.len());

    let now = friends::now();
    let predicates = QUESTIONS.map(|(name, text)| (name, predicate(text)));
    for (place, (name, predicate)) in predicates.iter().enumerate() {
        let (count_time, count) = best(12, || population.count(predicate, now).unwrap());
        let (ids_time, ids) = best(12, || population.ids(predicate, now).unwrap());
        let (select_time, selection) = best(12, || population.select(predicate, now).unwrap());
        println!(
            "{name} count  {count_time:>9.2?}   ids {ids_time:>9.2?}   select {select_time:>9.2?}   {count} of them"
        );
        assert_eq!((ids.len(), selection.count()), (count, count));
        assert_eq!(selection.ids(), ids);
        if known.is_some() {
            let (known, sum) = ANSWERS[place];
            assert_eq!(count, known, "{name}");
            assert!(sum.is_none_or(|sum| sum == ids.iter().map(|id| u64::from(*id)).sum::<u64>()), "{name}");
        }
        if std::env::args().any(|arg| arg == "--explain") {
            println!("{}", population.plan(predicate, now).unwrap());
        }
    }

    let users: Vec<[u8; 16]> = (0..raw.gender.len() as u128)
        .map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) | 1).to_le_bytes())
        .collect();
    let keyed = Columns::new(users.len()).keyed(Keys::LineUsers(&users));
    let (time, population) = best(3, || Population::load(&keyed).unwrap());
    println!("keys      {:>9.2?}   {:.1} bytes each", time, population.memory().keys as f64 / users.len() as f64);
}

/// The mean of a batch of runs, of the quickest batch: the machine is shared. Measured is the time on
/// the processor where the system tells it; its clock is too coarse for a single short run.
fn best<T>(batches: usize, run: impl Fn() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = black_box(run());
    let runs = (BATCH.as_nanos() / start.elapsed().as_nanos().max(1)).clamp(1, 1000) as u32;
    let timed = |_| {
        let (start, before) = (Instant::now(), busy());
        (0..runs).for_each(|_| drop(black_box(run())));
        busy().zip(before).map_or(start.elapsed(), |(after, before)| after - before) / runs
    };
    ((0..batches).map(timed).min().unwrap(), result)
}

const BATCH: Duration = Duration::from_millis(60);

/// What this thread had of the processor so far (Linux).
fn busy() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// About the same shares as in the data of the comparison.
fn make(rows: usize) -> Raw {
    let mut state = 20_260_102_u64;
    let mut draw = |below: u64| {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % below
    };
    let birthday: Vec<i32> =
        (0..rows).map(|_| if draw(4) == 0 { i32::MIN } else { -9000 + (draw(10_000) + draw(10_000)) as i32 }).collect();
    let order_count: Vec<u32> = (0..rows)
        .map(|_| if draw(100) < 55 { 0 } else { 1 + draw(1 << 20).leading_zeros().saturating_sub(44) })
        .collect();
    let last_order_at: Vec<i64> = order_count
        .iter()
        .map(|count| {
            if *count == 0 {
                i64::MIN
            } else {
                AS_OF - (draw(600) * draw(600) / 600) as i64 * DAY - draw(86_400) as i64
            }
        })
        .collect();
    Raw {
        gender: (0..rows).map(|_| [0, 1, 1, 2, 2][draw(5) as usize]).collect(),
        birthday_known: bits(birthday.iter().map(|day| *day != i32::MIN)),
        birthday,
        prefecture: (0..rows).map(|_| if draw(3) == 0 { 8 + draw(7) as u8 } else { 1 + draw(47) as u8 }).collect(),
        followed_at: (0..rows).map(|_| AS_OF - draw(1461 * 86_400) as i64).collect(),
        blocked: (0..rows).map(|_| u8::from(draw(10) < 3)).collect(),
        order_total: order_count.iter().map(|count| i64::from(*count) * (500 + draw(8000) as i64)).collect(),
        order_count,
        last_order_known: bits(last_order_at.iter().map(|at| *at != i64::MIN)),
        last_order_at,
        tags: (0..rows)
            .map(|_| (0..TAGS).fold(0, |tags, k| tags | u32::from(draw(1 << 10) < 1 << (k * 11 % 20 / 2)) << k))
            .collect(),
    }
}
