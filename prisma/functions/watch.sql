-- A job's payload with the request id of what is done here, which src/db/trace-transaction.ts sets; without one, the
-- payload as it is.
CREATE OR REPLACE FUNCTION ledger_traced(p_payload json) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN coalesce(current_setting('refill.request_id', true), '') = '' THEN p_payload
    ELSE (p_payload::jsonb || jsonb_build_object('requestId', current_setting('refill.request_id', true)))::json END
$$;

-- Wakes the job that decides what a class of a wallet needs: telling people, or for its general credits a recharge. At
-- most one of each waits, and a wallet's run one after the other. The one place that enqueues them.
CREATE OR REPLACE FUNCTION ledger_wake_watch(p_company bigint, p_wallet bigint, p_class text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_class = 'general' THEN
    PERFORM graphile_worker.add_job('recharge-if-low',
      ledger_traced(json_build_object('companyId', p_company::text, 'walletId', p_wallet::text)),
      queue_name => format('watch:%s:%s', p_company, p_wallet),
      job_key => format('recharge-if-low:%s:%s', p_company, p_wallet));
  ELSE
    PERFORM graphile_worker.add_job('watch-balance',
      ledger_traced(json_build_object('companyId', p_company::text, 'walletId', p_wallet::text, 'class', p_class)),
      queue_name => format('watch:%s:%s', p_company, p_wallet),
      job_key => format('watch-balance:%s:%s:%s', p_company, p_wallet, p_class));
  END IF;
END $$;

-- A company's wallets as they are, to compare with later.
CREATE OR REPLACE FUNCTION ledger_wallets(p_company bigint) RETURNS wallet[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN ARRAY(SELECT wallet FROM wallet WHERE wallet.company_id = p_company ORDER BY wallet.id);
END $$;

-- Wakes the job that decides for every class of a wallet, and for its general credits, that went below its watch
-- level, ran out, or came back since p_before was read. AI whose credits calls had used up before was out already,
-- and nobody missed it: its first debt says that somebody does. What was told of a class that is out names what it is
-- overdrawn by, which is brought up to date each time it has doubled.
CREATE OR REPLACE FUNCTION ledger_note_crossings(p_before wallet[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_wake_watch(wallet.company_id, wallet.id, watched.class)
  FROM unnest(p_before) AS before
  JOIN wallet ON wallet.company_id = before.company_id AND wallet.id = before.id
  CROSS JOIN (VALUES ('calls'), ('ai'), ('general')) AS watched(class)
  WHERE ledger_level(before, watched.class) <> ledger_level(wallet, watched.class)
    OR watched.class = 'ai' AND before.debt_ai_micros = 0 AND wallet.debt_ai_micros > 0
    OR watched.class <> 'general' AND ledger_level(wallet, watched.class) = 'out'
      AND trunc(log(2, greatest(-ledger_available(before, watched.class), 1000000)::numeric))
        < trunc(log(2, greatest(-ledger_available(wallet, watched.class), 1000000)::numeric));
END $$;

-- The same once credits were added: what was told of a class that is below its level still is brought up to date.
CREATE OR REPLACE FUNCTION ledger_note_added(p_before wallet[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_note_crossings(p_before);
  PERFORM ledger_wake_watch(wallet.company_id, wallet.id, watched.class)
  FROM unnest(p_before) AS before
  JOIN wallet ON wallet.company_id = before.company_id AND wallet.id = before.id
  CROSS JOIN (VALUES ('calls'), ('ai')) AS watched(class)
  WHERE ledger_level(wallet, watched.class) <> 'ok'
    AND ledger_available(wallet, watched.class) > ledger_available(before, watched.class);
END $$;

-- Sets levels below which a job is woken, by class ({"calls": micros, "ai": null, "general": micros}; null: not
-- watched; what is not named stays), and wakes it at once where it is below already.
CREATE OR REPLACE FUNCTION ledger_set_watch(p_company bigint, p_wallet bigint, p_levels jsonb)
RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet;
  v_wallet wallet;
BEGIN
  SELECT * INTO v_before FROM wallet WHERE company_id = p_company AND id = p_wallet;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'wallet-unknown' USING ERRCODE = 'RF001', DETAIL = format('wallet %s', p_wallet);
  END IF;
  v_wallet := v_before;
  v_wallet.watch_calls_micros := CASE WHEN p_levels ? 'calls' THEN (p_levels->>'calls')::bigint
    ELSE v_wallet.watch_calls_micros END;
  v_wallet.watch_ai_micros := CASE WHEN p_levels ? 'ai' THEN (p_levels->>'ai')::bigint
    ELSE v_wallet.watch_ai_micros END;
  v_wallet.watch_general_micros := CASE WHEN p_levels ? 'general' THEN (p_levels->>'general')::bigint
    ELSE v_wallet.watch_general_micros END;
  UPDATE wallet SET watch_calls_micros = v_wallet.watch_calls_micros, watch_ai_micros = v_wallet.watch_ai_micros,
    watch_general_micros = v_wallet.watch_general_micros, seal = seal_of(v_wallet)
  WHERE company_id = p_company AND id = p_wallet;
  PERFORM ledger_note_crossings(ARRAY[v_before]);
END $$;
