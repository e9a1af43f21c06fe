-- The shop's file, version 4. Times are milliseconds since 1970 in UTC; bodies are JSON.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- The inbox. What was worked on stays: it is what makes the second copy of an event change nothing.
CREATE TABLE events (
    seq   INTEGER PRIMARY KEY,
    id    TEXT NOT NULL UNIQUE,
    body  TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0, -- 0 waits, 1 worked on, 2 refused
    why   TEXT
);
CREATE INDEX events_waiting ON events (seq) WHERE state = 0;

CREATE TABLE friends (
    id   INTEGER PRIMARY KEY,
    wake INTEGER,
    body TEXT NOT NULL
);
-- The truth about who wakes when.
CREATE INDEX friends_by_wake ON friends (wake, id) WHERE wake IS NOT NULL;

CREATE TABLE keys (
    key    TEXT PRIMARY KEY,
    friend INTEGER NOT NULL
) WITHOUT ROWID;

-- One row, one LINE request.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    state      INTEGER NOT NULL DEFAULT 0, -- 0 open, 1 accepted, 2 refused, 3 unknown, 4 replaced by others
    due        INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    first_try  INTEGER,
    lent       INTEGER NOT NULL DEFAULT 0,
    doubtful   INTEGER NOT NULL DEFAULT 0,
    recipients INTEGER NOT NULL,
    parcel     TEXT NOT NULL,
    request_id TEXT,
    why        TEXT,
    menu_of    TEXT                        -- whose rich menu it switches; such rows of one friend keep their order
);
CREATE INDEX outbox_open ON outbox (due, id) WHERE state = 0;
CREATE INDEX outbox_menus ON outbox (menu_of, id) WHERE state = 0 AND menu_of IS NOT NULL;
CREATE INDEX outbox_menus_lent ON outbox (due) WHERE state = 0 AND lent AND menu_of IS NOT NULL;

-- What the host is to do and has not confirmed.
CREATE TABLE handovers (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    key  TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);

CREATE TABLE decisions (
    seq  INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- How often coupons are used. A row is written by whoever has read its version.
CREATE TABLE ledger (
    kind    INTEGER NOT NULL, -- 0 coupon, 1 code, 2 uses by a friend, 3 a friend's numbers, 4 use, 5 order, 6 checkout
    coupon  TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    lapses  INTEGER,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, coupon, name)
) WITHOUT ROWID;
CREATE INDEX ledger_lapsing ON ledger (coupon, lapses) WHERE lapses IS NOT NULL;
