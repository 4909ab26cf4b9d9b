-- A document that somebody was sent can be opened by a link, which names such a row.
ALTER TABLE draft DROP CONSTRAINT draft_kind_check;
ALTER TABLE draft ADD CONSTRAINT draft_kind_check CHECK (kind IN ('document', 'recharge', 'settings', 'sharing'));
