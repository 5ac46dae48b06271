-- A session that was deleted keeps its row, because its sound is found by it until that is deleted too; nobody else finds it. The
-- index serves a workspace's list, newest first.

ALTER TABLE sessions ADD COLUMN deleted_at BIGINT;
DROP INDEX sessions_workspace;
CREATE INDEX sessions_workspace ON sessions (workspace, id);

-- Somebody about whom everything was erased keeps a row without a word in it, because their invitations are counted.

ALTER TABLE people ADD COLUMN erased_at BIGINT;
