-- What people are to be told: written with the entries that it follows from. Whether a letter went out stands in no entry, so no verifier reads this table.
-- `try_at`: when a letter is tried next; null where none is to go out any more.
CREATE TABLE notice (
    entry BIGINT NOT NULL,
    person BIGINT NOT NULL,
    record TEXT NOT NULL,
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    due BIGINT,
    at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    try_at BIGINT,
    sent BIGINT,
    PRIMARY KEY (entry, person)
);
CREATE INDEX notice_person ON notice (person, entry);
CREATE INDEX notice_try ON notice (try_at, entry, person);
CREATE INDEX notice_at ON notice (at);
