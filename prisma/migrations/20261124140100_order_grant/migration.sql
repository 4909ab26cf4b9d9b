-- Which credit a purchase led to, so that a lost dispute takes back that one (R16).
ALTER TABLE purchase_order ADD COLUMN grant_id bigint;
