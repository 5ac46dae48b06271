-- By which words people are found, compared byte by byte; and which invitations were asked for by a name of their own, so that
-- a request that comes again within a day does nothing. Of a request a hash is kept.

CREATE TABLE person_words (
    workspace UUID NOT NULL REFERENCES workspaces (id),
    word TEXT COLLATE "C" NOT NULL,
    person UUID NOT NULL REFERENCES people (id),
    kind INTEGER NOT NULL,
    CONSTRAINT person_words_pkey PRIMARY KEY (workspace, word, person)
);
CREATE INDEX person_words_person ON person_words (person);

CREATE INDEX invitations_session ON invitations (session, id);

CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    request BYTEA NOT NULL,
    invitation UUID NOT NULL,
    created BIGINT NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, name)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created);
