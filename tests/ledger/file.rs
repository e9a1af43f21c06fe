//! What the ledger in a file promises beyond that: whenever the process dies, each operation is done or is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use enishi::coupon::ReservedAt;
use enishi::coupon::ledger::{Key, Operation, Record, Returned, RollBack};
use enishi::model::{Currency, FriendId};
use enishi::store::{Durability, Ledger, SqliteError, SqliteLedger};
use rusqlite::Connection;

use crate::lab::{MINUTE, at, budget, code, issue, order, part, personal, redeem, reserve, times, yen};
use crate::sums::must_add_up;

pub(crate) fn open(path: &Path) -> SqliteLedger {
    SqliteLedger::open(path, Currency::JPY, Durability::Process).unwrap()
}

/// The file a process started by a test works on.
const FILE: &str = "ENISHI_TEST_LEDGER";

/// Between any two rows that are written a real process is killed, and started again.
///
/// Seen to fail: with each row committed by itself (`LedgerRows` over a connection without a transaction) the counters
/// say other than the uses.
#[test]
fn killed_between_any_two_rows_nothing_is_done_by_half() {
    let whole = Scene::new(None);
    assert!(whole.process().wait().unwrap().success());
    let expected = whole.records();
    must_add_up(&expected);
    let (next, killed) = (AtomicU32::new(1), Mutex::new(0));
    let kill_all = || {
        loop {
            let row = next.fetch_add(1, Ordering::SeqCst);
            let scene = Scene::new(Some(row));
            let died = scene.dies();
            scene.no_trap();
            must_add_up(&scene.records());
            // Told again from the beginning, all comes out the same.
            assert!(scene.process().wait().unwrap().success());
            assert_eq!(scene.records(), expected, "killed at row {row}");
            if !died {
                return;
            }
            *killed.lock().unwrap() += 1;
        }
    };
    thread::scope(|scope| {
        scope.spawn(kill_all);
        kill_all();
    });
    let killed = killed.into_inner().unwrap();
    assert!(killed >= 20, "only {killed} points");
}

/// Run by the test above in a process of its own.
#[test]
fn the_process_that_is_killed() {
    let Ok(path) = env::var(FILE) else { return };
    let ledger = open(Path::new(&path));
    let coupon = personal(|coupon| {
        coupon.limits.in_total = times(3);
        coupon.limits.budget = budget(5000, ReservedAt::Issue { most: yen(600) });
    });
    let one_by_one = [
        Operation::Issue(issue(&coupon, code(1, 0))),
        Operation::Reserve(reserve(&coupon, 1, at(0))),
        Operation::Redeem(redeem(&coupon, 1, 1)),
        Operation::RollBack(RollBack { order: order(1), returned: part(1, 3) }),
        Operation::Merge { from: FriendId(1), into: FriendId(2) },
        Operation::RollBack(RollBack { order: order(1), returned: Returned::Whole }),
    ];
    for operation in one_by_one {
        // Done before it was killed, this much is refused: the checkout is an order.
        drop(ledger.run(operation, at(0)));
    }
    let together = vec![Operation::Reserve(reserve(&coupon, 2, at(MINUTE))), Operation::Redeem(redeem(&coupon, 2, 2))];
    drop(ledger.run_all(together, at(MINUTE)));
}

struct Scene {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Scene {
    /// A file whose writer gets stuck before the nth row.
    fn new(row: Option<u32>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        drop(open(&path));
        if let Some(row) = row {
            let trap = format!(
                "CREATE TABLE trap (rows); INSERT INTO trap VALUES ({row});
                 CREATE TRIGGER trap BEFORE INSERT ON ledger BEGIN
                     UPDATE trap SET rows = rows - 1;
                     SELECT count(*) FROM (WITH RECURSIVE forever(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM forever)
                         SELECT n FROM forever WHERE (SELECT rows FROM trap) = 0 LIMIT
                         (SELECT CASE rows WHEN 0 THEN -1 ELSE 0 END FROM trap));
                 END;"
            );
            Connection::open(&path).unwrap().execute_batch(&trap).unwrap();
        }
        Self { _folder: folder, path }
    }

    fn process(&self) -> Child {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "file::the_process_that_is_killed"]).env(FILE, &self.path);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Kills the process when it is stuck; false when it got to its end.
    fn dies(&self) -> bool {
        let mut process = self.process();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(800) {
            if let Some(status) = process.try_wait().unwrap() {
                assert!(status.success());
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        process.kill().unwrap();
        process.wait().unwrap();
        true
    }

    fn no_trap(&self) {
        Connection::open(&self.path).unwrap().execute_batch("DROP TRIGGER trap; DROP TABLE trap").unwrap();
    }

    fn records(&self) -> BTreeMap<Key, Record> {
        let db = Connection::open(&self.path).unwrap();
        let mut select = db.prepare("SELECT kind, coupon, name, body FROM ledger").unwrap();
        let mut rows = select.query([]).unwrap();
        let mut records = BTreeMap::new();
        while let Some(row) = rows.next().unwrap() {
            let (coupon, name): (String, String) = (row.get(1).unwrap(), row.get(2).unwrap());
            let key = Key::from_columns(row.get(0).unwrap(), &coupon, &name).unwrap();
            records.insert(key, serde_json::from_str(&row.get::<_, String>(3).unwrap()).unwrap());
        }
        records
    }
}

#[test]
fn opened_again_everything_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let coupon = personal(|_| ());
    crate::lab::buy(&open(&path), &coupon, 1, at(0));
    assert_eq!(crate::lab::used(&open(&path), &coupon, at(0)), (1, 500));
}

#[test]
fn a_row_that_cannot_be_read_stops_only_those_who_need_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let (ledger, coupon) = (open(&path), personal(|_| ()));
    ledger.reserve(reserve(&coupon, 1, at(0)), at(0)).unwrap();
    ledger.reserve(reserve(&coupon, 2, at(0)), at(0)).unwrap();
    Connection::open(&path).unwrap().execute("UPDATE ledger SET body = '{}' WHERE name = 'cart 1'", []).unwrap();
    let both = vec![Operation::Redeem(redeem(&coupon, 1, 1)), Operation::Redeem(redeem(&coupon, 2, 2))];
    let answers = ledger.run_all(both, at(0));
    let Err(enishi::store::LedgerError::Holder(SqliteError::Damaged { what, .. })) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert!(what.contains("cart 1"), "{what}");
    assert!(answers[1].is_ok());
}
