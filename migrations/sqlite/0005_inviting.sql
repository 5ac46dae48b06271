-- By which words people are found, compared byte by byte; and which invitations were asked for by a name of their own, so that
-- a request that comes again within a day does nothing. Of a request a hash is kept.

CREATE TABLE person_words (
    workspace BLOB NOT NULL REFERENCES workspaces (id),
    word TEXT NOT NULL,
    person BLOB NOT NULL REFERENCES people (id),
    kind INTEGER NOT NULL,
    CONSTRAINT person_words_pkey PRIMARY KEY (workspace, word, person)
);
CREATE INDEX person_words_person ON person_words (person);

CREATE INDEX invitations_session ON invitations (session, id);

CREATE TABLE idempotency_keys (
    user_id BLOB NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    request BLOB NOT NULL,
    invitation BLOB NOT NULL,
    created BIGINT NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, name)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created);
