-- A company's UTC days, closed and hashed (R28.3, R28.4). A seal is a checksum of one row that anybody can compute; the
-- digest of a day covers every row that was posted on it, is chained to the day before, and the last of the chain is
-- signed with a key that the database does not have. So a change, an addition or a removal is found, whoever made it.

-- Closes a company's days: what is posted from now on is posted at p_until at the earliest, whatever the clock of the
-- one who posts.
CREATE OR REPLACE FUNCTION ledger_close_until(p_company bigint, p_until timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
BEGIN
  IF p_until > v_book.closed_until THEN
    v_book.closed_until := p_until;
    v_book.seal := seal_of(v_book);
    UPDATE book SET closed_until = v_book.closed_until, seal = v_book.seal WHERE company_id = p_company;
  END IF;
END $$;

-- The digest of what a company posted from p_since until p_until, chained to p_previous: SHA-256 over the SHA-256 of
-- each row, in a fixed order, 4,096 rows at a time. Version 1 covers these columns. Outside are what may change: what
-- is left of a grant, whom a usage was with (kept no longer than needed), and the seals. Rows of a time are found by
-- the index of posting times, which knows no company; how many there are is looked at each time it is planned.
CREATE OR REPLACE FUNCTION ledger_digest(
  p_company bigint, p_since timestamptz, p_until timestamptz, p_previous bytea, OUT digest bytea, OUT row_count bigint
) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
SET enable_nestloop = on
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, MDY'
SET bytea_output = 'hex' AS $$
BEGIN
  WITH posted AS (
    SELECT 1 AS place, entry.wallet_id AS wallet, entry.seq AS number, 0 AS part, '' AS source, '' AS key,
      ROW(entry.wallet_id, entry.seq, entry.type, entry.class, entry.amount_micros, entry.balance_after_micros,
        entry.general_after_micros, entry.calling_after_micros, entry.ai_after_micros, entry.debt_calls_after_micros,
        entry.debt_ai_after_micros, entry.grant_id, entry.is_split, entry.source, entry.reference, entry.office_id,
        entry.actor, entry.reason, entry.usage_at, entry.posted_at)::text AS line
    FROM entry
    WHERE entry.company_id = p_company AND entry.posted_at >= p_since AND entry.posted_at < p_until
    UNION ALL
    SELECT 2, entry_split.wallet_id, entry_split.seq, entry_split.part, '', '',
      ROW(entry_split.wallet_id, entry_split.seq, entry_split.part, entry_split.grant_id, entry_split.debt_class,
        entry_split.amount_micros)::text
    FROM entry JOIN entry_split ON entry_split.company_id = entry.company_id
      AND entry_split.wallet_id = entry.wallet_id AND entry_split.seq = entry.seq
    WHERE entry.company_id = p_company AND entry.posted_at >= p_since AND entry.posted_at < p_until
    UNION ALL
    SELECT 3, credit_grant.wallet_id, credit_grant.id, 0, '', '',
      ROW(credit_grant.wallet_id, credit_grant.id, credit_grant.kind, credit_grant.amount_micros,
        credit_grant.effective_at, credit_grant.expires_at, credit_grant.source, credit_grant.reference,
        credit_grant.created_at)::text
    FROM credit_grant
    WHERE credit_grant.company_id = p_company AND credit_grant.created_at >= p_since
      AND credit_grant.created_at < p_until
    UNION ALL
    SELECT 4, 0, 0, usage_record.revision, usage_record.source, usage_record.external_id,
      ROW(usage_record.source, usage_record.external_id, usage_record.revision, usage_record.office_id,
        usage_record.department_id, usage_record.member_id, usage_record.class, usage_record.category,
        usage_record.direction, usage_record.usage_at, usage_record.duration_ms, usage_record.billed_seconds,
        usage_record.quantity, usage_record.cost_micros, usage_record.price, usage_record.version,
        usage_record.own_wallet_id, usage_record.own_seq, usage_record.paid_wallet_id, usage_record.paid_seq,
        usage_record.posted_at, usage_record.numbers_digest)::text
    FROM usage_record
    WHERE usage_record.company_id = p_company AND usage_record.posted_at >= p_since
      AND usage_record.posted_at < p_until
    UNION ALL
    SELECT 5, 0, 0, 0, '', posting.key,
      ROW(posting.key, posting.operation, posting.facts, posting.result, posting.posted_at)::text
    FROM posting
    WHERE posting.company_id = p_company AND posting.posted_at >= p_since AND posting.posted_at < p_until
  ), hashed AS (
    SELECT row_number() OVER (ORDER BY posted.place, posted.wallet, posted.number, posted.source COLLATE "C",
        posted.key COLLATE "C", posted.part) AS position,
      sha256(convert_to(posted.place || posted.line, 'UTF8')) AS hash
    FROM posted
  ), pages AS (
    SELECT (hashed.position - 1) / 4096 AS page, count(*) AS rows,
      sha256(string_agg(hashed.hash, '' ORDER BY hashed.position)) AS hash
    FROM hashed GROUP BY 1
  )
  SELECT coalesce(sum(pages.rows), 0), sha256(p_previous
    || convert_to(format('company %s until %s: %s rows', p_company, p_until, coalesce(sum(pages.rows), 0)), 'UTF8')
    || coalesce(string_agg(pages.hash, '' ORDER BY pages.page), ''))
  INTO row_count, digest FROM pages;
END $$;
