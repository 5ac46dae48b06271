-- What a workspace keeps no longer tells for how many days it was kept, so that nobody takes it for taken back; and where less is to be
-- kept than before, nothing is let go of until a time at which that can have been set back.
ALTER TABLE conversations ADD COLUMN kept_days INTEGER;
ALTER TABLE workspaces ADD COLUMN let_go_from BIGINT NOT NULL DEFAULT 0;

-- Trials are few among invitations, and are looked for by their age.
CREATE INDEX invitations_trial ON invitations (created) WHERE trial;
