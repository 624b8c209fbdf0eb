-- Kinds that a unit added itself. The file stands in the entry's field `text`, once; of one kind the latest row is in force.
CREATE TABLE own_kind (
    entry BIGINT NOT NULL PRIMARY KEY REFERENCES entry (number),
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL
);
