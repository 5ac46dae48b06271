-- Mails to be sent, and those that were. A row says what kind of mail is for whom: neither its words nor a link are kept.

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    workspace BLOB NOT NULL REFERENCES workspaces (id),
    invitation BLOB REFERENCES invitations (id),
    user_id BLOB REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reminder', 'reset')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'written', 'failed', 'dropped')),
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_node TEXT,
    settled_at BIGINT,
    error TEXT
);
CREATE INDEX outbox_due ON outbox (state, due);
CREATE INDEX outbox_workspace ON outbox (workspace, id);
CREATE INDEX outbox_invitation ON outbox (invitation);
