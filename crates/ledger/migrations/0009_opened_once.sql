-- Openings that a program may send again: the same key of the same account names the same record. Forgotten after a day; may be lost.
CREATE TABLE opened_once (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    number TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX opened_once_at ON opened_once (at);
