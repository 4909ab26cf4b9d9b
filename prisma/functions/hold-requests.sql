-- Holds as phone systems ask for them (R6.4 to R6.7): a row of hold_request, and the ledger's hold that it keeps under
-- p_key. Each function is the whole decision about one request under the book's lock, so that the lock is held for one
-- statement and no answer of the network. Plans are kept, so they must not be made for tables that are still empty.

-- Whether a company gets no holds, as its operator suspended or closed it. Where the phone system does not stop what
-- has no credits, a refusal would only hide what is held.
CREATE OR REPLACE FUNCTION refuses_holds(p_company bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM company WHERE company.id = p_company
      AND (company.suspended_at IS NOT NULL OR company.closing_at IS NOT NULL))
    AND EXISTS (
      SELECT FROM enforcement WHERE enforcement.company_id = p_company AND enforces_credits(enforcement, p_at));
END $$;

-- A request as it is answered.
CREATE OR REPLACE FUNCTION hold_request_as_json(p_request hold_request) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object('id', p_request.id, 'facts', p_request.facts, 'state', p_request.state, 'unit',
    p_request.unit, 'granted', p_request.granted, 'amountMicros', p_request.amount_micros::text, 'expiresAt',
    p_request.expires_at, 'usageId', p_request.usage_id);
END $$;

-- Grants a request whole, once for its id, or says what it is refused for; a refusal is not remembered. What costs
-- nothing keeps nothing back; p_amount is null where nothing prices it.
CREATE OR REPLACE FUNCTION ask_hold(
  p_company bigint, p_id text, p_key text, p_facts text, p_office bigint, p_department bigint, p_member bigint,
  p_class text, p_unit text, p_granted int, p_amount bigint, p_terms jsonb, p_expires timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_request hold_request;
  v_placed jsonb;
BEGIN
  SELECT * INTO v_request FROM hold_request WHERE hold_request.company_id = p_company AND hold_request.id = p_id;
  IF FOUND THEN
    RETURN jsonb_build_object('outcome', 'known', 'request', hold_request_as_json(v_request));
  END IF;
  IF p_amount IS NULL THEN
    RETURN '{"outcome": "unrated"}';
  END IF;
  IF refuses_holds(p_company, p_at) THEN
    RETURN '{"outcome": "suspended"}';
  END IF;
  IF p_amount > 0 THEN
    v_placed := ledger_place_hold(p_company, p_key, p_office, p_department, p_member, p_class, p_amount, p_expires,
      p_at);
    IF v_placed->>'outcome' = 'refused' THEN
      RETURN jsonb_build_object('outcome', coalesce(v_placed->>'limit', 'credits'));
    END IF;
  END IF;
  INSERT INTO hold_request (company_id, id, facts, class, unit, granted, amount_micros, terms, is_kept, state,
    placed_at, expires_at)
  VALUES (p_company, p_id, p_facts, p_class, p_unit, p_granted, p_amount, p_terms, p_amount > 0, 'open', p_at,
    p_expires)
  RETURNING * INTO v_request;
  RETURN jsonb_build_object('outcome', 'granted', 'request', hold_request_as_json(v_request));
END $$;

-- Ends a request, and frees what the ledger still keeps back for it: nothing once it has expired, or was settled.
CREATE OR REPLACE FUNCTION end_hold_request(
  p_request hold_request, p_key text, p_state text, p_usage_id text, p_at timestamptz
) RETURNS hold_request LANGUAGE plpgsql AS $$
BEGIN
  IF p_request.is_kept AND EXISTS (
    SELECT FROM hold WHERE hold.company_id = p_request.company_id AND hold.key = p_key AND hold.state = 'open')
  THEN
    PERFORM ledger_release_hold(p_request.company_id, p_key, p_at);
  END IF;
  UPDATE hold_request SET state = p_state, usage_id = p_usage_id
  WHERE hold_request.company_id = p_request.company_id AND hold_request.id = p_request.id
  RETURNING * INTO p_request;
  RETURN p_request;
END $$;

-- Captures a request with a usage, once: posts it, a batch of one, or where p_usage is null frees the hold only, as the
-- usage comes another way. What the ledger does not post leaves everything as it was. The same again has the same
-- effect once; another usage is refused.
CREATE OR REPLACE FUNCTION capture_hold(
  p_company bigint, p_id text, p_key text, p_usage_id text, p_usage ledger_usages, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_request hold_request;
  v_outcome jsonb;
BEGIN
  SELECT * INTO v_request FROM hold_request WHERE hold_request.company_id = p_company AND hold_request.id = p_id;
  IF NOT FOUND THEN
    RETURN '{"outcome": "unknown"}';
  END IF;
  IF v_request.state = 'released' OR v_request.usage_id <> p_usage_id THEN
    RETURN jsonb_build_object('outcome', 'resolved', 'request', hold_request_as_json(v_request));
  END IF;
  IF NOT p_usage IS NULL THEN
    IF v_request.state = 'open' AND v_request.is_kept THEN
      v_outcome := ledger_settle_hold(p_company, p_key, p_usage, p_at);
    ELSE
      v_outcome := coalesce(ledger_post_usage(p_company, p_at, false, true, p_usage)->0, '{"outcome": "posted"}');
    END IF;
    IF v_outcome->>'outcome' NOT IN ('posted', 'duplicate') THEN
      RETURN jsonb_build_object('outcome', 'unposted', 'request', hold_request_as_json(v_request), 'usage', v_outcome);
    END IF;
  END IF;
  IF v_request.state = 'open' THEN
    v_request := end_hold_request(v_request, p_key, 'captured', p_usage_id, p_at);
  END IF;
  RETURN jsonb_build_object('outcome', 'ended', 'request', hold_request_as_json(v_request), 'usage', v_outcome);
END $$;

-- Releases a request whose call did not take place; again, nothing.
CREATE OR REPLACE FUNCTION release_hold_request(p_company bigint, p_id text, p_key text, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_request hold_request;
BEGIN
  SELECT * INTO v_request FROM hold_request WHERE hold_request.company_id = p_company AND hold_request.id = p_id;
  IF NOT FOUND THEN
    RETURN '{"outcome": "unknown"}';
  END IF;
  IF v_request.state = 'captured' THEN
    RETURN jsonb_build_object('outcome', 'resolved', 'request', hold_request_as_json(v_request));
  END IF;
  IF v_request.state = 'open' THEN
    v_request := end_hold_request(v_request, p_key, 'released', NULL, p_at);
  END IF;
  RETURN jsonb_build_object('outcome', 'ended', 'request', hold_request_as_json(v_request));
END $$;
