-- How each duty stands: its newest entry, and the worst state of the day of the newest measurement.
CREATE TABLE verdict (
    duty TEXT NOT NULL PRIMARY KEY,
    entry BIGINT NOT NULL REFERENCES entry (number),
    state TEXT NOT NULL,
    worst TEXT NOT NULL
);
-- The newest measurement of all duties. One row.
CREATE TABLE verdict_run (
    slot BIGINT NOT NULL PRIMARY KEY,
    entry BIGINT NOT NULL REFERENCES entry (number),
    at BIGINT NOT NULL,
    day TEXT NOT NULL
);
-- Days that ended, one line `DUTY STATE` a duty.
CREATE TABLE verdict_day (
    day TEXT NOT NULL PRIMARY KEY,
    entry BIGINT NOT NULL REFERENCES entry (number),
    states TEXT NOT NULL
);
