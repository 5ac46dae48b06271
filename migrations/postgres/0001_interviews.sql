-- What one spoken interview needs, from the customer down to the event. The same tables and columns stand in the
-- other database's folder; a test compares them. Times are unix milliseconds; only hashes of secrets are kept.

CREATE TABLE workspaces (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    help JSONB,
    created BIGINT NOT NULL
);

CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    workspace UUID NOT NULL REFERENCES workspaces (id),
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('voice', 'text', 'participant')),
    confidentiality TEXT NOT NULL CHECK (confidentiality IN ('identified', 'confidential')),
    recording BOOLEAN NOT NULL,
    length_min INTEGER NOT NULL CHECK (length_min > 0),
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
    locked_at BIGINT,
    created BIGINT NOT NULL
);
CREATE INDEX sessions_workspace ON sessions (workspace);

CREATE TABLE topics (
    session UUID NOT NULL REFERENCES sessions (id),
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    enabled BOOLEAN NOT NULL,
    label TEXT NOT NULL,
    description TEXT NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
    guidance TEXT NOT NULL,
    context TEXT NOT NULL,
    openings JSONB NOT NULL,
    probes JSONB NOT NULL,
    cues JSONB NOT NULL,
    sensitive BOOLEAN NOT NULL,
    CONSTRAINT topics_pkey PRIMARY KEY (session, id)
);

CREATE TABLE guides (
    id UUID NOT NULL PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id),
    version INTEGER NOT NULL,
    body JSONB NOT NULL,
    CONSTRAINT guides_session_version_key UNIQUE (session, version)
);

CREATE TABLE people (
    id UUID NOT NULL PRIMARY KEY,
    workspace UUID NOT NULL REFERENCES workspaces (id),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT,
    department TEXT,
    CONSTRAINT people_workspace_email_key UNIQUE (workspace, email)
);

CREATE TABLE invitations (
    id UUID NOT NULL PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id),
    person UUID NOT NULL REFERENCES people (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'bounced', 'opened', 'expired', 'revoked')),
    created BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT invitations_session_person_key UNIQUE (session, person)
);

CREATE TABLE invitation_tokens (
    hash BYTEA NOT NULL PRIMARY KEY,
    invitation UUID NOT NULL REFERENCES invitations (id),
    created BIGINT NOT NULL
);
CREATE INDEX invitation_tokens_invitation ON invitation_tokens (invitation);

CREATE TABLE conversations (
    id UUID NOT NULL PRIMARY KEY,
    invitation UUID NOT NULL REFERENCES invitations (id),
    session UUID NOT NULL REFERENCES sessions (id),
    guide UUID NOT NULL REFERENCES guides (id),
    state TEXT NOT NULL CHECK (
        state IN ('consented', 'in_progress', 'paused', 'completed', 'ended_early', 'withdrawn', 'declined')
    ),
    preview BOOLEAN NOT NULL,
    mode TEXT CHECK (mode IN ('voice', 'text')),
    recording BOOLEAN,
    text_version TEXT,
    consented_at BIGINT,
    last_seq BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    ended BIGINT,
    lease_node TEXT,
    lease_until BIGINT,
    CONSTRAINT conversations_invitation_key UNIQUE (invitation)
);
CREATE INDEX conversations_session ON conversations (session);

CREATE TABLE events (
    conversation UUID NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL CHECK (seq > 0),
    at_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body JSONB NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (conversation, seq)
);

CREATE TABLE client_secrets (
    hash BYTEA NOT NULL PRIMARY KEY,
    conversation UUID NOT NULL REFERENCES conversations (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX client_secrets_conversation ON client_secrets (conversation);
