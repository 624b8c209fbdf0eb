-- An entry is one row: its fields lie in `body` (spec/entry.md). What stands in `entry_field` is moved there by `database.rs`, which then drops that table.
ALTER TABLE entry ADD COLUMN body BYTEA NOT NULL DEFAULT '';
