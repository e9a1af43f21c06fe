-- The shop's file, version 1. Times are milliseconds since 1970 in UTC; bodies are JSON.

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
    state      INTEGER NOT NULL DEFAULT 0, -- 0 open, 1 accepted, 2 refused, 3 unknown, 4 split
    due        INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    first_try  INTEGER,
    lent       INTEGER NOT NULL DEFAULT 0,
    doubtful   INTEGER NOT NULL DEFAULT 0,
    recipients INTEGER NOT NULL,
    parcel     TEXT NOT NULL,
    request_id TEXT,
    why        TEXT
);
CREATE INDEX outbox_open ON outbox (due, id) WHERE state = 0;

CREATE TABLE decisions (
    seq  INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);
