-- Sign-in: the age of passwords, one-time passwords, disabled accounts, second factors, proofs within a session, scopes of tokens.
-- `password_set` 0 is filled from the entries when the ledger opens.
ALTER TABLE account ADD COLUMN password_set BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN one_time_until BIGINT;
ALTER TABLE account ADD COLUMN disabled BIGINT;
ALTER TABLE session ADD COLUMN administrator BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN proven BIGINT NOT NULL DEFAULT 0;
UPDATE session SET proven = opened;
ALTER TABLE token ADD COLUMN owner TEXT REFERENCES account (name);
ALTER TABLE token ADD COLUMN scopes TEXT NOT NULL DEFAULT 'logs:write';
ALTER TABLE token ADD COLUMN expires BIGINT;
CREATE INDEX token_owner ON token (owner);
CREATE TABLE second_factor (
    account TEXT NOT NULL PRIMARY KEY REFERENCES account (name),
    secret BYTEA NOT NULL,
    enrolled BIGINT NOT NULL,
    last_step BIGINT NOT NULL
);
CREATE TABLE recovery_code (
    code_hash BYTEA NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name),
    used BIGINT
);
CREATE INDEX recovery_code_account ON recovery_code (account);
