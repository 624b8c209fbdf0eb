-- Records, as lists and the ticker need them. Every table here follows from the entries (projections.rs compares them). What a record is in full is folded from its entries.
-- `id` of a record is the number of the entry that opened it, so ids rise in the order in which numbers are given.
-- Which fields lists show of a kind, by the entry `kind.shape` that was written when the kind came into force.
CREATE TABLE kind_shape (
    kind TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    columns TEXT NOT NULL,
    filters TEXT NOT NULL,
    sees TEXT NOT NULL,
    links TEXT NOT NULL,
    entry BIGINT NOT NULL
);
-- Numbers given: `YH` and 2026 were given up to `last`.
CREATE TABLE number_run (
    letters TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (letters, year)
);
-- `lane` is `open:STATE`, `end:STATE` or `void:`. `shown` is a JSON object of the columns. No sealed value is here.
CREATE TABLE record (
    id BIGINT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    unit BIGINT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    holder BIGINT,
    parent TEXT,
    due BIGINT,
    missed BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    late_entry BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    version BIGINT NOT NULL,
    shown TEXT NOT NULL,
    f1 TEXT,
    f2 TEXT,
    f3 TEXT
);
CREATE INDEX record_unit ON record (unit, kind, lane);
CREATE INDEX record_parent ON record (parent, id) WHERE parent IS NOT NULL;
CREATE INDEX record_holder ON record (holder, id) WHERE holder IS NOT NULL;
CREATE INDEX record_late_entry ON record (kind, id) WHERE late_entry = 1;
CREATE INDEX record_f1 ON record (kind, f1, id) WHERE f1 IS NOT NULL;
CREATE INDEX record_f2 ON record (kind, f2, id) WHERE f2 IS NOT NULL;
CREATE INDEX record_f3 ON record (kind, f3, id) WHERE f3 IS NOT NULL;
CREATE TABLE record_entry (
    record BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (record, entry)
);
-- From where a record is seen: its unit and each unit above it (their ids), and each person who sees it whatever their roles (-id; -id - 2^40 where whoever stands in for them does not). A list is one range of an index for each seat and lane.
-- `due` is 9223372036854775807 where no clock runs.
CREATE TABLE record_seat (
    id BIGINT NOT NULL,
    seat BIGINT NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    due BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    f1 TEXT,
    f2 TEXT,
    f3 TEXT,
    PRIMARY KEY (id, seat)
);
CREATE INDEX record_seat_number ON record_seat (seat, kind, lane, id, f1, f2, f3);
CREATE INDEX record_seat_due ON record_seat (seat, kind, lane, due, id, f1, f2, f3);
CREATE INDEX record_seat_changed ON record_seat (seat, kind, lane, changed, id, f1, f2, f3);
-- How many records a unit and those below it have; `late:` beside the lanes counts 补录, of the unit alone.
CREATE TABLE tally (
    unit BIGINT NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    records BIGINT NOT NULL,
    PRIMARY KEY (unit, kind, lane)
);
-- 待办. `why` is `hold`, `approve` or `ask`.
CREATE TABLE todo (
    record BIGINT NOT NULL,
    person BIGINT NOT NULL,
    why TEXT NOT NULL,
    due BIGINT NOT NULL,
    PRIMARY KEY (record, person, why)
);
CREATE INDEX todo_person ON todo (person, due, record, why);
CREATE INDEX todo_why ON todo (person, why, due, record);
-- When something is to be done with a record that nobody asked for.
CREATE TABLE wake (
    record BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX wake_at ON wake (at, record);
-- Records that name another one in a field.
CREATE TABLE record_link (
    record BIGINT NOT NULL,
    field TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (record, field)
);
CREATE INDEX record_link_target ON record_link (target, record);
-- Series that are switched on in a unit since a moment; `last` is the newest occurrence whose record was opened.
CREATE TABLE series_run (
    unit BIGINT NOT NULL,
    kind TEXT NOT NULL,
    series TEXT NOT NULL,
    since BIGINT NOT NULL,
    last BIGINT,
    PRIMARY KEY (unit, kind, series)
);
-- Which records name a file in `attachments/`.
CREATE TABLE attachment_use (
    digest TEXT NOT NULL,
    record BIGINT NOT NULL,
    PRIMARY KEY (digest, record)
);
CREATE INDEX attachment_record ON attachment_use (record);
CREATE TABLE saved_view (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    PRIMARY KEY (account, name)
);
