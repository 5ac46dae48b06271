-- Sound that is kept, where session and person agree: one row for each stretch that a connection lasted, with a file for
-- each side in the data folder of its node. A row that is doomed goes as soon as its files are gone.

CREATE TABLE recordings (
    id UUID NOT NULL PRIMARY KEY,
    conversation UUID NOT NULL REFERENCES conversations (id),
    node TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    created BIGINT NOT NULL,
    doomed BIGINT
);
CREATE INDEX recordings_conversation ON recordings (conversation);
CREATE INDEX recordings_created ON recordings (created);
