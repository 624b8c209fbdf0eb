-- The spine: entries, and what follows from them. One text for PostgreSQL and SQLite (which keeps bytes as they are, whatever the type of the column).
-- Times are nanoseconds since 1970-01-01T00:00:00Z.
CREATE TABLE entry (
    number BIGINT NOT NULL PRIMARY KEY,
    leaf BIGINT
);
CREATE INDEX entry_outbox ON entry (number) WHERE leaf IS NULL;
CREATE TABLE entry_field (
    number BIGINT NOT NULL REFERENCES entry (number),
    name TEXT NOT NULL,
    salt BYTEA,
    value BYTEA,
    digest BYTEA NOT NULL,
    PRIMARY KEY (number, name)
);
CREATE TABLE account (
    name TEXT NOT NULL PRIMARY KEY,
    lang TEXT,
    password_hash TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE session (
    secret_hash BYTEA NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name),
    peer TEXT NOT NULL,
    opened BIGINT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account, opened);
CREATE TABLE first_run (
    slot BIGINT NOT NULL PRIMARY KEY,
    code_hash BYTEA NOT NULL,
    expires BIGINT NOT NULL
);
CREATE TABLE token (
    name TEXT NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    last_used BIGINT,
    revoked BIGINT
);
CREATE TABLE source (
    source_key TEXT NOT NULL PRIMARY KEY,
    class TEXT NOT NULL,
    name TEXT,
    first_heard BIGINT NOT NULL
);
