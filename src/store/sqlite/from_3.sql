-- Makes a file of version 3 one of version 4.

CREATE TABLE ledger (
    kind    INTEGER NOT NULL, -- 0 coupon, 1 code, 2 uses by a friend, 3 a friend's numbers, 4 use, 5 order
    coupon  TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    lapses  INTEGER,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, coupon, name)
) WITHOUT ROWID;
CREATE INDEX ledger_lapsing ON ledger (coupon, lapses) WHERE lapses IS NOT NULL;
