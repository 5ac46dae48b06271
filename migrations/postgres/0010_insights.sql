-- What insights are made of, and what was made: what each conversation says, and of each session the newest version of what is
-- heard in it, with what admins changed of it. Places in what was said are kept, and never the words.

CREATE TABLE codings (
    conversation UUID NOT NULL PRIMARY KEY REFERENCES conversations (id),
    session UUID NOT NULL REFERENCES sessions (id),
    coder TEXT NOT NULL,
    coder_version INTEGER NOT NULL,
    created BIGINT NOT NULL,
    body JSONB NOT NULL
);
CREATE INDEX codings_session ON codings (session);

-- One without a body was taken back with a conversation, and is being made anew.
CREATE TABLE reports (
    session UUID NOT NULL PRIMARY KEY REFERENCES sessions (id),
    version BIGINT NOT NULL,
    coder TEXT NOT NULL,
    coder_version INTEGER NOT NULL,
    made BIGINT NOT NULL,
    body JSONB
);

CREATE TABLE report_edits (
    session UUID NOT NULL PRIMARY KEY REFERENCES sessions (id),
    version BIGINT NOT NULL,
    body JSONB NOT NULL
);

-- Sessions in which something has changed; `asked` tells whether it did again while somebody was at work on it.
CREATE TABLE insight_jobs (
    session UUID NOT NULL PRIMARY KEY REFERENCES sessions (id),
    asked BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_node TEXT,
    error TEXT
);
CREATE INDEX insight_jobs_due ON insight_jobs (due);
