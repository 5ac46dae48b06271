-- Who cannot sign in any more: a password is set anew by a link that works once, for an hour, of which the hash is kept; somebody who
-- was removed keeps a row, because the audit log names them, and an address that nobody has.

CREATE TABLE password_resets (
    hash BYTEA NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    created BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_resets_user ON password_resets (user_id);
CREATE INDEX outbox_user ON outbox (user_id);

ALTER TABLE users ADD COLUMN removed_at BIGINT;

-- The version grows with each change, so that two people who change settings at once find out. What is kept is kept for so many days,
-- or for good.
ALTER TABLE workspaces ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE workspaces ADD COLUMN keep_conversations_days INTEGER;
ALTER TABLE workspaces ADD COLUMN keep_recordings_days INTEGER;
ALTER TABLE workspaces ADD COLUMN keep_mails_days INTEGER;

-- By which an admin tries a session out: it is in no list and counts nowhere, and its conversation is a preview.
ALTER TABLE invitations ADD COLUMN trial BOOLEAN NOT NULL DEFAULT FALSE;
