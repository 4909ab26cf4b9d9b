-- Writes the usage records of a revision, with the entries that paid them, and counts them in their quarter-hours
-- (R25). What is compared when a key comes again is kept while the usage is less than 35 days old (R23).
CREATE OR REPLACE FUNCTION ledger_record_usage(
  p_book book, p_usages ledger_usages, p_revision int, p_own_seqs bigint[], p_paid_seqs bigint[], p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_record (company_id, source, external_id, revision, office_id, department_id, member_id, class,
    category, direction, external_number, internal_number, usage_at, duration_ms, billed_seconds, quantity, cost_micros,
    price, facts, version, own_wallet_id, own_seq, paid_wallet_id, paid_seq, posted_at, salt, numbers_digest, seal)
  SELECT written.*, hash_record_extended(ROW(
    written.company_id, written.source, written.external_id, written.revision, written.office_id,
    written.department_id, written.member_id, written.class, written.category, written.direction, written.usage_at,
    written.duration_ms, written.billed_seconds, written.quantity, written.cost_micros, written.price, written.version,
    written.own_wallet_id, written.own_seq, written.paid_wallet_id, written.paid_seq, written.posted_at, 0::bigint,
    written.numbers_digest), 1)
  FROM (
    SELECT p_book.company_id, usages.source, usages.external_id, p_revision AS revision, usages.office_id,
      usages.department_id, usages.member_id, usages.class, usages.category, usages.direction, usages.external_number,
      usages.internal_number, usages.usage_at, usages.duration_ms, usages.billed_seconds, usages.quantity,
      usages.cost_micros, usages.price,
      CASE WHEN usages.usage_at >= p_at - interval '35 days' THEN CASE WHEN p_revision > 0 THEN usages.facts
        ELSE ledger_usage_facts(usages.class, usages.category, usages.direction, usages.keyed_numbers, usages.usage_at,
          usages.duration_ms, usages.quantity) END END AS facts,
      coalesce(usages.version, 0) AS version,
      CASE WHEN usages.own_seq IS NOT NULL THEN usages.own_wallet_id END AS own_wallet_id, usages.own_seq,
      CASE WHEN usages.paid_seq IS NOT NULL THEN CASE WHEN p_book.pooled THEN p_book.pool_wallet_id
        ELSE usages.own_wallet_id END END AS paid_wallet_id,
      usages.paid_seq, p_at AS posted_at, usages.salt,
      ledger_numbers_digest(usages.salt, usages.external_number, usages.internal_number) AS numbers_digest
    FROM (
      SELECT unnest(p_usages.source) AS source, unnest(p_usages.external_id) AS external_id,
        unnest(p_usages.office_id) AS office_id, unnest(p_usages.department_id) AS department_id,
        unnest(p_usages.member_id) AS member_id, unnest(p_usages.class) AS class, unnest(p_usages.category) AS category,
        unnest(p_usages.direction) AS direction, unnest(p_usages.external_number) AS external_number,
        unnest(p_usages.internal_number) AS internal_number, unnest(p_usages.usage_at) AS usage_at,
        unnest(p_usages.duration_ms) AS duration_ms, unnest(p_usages.billed_seconds) AS billed_seconds,
        unnest(p_usages.quantity) AS quantity, unnest(p_usages.cost_micros) AS cost_micros,
        unnest(p_usages.price) AS price, unnest(p_usages.version) AS version,
        unnest(p_usages.own_wallet_id) AS own_wallet_id, unnest(p_usages.keyed_numbers) AS keyed_numbers,
        unnest(p_usages.salt) AS salt, unnest(p_usages.facts) AS facts, unnest(p_own_seqs) AS own_seq,
        unnest(p_paid_seqs) AS paid_seq
    ) AS usages
    -- So that the digest is made once, though the seal covers it, too.
    OFFSET 0
  ) AS written;
  PERFORM ledger_count_usage(p_book, p_usages, 1);
END $$;

-- Of duplicates that are newer versions, keeps those versions, so that an older one does not win.
CREATE OR REPLACE FUNCTION ledger_confirm_newer(
  p_book book, p_usages ledger_usages, p_outcomes text[], p_booked bigint[], p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_newer record;
BEGIN
  FOR v_newer IN
    SELECT given.source, given.external_id, max(given.version) AS version
    FROM unnest(p_usages.source, p_usages.external_id, p_usages.version, p_outcomes, p_booked)
      AS given(source, external_id, version, outcome, booked)
    WHERE given.outcome = 'duplicate' AND given.version > given.booked GROUP BY 1, 2 ORDER BY 1, 2
  LOOP
    PERFORM ledger_confirm_usage(p_book, ledger_find_usage(p_book.company_id, v_newer.source, v_newer.external_id),
      v_newer.version, p_at);
  END LOOP;
END $$;

-- Posts one usage the short way: a call or message of the last hours, of which one grant pays all. False, and nothing
-- done, where anything at all is otherwise: the long way knows why. It asks the same questions in the same order.
CREATE OR REPLACE FUNCTION ledger_post_single(p_book book, p_at timestamptz, p_force boolean, p_usage ledger_usages)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_usage ledger_usages := p_usage;
  v_wallet wallet;
  v_before wallet;
  v_grant record;
BEGIN
  IF v_usage.class[1] <> 'calls' OR v_usage.usage_at[1] < p_at - interval '6 hours' OR v_usage.cost_micros[1] = 0
    OR ledger_rejection(p_at, p_force, v_usage.source[1], v_usage.external_id[1], v_usage.class[1], v_usage.category[1],
      v_usage.direction[1], v_usage.usage_at[1], v_usage.duration_ms[1], v_usage.billed_seconds[1], v_usage.quantity[1],
      v_usage.cost_micros[1]) IS NOT NULL
  THEN
    RETURN false;
  END IF;
  SELECT * INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND office_id = v_usage.office_id[1];
  v_usage.own_wallet_id := ARRAY[v_wallet.id];
  IF p_book.pooled THEN
    IF v_wallet.calling_micros > 0 THEN
      RETURN false;
    END IF;
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id
      AND v_usage.own_wallet_id[1] IS NOT NULL;
  END IF;
  -- The one that ledger_consume would begin with.
  SELECT credit_grant.id, credit_grant.remaining_micros, EXISTS (
      SELECT FROM usage_record
      WHERE usage_record.company_id = p_book.company_id AND usage_record.source = v_usage.source[1]
        AND usage_record.external_id = v_usage.external_id[1] AND usage_record.revision = 0) AS is_known
  INTO v_grant FROM credit_grant
  WHERE credit_grant.company_id = v_wallet.company_id AND credit_grant.wallet_id = v_wallet.id AND credit_grant.is_open
    AND credit_grant.kind <> 'ai'
    AND credit_grant.effective_at <= v_usage.usage_at[1] AND v_usage.usage_at[1] < credit_grant.expires_at
  ORDER BY credit_grant.kind, credit_grant.expires_at, credit_grant.created_at, credit_grant.id LIMIT 1;
  IF (v_grant.remaining_micros >= v_usage.cost_micros[1] AND NOT v_grant.is_known) IS NOT TRUE THEN
    RETURN false;
  END IF;
  v_before := v_wallet;
  v_wallet := ledger_write_entry(v_wallet, 'usage', 'calls',
    ARRAY[(v_grant.id, NULL, -v_usage.cost_micros[1])::ledger_part], v_usage.source[1], v_usage.external_id[1],
    v_usage.office_id[1], NULL, NULL, v_usage.usage_at[1], p_at);
  PERFORM ledger_record_usage(p_book, v_usage, 0, NULL, ARRAY[v_wallet.seq], p_at);
  IF NOT ledger_is_ample(v_wallet) THEN
    PERFORM ledger_note_crossings(ARRAY[v_before]);
  END IF;
  RETURN true;
END $$;

-- Posts a batch of usage, each record once for its source and key (R23). A record by itself is tried the short way.
-- Nearly always every record of a batch can be booked and none is known: one look tells, and the answer is null. Else
-- the records are judged one by one, and what each came to is answered in the order given. p_plain: no key is there
-- twice, and the records stand in the order in which they consume, each at its own time. Plans are kept, so they must
-- not be made for the tables as they are in an installation's first minutes, when reading all of them looks cheap.
CREATE OR REPLACE FUNCTION ledger_post_usage(
  p_company bigint, p_at timestamptz, p_force boolean, p_plain boolean, p_usages ledger_usages
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  v_usages ledger_usages := p_usages;
  v_book book := ledger_lock_book(p_company);
  v_before wallet[];
  v_offices bigint[];
  v_wallets bigint[];
  v_is_clear boolean;
  v_is_late boolean;
  v_judged record;
  v_consumed record;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF cardinality(v_usages.external_id) = 1 AND ledger_post_single(v_book, p_at, p_force, v_usages) THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(wallet), array_agg(wallet.office_id) FILTER (WHERE wallet.office_id IS NOT NULL),
    array_agg(wallet.id) FILTER (WHERE wallet.office_id IS NOT NULL)
  INTO v_before, v_offices, v_wallets FROM wallet WHERE wallet.company_id = p_company;
  -- Of each office its wallet; whatever else is said counts to the primary office (R5).
  SELECT array_agg(CASE WHEN given.office_id = ANY (v_offices) THEN given.office_id
      ELSE v_offices[array_position(v_wallets, v_book.primary_wallet_id)] END),
    array_agg(CASE WHEN given.class <> 'ai'
      THEN coalesce(v_wallets[array_position(v_offices, given.office_id)], v_book.primary_wallet_id)
      ELSE v_book.primary_wallet_id END),
    bool_and(ledger_rejection(p_at, p_force, given.source, given.external_id, given.class, given.category,
      given.direction, given.usage_at, given.duration_ms,
        given.billed_seconds, given.quantity, given.cost_micros) IS NULL)
      -- By whole keys, so that it stays a look-up of those however the statistics look. One walk finds them all.
      AND NOT EXISTS (SELECT FROM usage_record WHERE usage_record.company_id = p_company
        AND usage_record.source = ANY (v_usages.source)
        AND usage_record.external_id = ANY (v_usages.external_id) AND usage_record.revision = 0),
    -- That it ends at all is said for the index of ends.
    min(given.usage_at) < p_at - interval '6 hours' AND EXISTS (
      SELECT FROM credit_grant
      WHERE credit_grant.company_id = p_company AND credit_grant.expires_at < 'infinity'
        AND credit_grant.expires_at <= p_at - interval '6 hours' AND credit_grant.expires_at > min(given.usage_at))
  INTO v_usages.office_id, v_usages.own_wallet_id, v_is_clear, v_is_late
  FROM (
    SELECT unnest(v_usages.source) AS source, unnest(v_usages.external_id) AS external_id,
      unnest(v_usages.office_id) AS office_id, unnest(v_usages.class) AS class, unnest(v_usages.category) AS category,
      unnest(v_usages.direction) AS direction, unnest(v_usages.usage_at) AS usage_at,
      unnest(v_usages.duration_ms) AS duration_ms, unnest(v_usages.billed_seconds) AS billed_seconds,
      unnest(v_usages.quantity) AS quantity, unnest(v_usages.cost_micros) AS cost_micros
  ) AS given;
  v_usages.burn_at := CASE WHEN v_is_late THEN ledger_burn_times(v_book, v_usages, p_at) ELSE v_usages.usage_at END;
  IF v_is_clear AND (v_is_late OR NOT p_plain) THEN
    v_is_clear := (SELECT count(DISTINCT keys COLLATE "C") FROM unnest(v_usages.external_id) AS keys)
      = cardinality(v_usages.external_id);
    IF v_is_clear THEN
      v_usages := ledger_arrange(v_usages, NULL);
    END IF;
  END IF;
  IF NOT v_is_clear THEN
    v_judged := ledger_judge_usage(v_book, p_at, p_force, p_usages);
    v_usages := ledger_arrange(v_usages, v_judged.outcomes);
  END IF;

  IF v_usages.external_id IS NOT NULL THEN
    v_consumed := ledger_consume_usage(v_book, v_usages, v_usages.cost_micros, 'usage', p_at, NULL, NULL);
    PERFORM ledger_record_usage(v_book, v_usages, 0, v_consumed.own_seqs, v_consumed.paid_seqs, p_at);
    IF NOT v_consumed.is_ample THEN
      PERFORM ledger_note_crossings(v_before);
    END IF;
  END IF;
  IF v_is_clear THEN
    RETURN NULL;
  END IF;
  PERFORM ledger_confirm_newer(v_book, p_usages, v_judged.outcomes, v_judged.booked, p_at);
  RETURN (
    SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('outcome', judged.outcome, 'reason', judged.reason,
      'bookedVersion', judged.booked::text)))
    FROM (SELECT unnest(v_judged.outcomes) AS outcome, unnest(v_judged.reasons) AS reason,
      unnest(v_judged.booked) AS booked) AS judged
  );
END $$;
