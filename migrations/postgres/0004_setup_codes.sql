-- What the first run asks for, as SHA-256: who sees the server's console has one.

CREATE TABLE setup_codes (
    hash BYTEA NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
