//! What the SQLite file promises: it outlives processes, and serves several of them at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use enishi::engine::Parcel;
use enishi::model::{Currency, FriendId};
use enishi::store::{Durability, Fate, Lender, Settlement, SqliteError, SqliteStore, Store};
use rusqlite::Connection;

use crate::shop::{bring_about, follow, handover, key, nonsense, noon, switch, work};

pub(crate) fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Currency::JPY, Durability::Process).unwrap()
}

#[test]
fn opened_again_everything_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let (friends, decisions, due, lent);
    {
        let mut store = open(&path);
        store.append(&[follow(1, noon()), follow(2, noon())]).unwrap();
        work(&mut store, noon());
        store.append(&[follow(3, noon())]).unwrap();
        lent = store.claim(noon(), 1).unwrap().remove(0);
        (friends, decisions) = (store.friends(FriendId(0), 9).unwrap(), store.decisions(0, 99).unwrap());
        due = store.next_due().unwrap();
    }
    let mut store = open(&path);
    assert_eq!(store.friends(FriendId(0), 9).unwrap(), friends);
    assert_eq!(store.decisions(0, 99).unwrap(), decisions);
    assert_eq!((store.next_due().unwrap(), store.last_now().unwrap()), (due, noon()));
    assert_eq!(store.tally().unwrap().waiting, 2);
    assert_eq!(store.settle(&[Settlement::of(&lent, Fate::Unknown)]).unwrap(), 1);
    assert_eq!(work(&mut store, noon()).events, 1);
    assert_eq!(store.friend(&key(3)).unwrap().unwrap().friend.id, FriendId(3));
}

#[test]
fn what_the_playbook_did_not_take_is_kept_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let mut store = open(&path);
    store.append(&[nonsense(1, noon())]).unwrap();
    work(&mut store, noon());
    let why: String = look(&path, "SELECT why FROM events WHERE state = 2");
    assert_eq!(why, "the playbook declares no tag 'nobody declared this'");
}

#[test]
fn two_workers_at_once_do_and_send_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    open(&path).append(&(0..200).map(|n| follow(n, noon())).collect::<Vec<_>>()).unwrap();
    let sent = thread::scope(|scope| {
        let workers = [(); 3].map(|()| scope.spawn(|| work_and_send(&path)));
        workers.map(|worker| worker.join().unwrap()).concat()
    });
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    sent.into_iter().for_each(|key| *times.entry(key).or_default() += 1);
    assert_eq!(times.len(), 200);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    let tally = open(&path).tally().unwrap();
    assert_eq!((tally.accepted, tally.attempts, tally.waiting), (200, 200, 0));
}

/// Works and sends until nothing is left; gives the keys of what it sent.
fn work_and_send(path: &Path) -> Vec<String> {
    let mut store = open(path);
    let mut sent = Vec::new();
    loop {
        let done = work(&mut store, noon());
        let claims = store.claim(noon(), 7).unwrap();
        if done.events == 0 && claims.is_empty() {
            return sent;
        }
        sent.extend(claims.iter().map(|claim| claim.parcel.key.to_string()));
        let fate = Fate::Accepted { at: noon(), request_id: None };
        let settlements: Vec<_> = claims.iter().map(|claim| Settlement::of(claim, fate.clone())).collect();
        assert_eq!(store.settle(&settlements).unwrap(), claims.len());
    }
}

#[test]
fn events_taken_in_by_many_while_one_works_are_all_worked_on() {
    const WRITERS: u8 = 4;
    const EACH: u8 = 25;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let (worked, writing) = (AtomicUsize::new(0), AtomicBool::new(true));
    drop(open(&path));
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let mut store = open(&path);
            loop {
                let last = !writing.load(Ordering::SeqCst);
                worked.fetch_add(work(&mut store, noon()).events, Ordering::SeqCst);
                if last {
                    return;
                }
            }
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let path = &path;
                scope.spawn(move || {
                    for n in 0..EACH {
                        // A web request: open, tell, close. Every event is told by two of them.
                        let n = (writer / 2) * EACH + n;
                        open(path).append(&[follow(n, noon())]).unwrap();
                    }
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        writing.store(false, Ordering::SeqCst);
        worker.join().unwrap();
    });
    let all = usize::from(WRITERS / 2 * EACH);
    assert_eq!(worked.into_inner(), all);
    let mut store = open(&path);
    assert_eq!(store.friends(FriendId(0), 999).unwrap().len(), all);
    assert_eq!(store.tally().unwrap().waiting as usize, all);
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");

    drop(open(&path));
    let pound = Currency::with_exponent("GBP", 2).unwrap();
    let error = SqliteStore::open(&path, pound, Durability::Full).unwrap_err();
    assert_eq!(error.to_string(), "the file counts in JPY with 0 places, not in GBP with 2 places");

    Connection::open(&path).unwrap().pragma_update(None, "user_version", 5).unwrap();
    let error = SqliteStore::open(&path, Currency::JPY, Durability::Full).unwrap_err();
    assert!(matches!(error, SqliteError::Version { found: 5 }));
    assert_eq!(error.to_string(), "the file has schema version 5; this library reads version 4");

    let text = folder.path().join("text.db");
    fs::write(&text, "this is a letter and not a database, and long enough to be taken for one ".repeat(20)).unwrap();
    let error = SqliteStore::open(&text, Currency::JPY, Durability::Full).unwrap_err();
    assert_eq!(error.to_string(), "file is not a database");

    let cart = folder.path().join("cart.db");
    Connection::open(&cart).unwrap().execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY)").unwrap();
    let error = SqliteStore::open(&cart, Currency::JPY, Durability::Full).unwrap_err();
    assert!(matches!(error, SqliteError::Version { found: 0 }), "{error}");
    assert_eq!(look::<i64>(&cart, "SELECT count(*) FROM sqlite_master"), 1);

    let error = SqliteStore::open(&folder.path().join("no/such/folder.db"), Currency::JPY, Durability::Full);
    assert!(matches!(error.unwrap_err(), SqliteError::Sqlite(_)));
}

/// What lies in outboxes since before there were menus, and what never can.
#[test]
fn a_request_is_read_as_it_was_written() {
    let (user, key) = ("U00000000000000000000000000000001", "3f2504e0-4f89-81d3-9a0c-0305e82c3301");
    let row = |cargo: &str, times: usize| {
        let to = vec![format!(r#"["{user}","{key}"]"#); times].join(",");
        format!(r#"{{"key":"{key}","at":"2026-04-01T03:00:00Z","to":[{to}],{cargo}}}"#)
    };
    for (cargo, path) in [
        (r#""messages":"[{}]""#, "/v2/bot/message/push"),
        (r#""rich_menu":"richmenu-1""#, "/v2/bot/user/U00000000000000000000000000000001/richmenu/richmenu-1"),
        (r#""rich_menu":null"#, "/v2/bot/user/U00000000000000000000000000000001/richmenu"),
    ] {
        let parcel: Parcel = serde_json::from_str(&row(cargo, 1)).unwrap();
        assert_eq!(parcel.request().unwrap().path(), path);
        assert_eq!(serde_json::to_string(&parcel).unwrap(), row(cargo, 1));
    }
    for wrong in [row(r#""rich_menu":"spring""#, 1), row(r#""rich_menu":null"#, 2), row(r#""tell":[]"#, 1)] {
        assert!(serde_json::from_str::<Parcel>(&wrong).is_err(), "{wrong}");
    }
}

/// As the version before made it: without handovers, and without a word of menus.
#[test]
fn a_file_of_version_2_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    {
        let mut store = open(&path);
        store.append(&[follow(1, noon())]).unwrap();
        work(&mut store, noon());
    }
    let new = schema(&path);
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "DROP TABLE ledger; DROP TABLE handovers; DROP INDEX outbox_menus; DROP INDEX outbox_menus_lent;
             ALTER TABLE outbox DROP COLUMN menu_of; PRAGMA user_version = 2;",
        )
        .unwrap();
    let mut store = open(&path);
    assert_eq!(schema(&path), new, "what is made anew and what is made of an older one are the same");
    assert_eq!(look::<i64>(&path, "PRAGMA user_version"), 4);
    let [claim] = &store.claim(noon(), 9).unwrap()[..] else { panic!("the request is there still") };
    assert_eq!(claim.parcel.messages(), 1);
    bring_about(&mut store, vec![switch("spring", 1)], vec![handover("staff", 1)]);
    assert_eq!((store.claim(noon(), 9).unwrap().len(), store.handovers(0, 9).unwrap().len()), (1, 1));
}

/// As the version before made it: without a ledger.
#[test]
fn a_file_of_version_3_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    open(&path).append(&[follow(1, noon())]).unwrap();
    let new = schema(&path);
    Connection::open(&path).unwrap().execute_batch("DROP TABLE ledger; PRAGMA user_version = 3;").unwrap();
    let mut store = open(&path);
    assert_eq!(schema(&path), new, "what is made anew and what is made of an older one are the same");
    assert_eq!(look::<i64>(&path, "PRAGMA user_version"), 4);
    assert_eq!(work(&mut store, noon()).events, 1);
}

/// Tables, columns and indexes, but for the order of the columns.
fn schema(path: &Path) -> Vec<String> {
    let db = Connection::open(path).unwrap();
    let mut select = db
        .prepare("SELECT m.type || ' ' || m.name || ' ' || coalesce(c.name || ' ' || c.type, m.sql) FROM sqlite_schema m LEFT JOIN pragma_table_info(m.name) c ON m.type = 'table' ORDER BY 1")
        .unwrap();
    let rows = select.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    rows.map(|row| row.unwrap().unwrap_or_default()).collect()
}

#[test]
fn a_damaged_row_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let mut store = open(&path);
    store.append(&[follow(1, noon())]).unwrap();
    work(&mut store, noon());
    Connection::open(&path).unwrap().execute("UPDATE friends SET body = '{}'", []).unwrap();
    let error = store.friend(&key(1)).unwrap_err().to_string();
    assert!(error.starts_with("friend 1 cannot be read: missing field"), "{error}");
}

#[test]
fn the_file_is_in_wal_mode_and_the_last_to_close_leaves_the_log() {
    let folder = tempfile::tempdir().unwrap();
    for (name, durability) in [("full.db", Durability::Full), ("process.db", Durability::Process)] {
        let path = folder.path().join(name);
        let mut store = SqliteStore::open(&path, Currency::JPY, durability).unwrap();
        store.append(&[follow(1, noon())]).unwrap();
        assert_eq!(look::<String>(&path, "PRAGMA journal_mode"), "wal");
        assert_eq!(look::<i64>(&path, "PRAGMA user_version"), 4);
        drop(store);
        // A web request that closes last does not pay for a checkpoint.
        assert!(fs::metadata(path.with_extension("db-wal")).unwrap().len() > 0);
        assert_eq!(open(&path).next_due().unwrap(), Some(enishi::model::Timestamp::MIN));
    }
}

/// What another connection sees.
fn look<T: rusqlite::types::FromSql>(path: &Path, query: &str) -> T {
    let db = Connection::open(path).unwrap();
    db.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    db.query_row(query, [], |row| row.get(0)).unwrap()
}
