-- Who drew a link, so that it ends when they are removed; of links from before the audit log knows it.
ALTER TABLE invitation_tokens ADD COLUMN drawn_by UUID REFERENCES users (id);
UPDATE invitation_tokens SET drawn_by = (
    SELECT a.user_id FROM audit a WHERE a.deed = 'invitation.link' AND a.subject = invitation_tokens.invitation
    ORDER BY a.at_ms DESC LIMIT 1
) WHERE drawn;
CREATE INDEX invitation_tokens_drawn_by ON invitation_tokens (drawn_by);

-- Mails that were dropped when a password was set anew had no time by which they could go.
UPDATE outbox SET settled_at = created WHERE state = 'dropped' AND settled_at IS NULL;
