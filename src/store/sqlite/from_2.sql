-- Makes a file of version 2 one of version 3.

ALTER TABLE outbox ADD COLUMN menu_of TEXT;
CREATE INDEX outbox_menus ON outbox (menu_of, id) WHERE state = 0 AND menu_of IS NOT NULL;
CREATE INDEX outbox_menus_lent ON outbox (due) WHERE state = 0 AND lent AND menu_of IS NOT NULL;

CREATE TABLE handovers (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    key  TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);
