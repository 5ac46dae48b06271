-- What a request was answered that invites many people at once, so that it is answered the same when it comes again.

ALTER TABLE idempotency_keys ADD COLUMN answer TEXT;
