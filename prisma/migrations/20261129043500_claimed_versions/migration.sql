-- What was judged is what is claimed (R9): what a form showed is told from what stands now by a version.

-- Counts the reviews of a purchase.
ALTER TABLE purchase_order ADD COLUMN version integer NOT NULL DEFAULT 0 CHECK (version >= 0);

-- How the request to a second admin says that it would be paid; absent: from before this was kept.
ALTER TABLE approval
  ADD COLUMN method  text CHECK (method IN ('card', 'invoice')),
  ADD COLUMN card_id bigint,
  ADD FOREIGN KEY (company_id, card_id) REFERENCES card;

-- Counts the changes of a wallet's auto-recharge; a form remembers the one that it shows.
ALTER TABLE recharge_setting ADD COLUMN version integer NOT NULL DEFAULT 0 CHECK (version >= 0);
ALTER TABLE recharge_draft
  ADD COLUMN setting_version integer NOT NULL DEFAULT 0 CHECK (setting_version >= 0),
  ADD COLUMN version         integer NOT NULL DEFAULT 0 CHECK (version >= 0);
