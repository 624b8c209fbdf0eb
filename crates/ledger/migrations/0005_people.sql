-- Units, people, posts, grants, who stands in for whom, proposals. Every table follows from the entries.
CREATE TABLE unit (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    label TEXT,
    parent BIGINT REFERENCES unit (id),
    path TEXT NOT NULL,
    closed BIGINT
);
-- `administrator` is the one role of an administrator that the person may hold: a grant of such a role refers to it, so nobody can hold two.
CREATE TABLE person (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    unit BIGINT NOT NULL REFERENCES unit (id),
    phone TEXT,
    email TEXT,
    account TEXT UNIQUE REFERENCES account (name),
    administrator TEXT CHECK (administrator IN ('system', 'security', 'audit')),
    added BIGINT NOT NULL,
    left_at BIGINT,
    left_why TEXT,
    UNIQUE (id, administrator)
);
ALTER TABLE unit ADD COLUMN head BIGINT REFERENCES person (id);
-- Entries in which a person's phone or e-mail stands.
CREATE TABLE person_entry (
    person BIGINT NOT NULL REFERENCES person (id),
    entry BIGINT NOT NULL REFERENCES entry (number),
    PRIMARY KEY (person, entry)
);
CREATE TABLE role_grant (
    person BIGINT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    unit BIGINT NOT NULL REFERENCES unit (id),
    administrator TEXT,
    entry BIGINT NOT NULL,
    at BIGINT NOT NULL,
    bootstrap BIGINT NOT NULL,
    PRIMARY KEY (person, role, unit),
    FOREIGN KEY (person, administrator) REFERENCES person (id, administrator),
    CHECK (CASE WHEN role IN ('system', 'security', 'audit') THEN administrator IS NOT NULL AND administrator = role ELSE administrator IS NULL END)
);
-- The first appointment of each administrator: one person alone may make it, once.
CREATE TABLE appointed (
    administrator TEXT NOT NULL PRIMARY KEY,
    entry BIGINT NOT NULL
);
CREATE TABLE post (
    id BIGINT NOT NULL PRIMARY KEY,
    unit BIGINT NOT NULL REFERENCES unit (id),
    title TEXT NOT NULL,
    key_post BIGINT NOT NULL,
    added BIGINT NOT NULL,
    closed BIGINT
);
-- Who held a post from when on; no person: vacant from then on.
CREATE TABLE post_holding (
    post BIGINT NOT NULL REFERENCES post (id),
    entry BIGINT NOT NULL,
    person BIGINT REFERENCES person (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (post, entry)
);
CREATE TABLE stand_in (
    person BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
    stands_in BIGINT NOT NULL REFERENCES person (id),
    until BIGINT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE source_unit (
    source_key TEXT NOT NULL PRIMARY KEY REFERENCES source (source_key),
    unit BIGINT NOT NULL REFERENCES unit (id)
);
-- `id` is the number of the entry that proposed.
CREATE TABLE proposal (
    id BIGINT NOT NULL PRIMARY KEY,
    grave TEXT NOT NULL,
    about TEXT NOT NULL,
    unit BIGINT NOT NULL REFERENCES unit (id),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposer BIGINT NOT NULL REFERENCES person (id),
    at BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    stage TEXT NOT NULL,
    decider BIGINT REFERENCES person (id),
    decided BIGINT,
    objection TEXT,
    used BIGINT,
    CHECK (decider IS NULL OR stage = 'withdrawn' OR decider <> proposer)
);
