-- Who works with sessions: users, what they are signed in by, and what they did; and what they set up. Passwords are kept
-- as argon2id hashes, login and API tokens as SHA-256. The audit log names ids alone.

ALTER TABLE workspaces ADD COLUMN plan TEXT NOT NULL DEFAULT 'sessions' CHECK (plan IN ('basic', 'sessions'));

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    workspace BLOB NOT NULL REFERENCES workspaces (id),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'analyst', 'viewer')),
    password TEXT NOT NULL,
    created BIGINT NOT NULL,
    CONSTRAINT users_email_key UNIQUE (email)
);
CREATE INDEX users_workspace ON users (workspace);

CREATE TABLE logins (
    hash BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX logins_user ON logins (user_id);
CREATE INDEX logins_expires_at ON logins (expires_at);

CREATE TABLE api_tokens (
    id BLOB NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
    created BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT api_tokens_hash_key UNIQUE (hash)
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

CREATE TABLE audit (
    id BLOB NOT NULL PRIMARY KEY,
    workspace BLOB NOT NULL REFERENCES workspaces (id),
    user_id BLOB REFERENCES users (id),
    api_token BLOB REFERENCES api_tokens (id),
    deed TEXT NOT NULL,
    subject BLOB,
    at_ms BIGINT NOT NULL
);
CREATE INDEX audit_workspace ON audit (workspace, id);

-- The version grows with each edit, so that two people who edit at once find out.
ALTER TABLE sessions ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE sessions ADD COLUMN welcome TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN help TEXT;
ALTER TABLE sessions ADD COLUMN parent BLOB REFERENCES sessions (id);
