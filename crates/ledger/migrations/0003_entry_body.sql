-- An entry is one row: its fields lie in `body` (spec/entry.md). What stands in `entry_field` is moved there by `database.rs`, which then drops that table.
ALTER TABLE entry ADD COLUMN body BYTEA NOT NULL DEFAULT '';
-- Whose ledger this is: the origin of the log its entries go to, so that a database is never bound to the log of another folder.
CREATE TABLE owner (
    slot BIGINT NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL
);
