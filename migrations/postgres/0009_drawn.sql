-- Which links somebody drew to hand them on: those end when the person agrees by another one, because from then on a link leads to
-- what they said.

ALTER TABLE invitation_tokens ADD COLUMN drawn BOOLEAN NOT NULL DEFAULT FALSE;
