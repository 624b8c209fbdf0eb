-- Texts of the law that somebody brought in. The bytes stand in the entry's field `text`, once.
CREATE TABLE law_text (
    entry BIGINT NOT NULL PRIMARY KEY REFERENCES entry (number),
    version TEXT,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL
);
