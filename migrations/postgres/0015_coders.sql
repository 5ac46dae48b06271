-- Who read the conversations of a report, where that is more than one engine: a language model, and the built-in engine those that it
-- could not read. Of a confidential session without how many.
ALTER TABLE reports ADD COLUMN coders JSONB;
